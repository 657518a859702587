using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <summary>Any walked frame, packed: its layer records, then each IP header's two addresses behind their size.</summary>
internal sealed class PackedFacts : PacketFacts
{
    private readonly byte[] _packed;
    private readonly byte _layerCount;
    private readonly sbyte _tunnelAddress;
    private readonly sbyte _innerAddress;
    private readonly bool _hasPorts;
    private readonly ushort _sourcePort, _destinationPort, _tunnelSourcePort, _tunnelDestinationPort;
    private ChecksumLayer[]? _layers;

    private PackedFacts(FrameVerdict verdict, byte[] packed)
    {
        _packed = packed;
        _layerCount = (byte)verdict.LayerCount;
        _tunnelAddress = (sbyte)verdict.TunnelAddress;
        _innerAddress = (sbyte)(verdict.AddressCount - 1);
        _hasPorts = verdict.HasPorts;
        (_sourcePort, _destinationPort) = (verdict.SourcePort, verdict.DestinationPort);
        (_tunnelSourcePort, _tunnelDestinationPort) = (verdict.TunnelSourcePort, verdict.TunnelDestinationPort);
    }

    /// <summary>A frame with a transport header in each of its IP packets, the outer of which, where there are two, is that
    /// of a tunnel.</summary>
    /// <param name="layers">Outer to inner.</param>
    /// <param name="addresses">Each IP header's two addresses behind their size.</param>
    public PackedFacts(ReadOnlySpan<LayerRecord> layers, ReadOnlySpan<byte> addresses)
    {
        _packed = [.. MemoryMarshal.AsBytes(layers), .. addresses];
        _layerCount = (byte)layers.Length;
        bool tunnel = layers.Length > 2;
        _tunnelAddress = (sbyte)(tunnel ? 0 : -1);
        _innerAddress = (sbyte)(tunnel ? 1 : 0);
        _hasPorts = true;
        (_sourcePort, _destinationPort) = (layers[^1].SourcePort, layers[^1].DestinationPort);
        (_tunnelSourcePort, _tunnelDestinationPort) = tunnel ? (layers[1].SourcePort, layers[1].DestinationPort) : default;
    }

    /// <summary>Copies what the walker found; the frame may go.</summary>
    public static unsafe PackedFacts From(FrameVerdict verdict)
    {
        int layerBytes = verdict.LayerCount * sizeof(LayerRecord);
        int size = layerBytes;
        for (int i = 0; i < verdict.AddressCount; i++)
        {
            size += 1 + (2 * verdict.Addresses[i].Size);
        }

        byte[] packed = size == 0 ? [] : GC.AllocateUninitializedArray<byte>(size);
        new ReadOnlySpan<byte>(verdict.Layers, layerBytes).CopyTo(packed);
        int at = layerBytes;
        for (int i = 0; i < verdict.AddressCount; i++)
        {
            int length = verdict.Addresses[i].Size;
            packed[at++] = (byte)length;
            verdict.Source(i).CopyTo(packed.AsSpan(at));
            verdict.Destination(i).CopyTo(packed.AsSpan(at + length));
            at += 2 * length;
        }

        return new PackedFacts(verdict, packed)
        {
            Tunnel = verdict.Tunnel,
            Vni = verdict.Vni,
            TunnelTtl = verdict.TunnelTtl,
            Status = verdict.Status,
            Cause = verdict.Cause,
        };
    }

    public override PackedFacts Walked => this;
    public override string? Source => Endpoint(_innerAddress, source: true, _hasPorts, _sourcePort);
    public override string? Destination => Endpoint(_innerAddress, source: false, _hasPorts, _destinationPort);
    public override string? OuterSource =>
        Endpoint(_tunnelAddress, source: true, _tunnelDestinationPort != 0, _tunnelSourcePort);
    public override string? OuterDestination =>
        Endpoint(_tunnelAddress, source: false, _tunnelDestinationPort != 0, _tunnelDestinationPort);
    public override IReadOnlyList<ChecksumLayer> Layers => _layers ??= Unpack();

    internal ReadOnlySpan<LayerRecord> Records =>
        MemoryMarshal.Cast<byte, LayerRecord>(_packed.AsSpan(0, _layerCount * Unsafe.SizeOf<LayerRecord>()));

    /// <summary>Of the tunnel's IP header among the packet's, outer to inner; -1 where there is no tunnel.</summary>
    internal int TunnelAddress => _tunnelAddress;

    /// <summary>Of the innermost IP header; -1 where there is none.</summary>
    internal int InnerAddress => _innerAddress;
    internal ushort TunnelSourcePort => _tunnelSourcePort;
    internal ushort TunnelDestinationPort => _tunnelDestinationPort;

    /// <summary>4 or 16 bytes; empty where there is no such header.</summary>
    internal ReadOnlySpan<byte> AddressBytes(int index, bool source)
    {
        int at = _layerCount * Unsafe.SizeOf<LayerRecord>();
        for (int i = 0; at < _packed.Length; i++, at += 1 + (2 * _packed[at]))
        {
            if (i == index)
            {
                int size = _packed[at];
                return _packed.AsSpan(at + 1 + (source ? 0 : size), size);
            }
        }

        return default;
    }

    private string? Endpoint(int index, bool source, bool hasPort, ushort port)
    {
        ReadOnlySpan<byte> bytes = AddressBytes(index, source);
        if (bytes.IsEmpty)
        {
            return null;
        }

        IPAddress address = new(bytes);
        return hasPort ? new IPEndPoint(address, port).ToString() : address.ToString();
    }

    private ChecksumLayer[] Unpack()
    {
        ChecksumLayer[] layers = new ChecksumLayer[_layerCount];
        ReadOnlySpan<LayerRecord> records = Records;
        for (int i = 0; i < layers.Length; i++)
        {
            LayerRecord r = records[i];
            bool ports = (r.Flags & LayerFlags.HasPorts) != 0;
            uint? expected = (r.Flags & LayerFlags.HasExpected) != 0 ? r.Expected : null;
            layers[i] = new ChecksumLayer
            {
                Depth = r.Depth,
                Protocol = r.Protocol,
                Source = Endpoint(r.AddressIndex, source: true, ports, r.SourcePort),
                Destination = Endpoint(r.AddressIndex, source: false, ports, r.DestinationPort),
                Found = (r.Flags & LayerFlags.HasFound) != 0 ? r.Found : null,
                Expected = expected,
                ExpectedOnWire = (r.Flags & LayerFlags.HasCompleted) != 0 ? r.Completed : expected,
                Status = r.Status,
                Offset = r.Offset,
                Length = r.Length,
                Reason = LayerReasons.Describe(in r),
                Code = r.Reason,
                IsTunnel = (r.Flags & LayerFlags.Tunnel) != 0,
                SourcePort = r.SourcePort,
                DestinationPort = r.DestinationPort,
            };
        }

        return layers;
    }
}
