using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Verdicts;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>What a text yields: its packets, and what could not be read.</summary>
internal sealed record TextReading(IReadOnlyList<PacketChecksum> Packets, IReadOnlyList<UnreadableText> Unreadable)
{
    public static TextReading Of(string text, IPAddress[]? candidates = null,
        Dictionary<string, IPAddress[]>? hosts = null)
    {
        List<PacketChecksum> packets = [];
        List<UnreadableText> unreadable = [];
        TcpdumpTextReader reader = new("text", new HostAddresses(hosts, candidates), packets.Add, unreadable.Add);
        reader.Add(text);
        reader.Complete();
        return new TextReading(packets, unreadable);
    }

    public static TextReading OfFile(string name) => Of(File.ReadAllText(TestData.PathOf("tcpdump", name)));

    /// <summary>The packets of a capture of tests/data as the walker finds them.</summary>
    public static IReadOnlyList<PacketChecksum> Walk(string capture)
    {
        using FileStream stream = File.OpenRead(capture);
        using CaptureReader reader = CaptureReaderFactory.Open(stream, capture);
        FrameWalker walker = new(new TunnelPorts());
        List<PacketChecksum> packets = [];
        while (reader.TryRead(out CapturedFrame frame))
        {
            packets.Add(Walked(walker, in frame));
        }

        return packets;
    }

    private static unsafe PacketChecksum Walked(FrameWalker walker, in CapturedFrame frame) =>
        PacketChecksum.From(in frame, walker.Walk(in frame));
}
