using VxlanCsum.Captures.Files;
using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>
/// Holds back packets that wait for the address behind a name, and all behind them, until other packets of the same
/// host
/// tell it: two with different destinations or lengths that imply one address sum carry seeds, for nothing else would
/// agree.
/// </summary>
/// <param name="hosts">Learns from the packets that wait.</param>
/// <param name="onPacket">Gets the packets, in their order.</param>
internal sealed class PendingPackets(HostAddresses hosts, Action<PacketChecksum> onPacket)
{
    /// <summary>Bound of memory: beyond it the first in the line goes on as it is.</summary>
    private const int MaxWaiting = 4096;

    private readonly TextJudge _judge = new(hosts);
    private readonly LinkedList<Entry> _waiting = [];

    /// <summary>Takes the next packet.</summary>
    public void Add(TextPacket packet, CaptureInterface origin)
    {
        Entry entry = new(packet, origin) { Waits = _judge.Judge(packet) };
        _waiting.AddLast(entry);
        if (entry.Waits)
        {
            Learn(entry);
        }

        Release(all: false);
    }

    /// <summary>Lets all go: nothing more will be learned.</summary>
    public void Complete() => Release(all: true);

    private void Learn(Entry entry)
    {
        foreach (TextLayer layer in entry.Packet.Layers.Where(
            layer => layer.Record.Reason == LayerReason.AddressUnknown).ToArray())
        {
            bool learned = hosts.Learn(layer, out string? host);
            if (host is not null)
            {
                entry.Hosts.Add(host);
            }

            if (learned)
            {
                JudgeAgain(host!);
            }
        }
    }

    private void JudgeAgain(string host)
    {
        foreach (Entry entry in _waiting)
        {
            entry.Waits = entry.Waits && (!entry.Hosts.Contains(host) || _judge.Judge(entry.Packet));
        }
    }

    private void Release(bool all)
    {
        while (_waiting.First is { } first && (all || !first.Value.Waits || _waiting.Count > MaxWaiting))
        {
            _waiting.RemoveFirst();
            onPacket(TextJudge.ToPacket(first.Value.Packet, first.Value.Origin));
        }
    }

    private sealed class Entry(TextPacket packet, CaptureInterface origin)
    {
        public TextPacket Packet { get; } = packet;
        public CaptureInterface Origin { get; } = origin;

        /// <summary>Of which it told, and whose addresses it waits for.</summary>
        public List<string> Hosts { get; } = [];

        /// <summary>A layer waits for an address.</summary>
        public bool Waits { get; set; }
    }
}
