using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Summaries;

/// <summary>Counts verdicts. One instance a thread; <see cref="Merge"/> joins them. Memory is bounded whatever it is
/// fed.</summary>
internal sealed unsafe class SummaryBuilder
{
    /// <summary>Tunnel networks, and faulty pairs, that are told apart; what comes after them counts in the totals
    /// only.</summary>
    public const int MaxTunnels = 65536, MaxTalkers = 65536;

    private const int Protocols = 16, Statuses = 8, Causes = 8, Reasons = 32;

    // Arrays of this instance, pinned, rather than static tables: the hot method is compiled once, before any static is
    // known.
    private readonly long[] _checksums = GC.AllocateArray<long>(Protocols * Statuses * Causes, pinned: true);
    private readonly byte[] _layerCauses = GC.AllocateArray<byte>(Statuses * Reasons, pinned: true);
    private readonly long[] _statuses = new long[Statuses];
    private readonly long[] _causes = new long[Causes];
    private readonly long[] _shapes = new long[FrameShapes.Count];
    private readonly long* _checksumCells;
    private readonly byte* _causeOf;
    private readonly Dictionary<long, int> _tunnelIndex = [];
    private readonly Dictionary<Talker, long> _talkers = [];
    private TunnelCell[] _tunnels = new TunnelCell[4];
    private long _lastTunnelKey = -1;
    private int _lastTunnel;
    private long _packets, _bytes, _captured;
    private long _first = long.MaxValue, _last = long.MinValue;

    public SummaryBuilder()
    {
        _checksumCells = (long*)Unsafe.AsPointer(ref _checksums[0]);
        _causeOf = (byte*)Unsafe.AsPointer(ref _layerCauses[0]);
        for (int i = 0; i < _layerCauses.Length; i++)
        {
            _layerCauses[i] = (byte)PacketCause.OfLayer((ChecksumStatus)(i / Reasons), (LayerReason)(i % Reasons));
        }
    }

    private struct TunnelCell
    {
        public long Key, Packets, Bytes, Faulty;
    }

    private readonly record struct Talker(ulong A, ulong B, ulong C, ulong D, byte Size);

