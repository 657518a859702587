using VxlanCsum.Causes;
using VxlanCsum.Diagnoses;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>The packets of a ticket's text, weighed a source, as Test-VxlanChecksum weighs them.</summary>
internal sealed class TicketPackets
{
    private readonly List<CaptureEvidence> _seen = [];

    /// <summary>What lacked a verdict, by why.</summary>
    public Dictionary<LayerReason, long> Lacking { get; } = [];

    /// <summary>What the lines show beside checksums, and how they were printed.</summary>
    public PacketRemarks Printed { get; } = new();

    /// <summary>Devices that tcpdump said it listened on.</summary>
    public HashSet<string> Devices { get; } = new(StringComparer.Ordinal);

    /// <summary>The port of the first tunnel packet; null where none was read.</summary>
    public ushort? TunnelPort { get; private set; }

    /// <summary>All sources' together; null where no packet was read.</summary>
    public CaptureEvidence? Together => _seen.Count == 0 ? null : CaptureEvidence.Together(_seen);

    /// <summary>How many verdicts on directions are held.</summary>
    public int Directions { get; private set; }

    public void Add(CaptureEvidence capture)
    {
        Directions += capture.Results.Count;
        _seen.Add(capture);
    }

    /// <summary>Reads the packets of one source.</summary>
    /// <param name="path">Of the source.</param>
    /// <param name="lines">All its lines, those of other pieces empty.</param>
    /// <param name="problem">Told of lines that could not be read.</param>
    /// <returns>How many packets were read.</returns>
    public long Read(string path, IEnumerable<string> lines,
        Action<long, string> problem)
    {
        var analyzer = new CauseAnalyzer(new CauseOptions());
        var reader = new TcpdumpTextReader(path, new HostAddresses(new Dictionary<string, System.Net.IPAddress[]>(),
            null), packet =>
        {
            analyzer.Add(packet);
            Note(packet);
        }, text => problem(text.FirstLine, text.Message), Printed.Add);
        foreach (string line in lines)
        {
            reader.Add(line);
        }

        reader.Complete();
        if (analyzer.Packets > 0)
        {
            Add(new CaptureEvidence([SafeText.Escape(Path.GetFileName(path))], analyzer.Packets,
                analyzer.Complete()));
        }

        return analyzer.Packets;
    }

    private void Note(PacketChecksum packet)
    {
        if (packet.Interface is { } device and not "any")
        {
            Devices.Add(device);
        }

        TunnelPort ??= packet.Layers.FirstOrDefault(static l => l.IsTunnel)?.DestinationPort;
        foreach (ChecksumLayer layer in packet.Layers.Where(static l => l.Status == ChecksumStatus.Unverified))
        {
            Lacking[layer.Code] = Lacking.GetValueOrDefault(layer.Code) + 1;
        }
    }
}
