using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>Defect A, synthesised: the kernels that have it are too old to run here.</summary>
public sealed class DefectATests
{
    /// <summary>0xffff when the address was kept, whatever would be right.</summary>
    [Fact]
    public void KeptAddressIsAllOnesOnEveryPacket()
    {
        byte[][] frames = [.. Enumerable.Range(0, 5)
            .Select(i => new TunnelFrame { Payload = 40 + i, Seed = i + 1, InnerSourcePort = 50000 + i }.DefectA(
                "10.0.10.14", 1024 + (i * 9000)))];
        VxlanChecksumResult result = Analysis.Only(frames);
        Assert.Equal((ChecksumCause.NatZeroChecksum, 5, true),
            (result.Cause, result.BadPackets, result.OuterSnatSuspected));
        Assert.Null(result.ImpliedOriginalAddress);
        Assert.Empty(result.ImpliedOriginalPort);
        Assert.InRange(result.Confidence, 0.999, 1);
        ChecksumEvidence[] packets = [
            .. result.Evidence.Where(e => e.Kind == EvidenceKind.ConstantChecksum && e.FrameNumber is not null)];
        Assert.Equal(5, packets.Length);
        Assert.All(packets, e => Assert.Equal(0xffff, e.Found));
        Assert.Equal(5, packets.Select(e => e.Expected).Distinct().Count());
        Assert.Equal(["UnmarkTunnel", "NoTrackTunnel", "AcceptTunnelPort", "DisableTxChecksum"], result.Mitigations);
        Assert.Contains("ea64d8d6c675", result.Recommendation, StringComparison.Ordinal);
        Assert.Contains("keeping the address", result.Explanation, StringComparison.Ordinal);
    }

    /// <summary>The vectors: 10.244.1.0 -> 192.168.56.10 leaves ecbe, 10.244.90.192 -> 10.0.0.5 leaves a450.</summary>
    [Theory]
    [InlineData("10.244.1.0", "192.168.56.10", 0xecbe)]
    [InlineData("10.244.90.192", "10.0.0.5", 0xa450)]
    public void ChangedAddressLeavesTheConstantOfThePairAndIsNamed(string old, string @new, int constant)
    {
        byte[][] frames = [.. Enumerable.Range(0, 3)
            .Select(i => new TunnelFrame { Source = old, InnerSource = old, Payload = 40 + i, Seed = i }.DefectA(@new,
                30000 + i))];
        Assert.All(frames, f => Assert.Equal(constant, new TunnelFrame().Outer(f).Found));

        // Among the candidates without being asked for: the addresses inside of the tunnel.
        VxlanChecksumResult found = Analysis.Only(frames);
        Assert.Equal(ChecksumCause.NatZeroChecksum, found.Cause);
        Assert.Equal(IPAddress.Parse(old), found.ImpliedOriginalAddress);
        Assert.InRange(found.Confidence, 0.99, 1);
        Assert.StartsWith($"On {old}", found.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAddressOutsideOfTheCaptureIsFoundByNodeAddress()
    {
        byte[][] frames = [.. Enumerable.Range(0, 2)
            .Select(i => new TunnelFrame { Source = "172.30.9.8", Payload = 40 + i }.DefectA("192.168.56.10",
                30000 + i))];
        VxlanChecksumResult without = Analysis.Only(frames);
        Assert.Equal(ChecksumCause.NatZeroChecksum, without.Cause);
        Assert.Null(without.ImpliedOriginalAddress);
        Assert.InRange(without.Confidence, 0.9, 1);
        // 172.30.9.8: ac1e + 0908 = b526. As the address is unknown, its sum is told.
        Assert.Contains(without.Evidence,
            e => e.Kind == EvidenceKind.ImpliedAddress && e.Text.Contains("0xb526", StringComparison.Ordinal));

        VxlanChecksumResult with = Analysis.Only(frames, Analysis.Node("192.168.56.10", "172.30.9.8"));
        Assert.Equal(IPAddress.Parse("172.30.9.8"), with.ImpliedOriginalAddress);
        Assert.InRange(with.Confidence, without.Confidence, 1);
    }

    [Fact]
    public void IPv6TunnelsHaveTheSameConstant()
    {
        TunnelFrame frame = new() { Source = "fd00::14", Destination = "fd00::10" };
        VxlanChecksumResult kept = Analysis.Only(
            [frame.DefectA("fd00::14", 5000), (frame with { Payload = 77 }).DefectA("fd00::14", 5000)]);
        Assert.Equal((ChecksumCause.NatZeroChecksum, null), (kept.Cause, kept.ImpliedOriginalAddress));
        // 0x4d - 0x14 = 0x39.
        byte[] changed = frame.DefectA("fd00::4d", 5000);
        Assert.Equal(0x39, frame.Outer(changed).Found);
        VxlanChecksumResult result = Analysis.Only([changed, (frame with { Payload = 77 }).DefectA("fd00::4d", 5000)],
            Analysis.Node("fd00::14"));
        Assert.Equal((ChecksumCause.NatZeroChecksum, IPAddress.Parse("fd00::14")),
            (result.Cause, result.ImpliedOriginalAddress));
    }

    [Fact]
    public void OneMismatchedAllOnesIsAlreadyStrong()
    {
        VxlanChecksumResult result = Analysis.Only([new TunnelFrame().DefectA("10.0.10.14", 2000)]);
        Assert.Equal(ChecksumCause.NatZeroChecksum, result.Cause);
        Assert.InRange(result.Confidence, 0.95, 0.9999);
    }

    [Fact]
    public void ARightAllOnesIsNoSign()
    {
        // The payload that makes 0xffff the right value: searched for, since it comes by chance once in 65535.
        TunnelFrame frame = new();
        TunnelFrame lucky = Enumerable.Range(1, 65535).Select(p => frame with { SourcePort = p })
            .First(f => f.Outer(f.Healthy()).Right == 0xffff);
        VxlanChecksumResult result = Analysis.Only([lucky.Healthy(), lucky.Healthy()]);
        Assert.Equal((ChecksumCause.None, 0), (result.Cause, result.BadPackets));
    }

    [Fact]
    public void IdenticalPacketsDoNotMakeItSurer()
    {
        byte[] frame = new TunnelFrame().DefectA("10.0.10.14", 2000);
        Assert.Equal(Analysis.Only([frame]).Confidence, Analysis.Only([frame, frame, frame, frame]).Confidence, 12);
    }

    [Fact]
    public void HealthyPacketsWithoutOuterChecksumSupportItAndOthersContradictIt()
    {
        byte[] bad = new TunnelFrame().DefectA("10.0.10.14", 2000);
        VxlanChecksumResult supported = Analysis.Only([bad, new TunnelFrame { Protocol = 1 }.WithoutOuter()]);
        Assert.Equal(ChecksumCause.NatZeroChecksum, supported.Cause);
        Assert.Contains(supported.Evidence,
            e => e.Kind == EvidenceKind.Setup && e.Text.Contains("noudpcsum", StringComparison.Ordinal));

        VxlanChecksumResult contradicted = Analysis.Only([bad, new TunnelFrame { Protocol = 1 }.Healthy()]);
        Assert.InRange(supported.Confidence, 0.99, 1);
        Assert.True(contradicted.Cause != ChecksumCause.NatZeroChecksum || contradicted.Confidence < 0.8,
            $"{contradicted} {contradicted.Confidence}");
    }
}
