using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Netfilter;
using VxlanCsum.Simulation;
using VxlanCsum.Summaries;
using VxlanCsum.UnitTests.Netfilter;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>What a packet or a rule costs in memory: a gate against regressions that no noise of a machine can open. Each
/// budget is about a tenth above what was measured.</summary>
public sealed class AllocationTests
{
    private const int Packets = 20_000;
    private const double FaultBudget = 1233, ObjectBudget = 167, RuleBudget = 402;
    private const long MeasureFileBudget = 99_400, TestFileBudget = 777_000;
    private static readonly CaptureInterface s_interface = new("test.pcap", 0, null, LinkType.Ethernet, 0);

    [Fact]
    public void ARightPacketThatIsMeasured()
    {
        SummaryBuilder counts = new();
        SummaryPart part = new(new TunnelPorts(), counts);
        Assert.InRange(Marginal(part), 0, 0.01);
    }

    [Fact]
    public void ARightPacketThatIsTested()
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        CauseShard shard = new(analyzer, new TunnelPorts(), analyzer.PathIndex(s_interface.Path));
        Assert.InRange(Marginal(shard), 0, 0.01);
    }

    [Fact]
    public void AFault()
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        CauseShard shard = new(analyzer, new TunnelPorts(), analyzer.PathIndex(s_interface.Path));
        double first = Whole(shard, static i => new TunnelFrame { InnerSourcePort = 1024 + (i % 50), Seed = i }
            .WithOuterChecksum(i & 0xffff));
        Assert.InRange(first, 1, FaultBudget);
    }

    [Fact]
    public void APacketObject()
    {
        FrameWalker walker = new(new TunnelPorts()) { ShapesSuffice = true };
        using FrameReader reader = new([new SimulatedFrame(new TunnelFrame().Healthy(), default)], s_interface);
        Assert.True(reader.TryRead(out CapturedFrame frame));
        FrameVerdict verdict = walker.Walk(in frame);
        PacketChecksum packet = PacketChecksum.From(in frame, verdict);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            packet = PacketChecksum.From(in frame, verdict);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0, 100, ObjectBudget);
        Assert.Equal(ChecksumStatus.Good, packet.Status);
    }

    [Theory]
    [InlineData(false, MeasureFileBudget)]
    [InlineData(true, TestFileBudget)]
    public void AFile(bool test, long budget)
    {
        byte[] capture = File.ReadAllBytes(TestData.PathOf("captures", "udpcsum-on-random.pcap"));
        _ = Scan(capture, test);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Scan(capture, test);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, budget / 3, budget);
    }

    [Fact]
    public void ARule()
    {
        const int Rules = 5000;
        string text = "*nat\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SVC-A - [0:0]\n" + string.Concat(
            Enumerable.Range(0, Rules).Select(static i => $"-A KUBE-SVC-A -d 10.{i >> 8}.{i & 255}.1/32 -p tcp -m comment "
                + $"--comment \"ns/svc-{i}:http cluster IP\" -m tcp --dport 80 -j RETURN\n")) + "COMMIT\n";
        _ = Rulesets.Parse(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        NetfilterRuleset rules = Rulesets.Parse(text);
        double each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Rules;
        Assert.Equal(Rules, rules.Rules.Count());
        Assert.InRange(each, 50, RuleBudget);
    }

    private static object Scan(byte[] capture, bool test)
    {
        using MemoryStream stream = new(capture);
        using CaptureReader reader = CaptureReaderFactory.Open(stream, "test.pcap");
        CaptureScanner scanner = new(CancellationToken.None);
        if (!test)
        {
            SummaryBuilder counts = new();
            Assert.Null(scanner.Scan(reader, new SummaryPart(new TunnelPorts(), counts)));
            return counts.Build("test.pcap", complete: true);
        }

        CauseAnalyzer analyzer = new(new CauseOptions());
        Assert.Null(scanner.Scan(reader, new CauseShard(analyzer, new TunnelPorts(), analyzer.PathIndex("test.pcap"))));
        return analyzer.Complete();
    }

    /// <summary>Bytes a packet, once those before have made the room that is kept.</summary>
    private static double Marginal(CapturePart part)
    {
        SimulatedFrame[] frames = [.. Enumerable.Range(0, Packets).Select(static i => new SimulatedFrame(
            new TunnelFrame { InnerSourcePort = 1024 + (i % 50) }.Healthy(), TimeSpan.FromMilliseconds(i)))];
        using FrameReader reader = new(frames, s_interface);
        part.Begin();
        Assert.True(part.Read(reader, Packets / 2));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(part.Read(reader, Packets / 2));
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (Packets / 2.0);
    }

    /// <summary>Bytes a packet from begin to join.</summary>
    private static double Whole(CapturePart part, Func<int, byte[]> make)
    {
        SimulatedFrame[] frames = [.. Enumerable.Range(0, Packets).Select(i => new SimulatedFrame(make(i),
            TimeSpan.FromMilliseconds(i)))];
        using FrameReader reader = new(frames, s_interface);
        long before = GC.GetAllocatedBytesForCurrentThread();
        part.Begin();
        Assert.True(part.Read(reader, Packets));
        Assert.True(part.Join(0));
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Packets;
    }
}
