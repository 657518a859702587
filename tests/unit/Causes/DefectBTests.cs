using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Causes;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>Defect B, synthesised: what the recordings do not hold.</summary>
public sealed class DefectBTests
{
    [Fact]
    public void WhateverTheFlowsTheOldPortsComeBackExactly()
    {
        Random random = new(4865);
        List<byte[]> frames = [];
        List<int> ports = [];
        for (int i = 0; i < 200; i++)
        {
            ports.Add(random.Next(32768, 61000));
            frames.Add(new TunnelFrame
            {
                SourcePort = ports[i],
                Protocol = random.Next(2) == 0 ? 6 : 17,
                InnerSourcePort = 1024 + i,
                Payload = random.Next(0, 1400),
                Seed = i,
            }.DefectB("10.0.10.14", random.Next(1024, 65536)));
        }

        VxlanChecksumResult result = Analysis.Only(frames);
        Assert.Equal((ChecksumCause.NatLocalChecksum, 200), (result.Cause, result.BadPackets));
        Assert.Equal(ports,
            result.Evidence.Where(e => e.Kind == EvidenceKind.ImpliedPort).Select(e => e.ImpliedPort!.Value));
        Assert.Equal(ports.Distinct(), result.ImpliedOriginalPort);
    }

    [Fact]
    public void AChangedAddressIsFoundByNodeAddressWithTheOldPorts()
    {
        byte[][] frames = Flows(12,
            i => new TunnelFrame { Source = "172.30.9.8", SourcePort = 33000 + (i * 2000) }.DefectB("192.168.56.10",
                1024 + (i * 5000)));
        VxlanChecksumResult result = Analysis.Only(frames, Analysis.Node("192.168.56.10", "10.9.9.9", "172.30.9.8"));
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Equal(IPAddress.Parse("172.30.9.8"), result.ImpliedOriginalAddress);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => 33000 + (i * 2000)), result.ImpliedOriginalPort);
        Assert.InRange(result.Confidence, 0.95, 1);
    }

    [Fact]
    public void WithoutACandidateTwoFlowsProveItAndTheAddressStaysOpen()
    {
        TunnelFrame flow = new() { Source = "172.30.9.8", SourcePort = 60000 };
        byte[][] frames = [.. Enumerable.Range(0, 8)
            .Select(i => (flow with { Payload = 40 + i, Seed = i, SourcePort = 60000 - (i / 4 * 1000),
                InnerSourcePort = 50000 + (i / 4) })
            .DefectB("192.168.56.10", 2000 + (i / 4 * 333)))];
        VxlanChecksumResult result = Analysis.Only(frames);
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Null(result.ImpliedOriginalAddress);
        Assert.InRange(result.Confidence, 0.95, 1);
        // One flow alone could have been rewritten elsewhere as well: both are named.
        VxlanChecksumResult one = Analysis.Only(frames[..4]);
        Assert.InRange(one.Confidence, 0, 0.95);
        Assert.Equal([ChecksumCause.NatLocalChecksum, ChecksumCause.StaleAfterNat],
            new[] { one.Cause, one.Alternatives[0].Cause }.Order().Reverse());
        Assert.Contains(result.Evidence, e => e.Text.Contains("-NodeAddress", StringComparison.Ordinal));
    }

    [Fact]
    public void APortKeptByNatAndAnUnknownAddressAreToldByTheConstantDifference()
    {
        // A ping that the sender did not leave half made is spared; who rewrites addresses elsewhere spares none.
        byte[][] frames =
        [
            .. Flows(6, i => new TunnelFrame { Source = "172.30.9.8", SourcePort = 33000 + i }.DefectB("192.168.56.10",
                33000 + i)),
            .. Enumerable.Range(0, 3).Select(
                i => new TunnelFrame { Source = "192.168.56.10", SourcePort = 34000, Protocol = 1,
                    Payload = 40 + i }.Healthy()),
        ];
        VxlanChecksumResult result = Analysis.Only(frames);
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.InRange(result.Confidence, 0.95, 1);
        // 172.30.9.8: ac1e + 0908 = b526.
        Assert.Contains(result.Evidence,
            e => e.Kind == EvidenceKind.ImpliedAddress && e.Text.Contains("0xb526", StringComparison.Ordinal));
        Assert.Equal(IPAddress.Parse("172.30.9.8"),
            Analysis.Only(frames, Analysis.Node("172.30.9.8")).ImpliedOriginalAddress);
    }

    /// <summary>calico#4865 and rke2#1541: one packet alone is weak, and says so.</summary>
    [Fact]
    public void OnePacketIsWeakEvidence()
    {
        VxlanChecksumResult result = Analysis.Only(
            [new TunnelFrame { SourcePort = 44246 }.DefectB("10.0.10.14", 7103)]);
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Equal([44246], result.ImpliedOriginalPort);
        Assert.InRange(result.Confidence, 0.4, 0.7);
        Assert.Contains("This is unsure", result.Explanation, StringComparison.Ordinal);
        Assert.Equal(1, result.Confidence + result.Alternatives.Sum(static a => a.Probability), 2);
    }

    [Fact]
    public void IdenticalRetransmissionsAddNothing()
    {
        byte[] frame = new TunnelFrame { SourcePort = 44246 }.DefectB("10.0.10.14", 7103);
        Assert.Equal(Analysis.Only([frame]).Confidence, Analysis.Only([.. Enumerable.Repeat(frame, 50)]).Confidence,
            12);
    }

    [Fact]
    public void RandomDamageIsNoNat()
    {
        Random random = new(1);
        int named = 0;
        for (int round = 0; round < 50; round++)
        {
            byte[][] frames = Flows(12,
                i => new TunnelFrame { SourcePort = 33000 + i }.WithOuterChecksum(random.Next(1, 65535)));
            VxlanChecksumResult result = Analysis.Only(frames);
            named += result.Cause == ChecksumCause.Corrupted || result.Confidence < 0.8 ? 0 : 1;
            Assert.False(result.OuterSnatSuspected && result.Cause == ChecksumCause.Corrupted);
        }

        Assert.Equal(0, named);
    }

    [Fact]
    public void ThreeRandomFlowsAreNeverSurelyNats()
    {
        Random random = new(2);
        const int Rounds = 2000;
        for (int round = 0; round < Rounds; round++)
        {
            byte[][] frames = Flows(3,
                i => new TunnelFrame { SourcePort = 33000 + i }.WithOuterChecksum(random.Next(1, 65535)));
            VxlanChecksumResult result = Analysis.Only(frames);
            Assert.True(result.Cause == ChecksumCause.Corrupted || result.Confidence < 0.95,
                $"{result} {result.Confidence}");
        }
    }

    [Fact]
    public void ATunnelWithItsOwnPortRangeIsJudgedByThat()
    {
        byte[][] frames = Flows(8,
            i => new TunnelFrame { SourcePort = 2000 + (i * 100) }.DefectB("10.0.10.14", 62000 + i));
        VxlanChecksumResult result = Analysis.Only(frames,
            new CauseOptions { SourcePorts = new PortRange(2000, 3000) });
        Assert.Equal((ChecksumCause.NatLocalChecksum, true), (result.Cause, result.OuterSnatSuspected));
        Assert.InRange(result.Confidence, 0.99, 1);
    }

    [Fact]
    public void GenevePortsTellNothingButAgreementDoes()
    {
        byte[][] one = Flows(8,
            i => new TunnelFrame { TunnelPort = 6081, SourcePort = 40000 + (i * 7) }.DefectB("10.0.10.14", 1024 + i));
        VxlanChecksumResult weak = Analysis.Only(one);
        Assert.Equal((TunnelType.Geneve, true), (weak.TunnelType, weak.Confidence < 0.8));
        TunnelFrame flow = new() { TunnelPort = 6081, SourcePort = 400 };
        VxlanChecksumResult strong = Analysis.Only([
            .. Enumerable.Range(0, 6).Select(
                i => (flow with { Payload = 40 + i, SourcePort = 400 + (i / 3 * 77),
                    InnerSourcePort = 50000 + (i / 3) }).DefectB("10.0.10.14", 1024 + (i / 3 * 999))),
            (flow with { Protocol = 1 }).Healthy()]);
        Assert.Equal(ChecksumCause.NatLocalChecksum, strong.Cause);
        Assert.InRange(strong.Confidence, 0.95, 1);
    }

    [Fact]
    public void WhatHasNeitherTcpNorUdpInsideIsNotTheDefects()
    {
        byte[] ping = new TunnelFrame { Protocol = 1, SourcePort = 40000 }.LeftAlone("10.0.10.14", 2000);
        Assert.Equal(ChecksumCause.Corrupted, Analysis.Only([ping]).Cause);
        // Distinct packets of one binding that agree: translated and left alone, by whatever it was.
        byte[][] pings = [.. Enumerable.Range(0, 3)
            .Select(i => new TunnelFrame { Protocol = 1, SourcePort = 40000, Payload = 40 + i, Seed = i }.LeftAlone(
                "10.0.10.14", 2000))];
        VxlanChecksumResult result = Analysis.Only(pings);
        Assert.Equal(ChecksumCause.StaleAfterNat, result.Cause);
        Assert.Empty(result.ImpliedOriginalPort);
        // One port outside of the range may be another sender's.
        Assert.False(result.OuterSnatSuspected);
    }

    [Fact]
    public void AnUntouchedChecksumIsStaleNotHalfMade()
    {
        byte[][] frames = Flows(5, i => new TunnelFrame { SourcePort = 33000 + i }.LeftAlone("10.0.10.77", 33000 + i));
        VxlanChecksumResult result = Analysis.Only(frames, Analysis.Node("10.0.10.14"));
        Assert.Equal(ChecksumCause.StaleAfterNat, result.Cause);
        Assert.Equal(IPAddress.Parse("10.0.10.14"), result.ImpliedOriginalAddress);
        Assert.Empty(result.Mitigations);
    }

    [Fact]
    public void The63SecondsOfOldKernelsAreExplained()
    {
        TunnelFrame syn = new() { Protocol = 6, Payload = 0, SourcePort = 40000 };
        int[] times = [0, 1, 3, 7, 15, 31];
        List<(byte[], TimeSpan)> frames = [
            .. times.Select(t => (syn.DefectB("10.0.10.14", 5000), TimeSpan.FromSeconds(100 + t)))];
        frames.Add((syn.Healthy(), TimeSpan.FromSeconds(163)));
        VxlanChecksumResult result = Analysis.Of(frames).Single();
        Assert.Equal((1, 1), (result.BrokenFlows, result.HealedFlows));
        Assert.Contains("after 63 s", result.Explanation, StringComparison.Ordinal);
        Assert.Contains("30 s", result.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void APortOfTheTunnelItselfIsNoSignOfNat()
    {
        Assert.False(Analysis.Only([new TunnelFrame { SourcePort = 4789 }.Healthy()]).OuterSnatSuspected);
        VxlanChecksumResult one = Analysis.Only([new TunnelFrame { SourcePort = 4790 }.Healthy()]);
        Assert.False(one.OuterSnatSuspected);
        Assert.Contains(one.Evidence,
            e => e.Kind == EvidenceKind.SourcePort
                && e.Text.Contains("may have been source-translated", StringComparison.Ordinal));
        Assert.True(
            Analysis.Only([new TunnelFrame { SourcePort = 4790 }.Healthy(),
                new TunnelFrame { SourcePort = 2000 }.Healthy()]).OuterSnatSuspected);
        // RFC 7348's own range, kept to by five ports: a switch.
        Assert.False(
            Analysis.Only(Flows(5, i => new TunnelFrame { SourcePort = 61000 + i }.Healthy())).OuterSnatSuspected);
        Assert.True(
            Analysis.Only(Flows(4, i => new TunnelFrame { SourcePort = 61000 + i }.Healthy())).OuterSnatSuspected);
    }

    private static byte[][] Flows(int count, Func<int, byte[]> make) =>
        [.. Enumerable.Range(0, count).Select(i => Flow(make(i), i))];

    /// <summary>Gives a frame an inner flow of its own without a change of any sum: the inner source port grows, the
    /// sequence of payload bytes shrinks.</summary>
    private static byte[] Flow(byte[] frame, int i)
    {
        // Ethernet 14, IPv4 20, UDP 8, tunnel 8, Ethernet 14, IPv4 20: the inner transport header; after 8 bytes its
        // payload.
        const int Inner = 84;
        int port = (frame[Inner] << 8) | frame[Inner + 1], word = (frame[Inner + 8] << 8) | frame[Inner + 9];
        int swap = port + i;
        // Moves i from one word to another; one's-complement arithmetic does not see it.
        int rest = ((word - i) % 65535 + 65535) % 65535;
        (frame[Inner], frame[Inner + 1]) = ((byte)(swap >> 8), (byte)swap);
        (frame[Inner + 8], frame[Inner + 9]) = ((byte)(rest >> 8), (byte)rest);
        return frame;
    }
}
