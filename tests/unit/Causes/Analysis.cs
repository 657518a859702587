using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>Runs the analysis over frames or captures.</summary>
internal static class Analysis
{
    private static readonly CaptureInterface s_interface = new("test.pcap", 0, null, LinkType.Ethernet, 0);

    public static CauseOptions Node(params string[] addresses) =>
        new() { NodeAddresses = [.. addresses.Select(Address)] };

    public static CauseOptions Local(params string[] addresses) =>
        new() { LocalAddresses = [.. addresses.Select(Address)] };

    public static HostId Address(string address) => HostId.From(IPAddress.Parse(address));

    /// <summary>Frames one second apart, walked one by one, as -Path does it.</summary>
    public static IReadOnlyList<VxlanChecksumResult> Of(IEnumerable<byte[]> frames, CauseOptions? options = null) =>
        Of(frames.Select(static (frame, i) => (frame, TimeSpan.FromSeconds(i))), options);

    public static IReadOnlyList<VxlanChecksumResult> Of(IEnumerable<(byte[] Frame, TimeSpan Time)> frames,
        CauseOptions? options = null)
    {
        CauseAnalyzer analyzer = new(options ?? new CauseOptions());
        Add(analyzer, frames);
        return analyzer.Complete();
    }

    /// <summary>Frames one second apart; the analysis goes on.</summary>
    public static void Add(CauseAnalyzer analyzer, IEnumerable<byte[]> frames) =>
        Add(analyzer, frames.Select(static (frame, i) => (frame, TimeSpan.FromSeconds(i))));

    /// <summary>The one direction from 10.0.10.x to 10.0.10.10 or whatever came first.</summary>
    public static VxlanChecksumResult Only(IEnumerable<byte[]> frames, CauseOptions? options = null) =>
        Assert.Single(Of(frames, options));

    /// <summary>A capture of tests/data, packet by packet as the pipeline brings them.</summary>
    public static IReadOnlyList<VxlanChecksumResult> OfCapture(string name, CauseOptions? options = null)
    {
        CauseAnalyzer analyzer = new(options ?? new CauseOptions());
        foreach (PacketChecksum packet in Packets(name))
        {
            analyzer.Add(packet);
        }

        return analyzer.Complete();
    }

    /// <summary>The same capture as -Path has it: no packet object is made.</summary>
    public static unsafe IReadOnlyList<VxlanChecksumResult> OfWalkedCapture(string name)
    {
        string path = Path.Combine(Captures.Samples.Folder, name);
        CauseAnalyzer analyzer = new(new CauseOptions());
        FrameWalker walker = new(new TunnelPorts());
        using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
        while (reader.TryRead(out CapturedFrame frame))
        {
            analyzer.Add(walker.Walk(in frame), in frame);
        }

        return analyzer.Complete();
    }

    public static unsafe List<PacketChecksum> Packets(string name)
    {
        string path = Path.Combine(Captures.Samples.Folder, name);
        FrameWalker walker = new(new TunnelPorts());
        List<PacketChecksum> packets = [];
        using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
        while (reader.TryRead(out CapturedFrame frame))
        {
            packets.Add(PacketChecksum.From(in frame, walker.Walk(in frame)));
        }

        return packets;
    }

    public static VxlanChecksumResult Direction(this IReadOnlyList<VxlanChecksumResult> results, string source,
        string? destination = null) =>
        Assert.Single(results,
            r => r.OuterSource == source && (destination is null || r.OuterDestination == destination));

    private static void Add(CauseAnalyzer analyzer, IEnumerable<(byte[] Frame, TimeSpan Time)> frames)
    {
        FrameWalker walker = new(new TunnelPorts());
        long number = 0;
        foreach ((byte[] frame, TimeSpan time) in frames)
        {
            Add(analyzer, walker, frame, ++number, time);
        }
    }

    private static unsafe void Add(CauseAnalyzer analyzer, FrameWalker walker, byte[] frame, long number, TimeSpan time)
    {
        // The walker reads whole vectors: the reader's buffer has slack behind each frame, so this one has, too.
        byte[] buffer = new byte[frame.Length + 64];
        frame.CopyTo(buffer, 0);
        fixed (byte* p = buffer)
        {
            CapturedFrame captured = new()
            {
                Data = p,
                CapturedLength = frame.Length,
                WireLength = (uint)frame.Length,
                Number = number,
                TimestampNanoseconds = time.Ticks * 100,
                Interface = s_interface,
            };
            analyzer.Add(walker.Walk(p, frame.Length, (uint)frame.Length, LinkType.Ethernet), in captured);
        }
    }
}