    /// <summary>Packets counted so far.</summary>
    public long Packets => _packets;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in CapturedFrame frame, FrameVerdict verdict)
    {
        _packets++;
        _bytes += frame.WireLength;
        _captured += frame.CapturedLength;
        long time = frame.TimestampNanoseconds;
        if (time != 0)
        {
            // Zero: pcapng's simple packets have no time.
            _first = time < _first ? time : _first;
            _last = time > _last ? time : _last;
        }

        _statuses[(int)verdict.Status]++;
        _causes[(int)verdict.Cause]++;
        if (verdict.Shape != FrameShape.Any)
        {
            _shapes[(int)verdict.Shape]++;
        }
        else
        {
            AddLayers(verdict.Layers, verdict.LayerCount, 1);
        }

        bool faulty = verdict.Status >= ChecksumStatus.Illegal;
        if (verdict.Tunnel != TunnelType.None)
        {
            long key = ((long)verdict.Tunnel << 32) | (uint)verdict.Vni;
            if (key != _lastTunnelKey)
            {
                _lastTunnel = TunnelIndex(key);
                _lastTunnelKey = key;
            }

            ref TunnelCell cell = ref _tunnels[_lastTunnel];
            cell.Packets++;
            cell.Bytes += frame.WireLength;
            cell.Faulty += faulty ? 1 : 0;
        }

        if (faulty && verdict.AddressCount > 0)
        {
            AddTalker(verdict);
        }
    }

    private void AddLayers(LayerRecord* layer, int count, long frames)
    {
        for (; count > 0; count--, layer++)
        {
            int status = (int)layer->Status;
            int cause = _causeOf[(status * Reasons) + (int)layer->Reason];
            _checksumCells[(((int)layer->Protocol * Statuses) + status) * Causes + cause] += frames;
        }
    }

    /// <summary>Counts the layers of the common frames, which were only counted by shape so far.</summary>
    private void ExpandShapes()
    {
        for (FrameShape shape = FrameShape.Tcp; (int)shape < FrameShapes.Count; shape++)
        {
            AddLayers(FrameTemplates.Layers(shape), shape.LayerCount(), _shapes[(int)shape]);
            _shapes[(int)shape] = 0;
        }
    }

    /// <summary>Adds what another thread counted.</summary>
    public void Merge(SummaryBuilder other)
    {
        _packets += other._packets;
        _bytes += other._bytes;
        _captured += other._captured;
        _first = Math.Min(_first, other._first);
        _last = Math.Max(_last, other._last);
        other.ExpandShapes();
        AddAll(_checksums, other._checksums);
        AddAll(_statuses, other._statuses);
        AddAll(_causes, other._causes);
        foreach ((long key, int index) in other._tunnelIndex)
        {
            ref TunnelCell cell = ref _tunnels[TunnelIndex(key)];
            cell.Packets += other._tunnels[index].Packets;
            cell.Bytes += other._tunnels[index].Bytes;
            cell.Faulty += other._tunnels[index].Faulty;
        }

        foreach ((Talker talker, long packets) in other._talkers)
        {
            Count(talker, packets);
        }

        _lastTunnelKey = -1;
    }

    public CaptureSummary Build(string path, bool complete)
    {
        ExpandShapes();
        return new()
        {
            Path = SafeText.Path(path),
            Packets = _packets,
            Bytes = _bytes,
            CapturedBytes = _captured,
            FirstTimestamp = _first > _last ? null : CaptureTime.ToDateTime(_first),
            LastTimestamp = _first > _last ? null : CaptureTime.ToDateTime(_last),
            Good = _statuses[(int)ChecksumStatus.Good],
            NotPresent = _statuses[(int)ChecksumStatus.NotPresent],
            Partial = _statuses[(int)ChecksumStatus.Partial],
            Unverified = _statuses[(int)ChecksumStatus.Unverified],
            Illegal = _statuses[(int)ChecksumStatus.Illegal],
            Bad = _statuses[(int)ChecksumStatus.Bad],

            // Arrays: what a collection expression makes of a read-only list, PowerShell cannot index.
            Checksums = ChecksumCounts().ToArray(),
            Causes = _causes.Select((count, i) => new CauseCount((ChecksumCause)i, count)).Where(c => c.Packets > 0)
                .ToArray(),
            Tunnels = TunnelCounts().OrderByDescending(t => t.Packets).ToArray(),
            FaultyTalkers = _talkers.Select(t => ToTalker(t.Key, t.Value)).OrderByDescending(t => t.Packets)
                .ThenBy(t => t.Source, StringComparer.Ordinal).ToArray(),
            Complete = complete,
        };
    }

    private static void AddAll(long[] into, long[] from)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] += from[i];
        }
    }

    /// <summary>Index 0 is for the tunnels beyond <see cref="MaxTunnels"/>.</summary>
    private int TunnelIndex(long key)
    {
        if (_tunnelIndex.TryGetValue(key, out int index))
        {
            return index;
        }

        if (_tunnelIndex.Count >= MaxTunnels)
        {
            return 0;
        }

        index = _tunnelIndex.Count + 1;
        if (index == _tunnels.Length)
        {
            Array.Resize(ref _tunnels, 2 * index);
        }

        _tunnels[index].Key = key;
        _tunnelIndex.Add(key, index);
        return index;
    }

    private void AddTalker(FrameVerdict verdict)
    {
        ReadOnlySpan<byte> source = verdict.Source(0), destination = verdict.Destination(0);
        Talker talker = source.Length == 4
            ? new(MemoryMarshal.Read<uint>(source), 0, MemoryMarshal.Read<uint>(destination), 0, 4)
            : new(MemoryMarshal.Read<ulong>(source), MemoryMarshal.Read<ulong>(source[8..]),
                MemoryMarshal.Read<ulong>(destination), MemoryMarshal.Read<ulong>(destination[8..]), 16);
        Count(talker, 1);
    }

    private void Count(Talker talker, long packets)
    {
        if (_talkers.Count < MaxTalkers || _talkers.ContainsKey(talker))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_talkers, talker, out _) += packets;
        }
    }

    private static FaultyTalker ToTalker(Talker talker, long packets)
    {
        Span<byte> source = stackalloc byte[16], destination = stackalloc byte[16];
        MemoryMarshal.Write(source, talker.A);
        MemoryMarshal.Write(source[8..], talker.B);
        MemoryMarshal.Write(destination, talker.C);
        MemoryMarshal.Write(destination[8..], talker.D);
        return new FaultyTalker(new IPAddress(source[..talker.Size]).ToString(),
            new IPAddress(destination[..talker.Size]).ToString(), packets);
    }

    private IEnumerable<ChecksumCount> ChecksumCounts()
    {
        for (int i = 0; i < _checksums.Length; i++)
        {
            if (_checksums[i] > 0)
            {
                yield return new ChecksumCount(
                    (ChecksumProtocol)(i / Causes / Statuses), (ChecksumStatus)(i / Causes % Statuses),
                    (ChecksumCause)(i % Causes), _checksums[i]);
            }
        }
    }

    private IEnumerable<TunnelCount> TunnelCounts()
    {
        foreach (int index in _tunnelIndex.Values)
        {
            TunnelCell cell = _tunnels[index];
            int vni = (int)(uint)cell.Key;
            yield return new TunnelCount((TunnelType)(cell.Key >> 32), vni < 0 ? null : vni, cell.Packets, cell.Bytes,
                cell.Faulty);
        }
    }
}
