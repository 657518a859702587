using VxlanCsum.Causes;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>No verdict says more than was seen: single packets, one port, loopback, checksums left unfinished.</summary>
public sealed class SeenOnlyTests
{
    [Fact]
    public void OneWrongPacketIsNeverSurelyDamaged()
    {
        TunnelFrame frame = new();
        for (int bit = 0; bit < 16; bit++)
        {
            byte[] bytes = frame.WithoutOuter();
            bytes[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));
            VxlanChecksumResult result = Analysis.Only([bytes]);
            Assert.InRange(result.Confidence, 0, 0.95);
            Assert.Contains("This is unsure", result.Explanation, StringComparison.Ordinal);
            Assert.DoesNotContain("different amounts", result.Explanation, StringComparison.Ordinal);
        }
    }

    /// <summary>Two sums over the same bytes, off alike: then it is the bytes, and after encapsulation.</summary>
    [Fact]
    public void OneIsEnoughWhereOutsideAndInsideAgree()
    {
        byte[] bytes = new TunnelFrame().Healthy();
        bytes[^1] ^= 0x04;
        VxlanChecksumResult result = Analysis.Only([bytes]);
        Assert.Equal(ChecksumCause.Corrupted, result.Cause);
        Assert.InRange(result.Confidence, 0.95, 1);
    }

    [Fact]
    public void DifferentAmountsAreDamage()
    {
        byte[][] frames = [.. Enumerable.Range(0, 4).Select(static i =>
        {
            byte[] bytes = new TunnelFrame { InnerSourcePort = 40000 + i }.Healthy();
            bytes[^3] ^= (byte)(0x35 + (17 * i));
            bytes[^2] ^= (byte)(0x51 + (29 * i));
            return bytes;
        })];
        VxlanChecksumResult result = Analysis.Only(frames);
        Assert.Equal(ChecksumCause.Corrupted, result.Cause);
        Assert.InRange(result.Confidence, 0.95, 1);
    }

    [Fact]
    public void RightPacketsOfTheSameFlowSpeakAgainstARewrittenAddress()
    {
        TunnelFrame frame = new();
        byte[] damaged = frame.Healthy();
        damaged[^1] ^= 0x11;
        byte[][] right = [.. Enumerable.Range(0, 3).Select(i => (frame with { Payload = 50 + i }).Healthy())];
        Assert.True(Alternative(Analysis.Only([damaged, .. right]), ChecksumCause.StaleAfterNat)
            < Alternative(Analysis.Only([damaged]), ChecksumCause.StaleAfterNat) / 5);
    }

    [Fact]
    public void OnLoopbackNoPortTellsOfTranslation()
    {
        byte[][] Frames(string source, string destination) => [.. new[] { 19900, 1200, 7003 }
            .Select(port => new TunnelFrame { Source = source, Destination = destination, SourcePort = port }
                .Healthy())];

        VxlanChecksumResult loopback = Analysis.Only(Frames("127.0.0.1", "127.0.0.1")),
            wire = Analysis.Only(Frames("192.0.2.1", "192.0.2.2"));
        Assert.False(loopback.OuterSnatSuspected);
        Assert.DoesNotContain(loopback.Evidence, static e => e.Kind == EvidenceKind.SourcePort);
        Assert.True(wire.OuterSnatSuspected);
    }

    [Fact]
    public void APortFromBehindARouterMayBeTheRoutersDoing()
    {
        VxlanChecksumResult result = Analysis.Only([new TunnelFrame { SourcePort = 2001, Ttl = 59 }.Healthy()]);
        Assert.False(result.OuterSnatSuspected);
        Assert.Contains(result.Evidence, static e => e.Text.Contains("may have been", StringComparison.Ordinal)
            && e.Text.Contains("passed a router", StringComparison.Ordinal));
    }

    /// <summary>Pings are answered and three TCP flows are not: a device that forgets the inside does that, and so does
    /// a policy. At the sender's end unfinished is what they are.</summary>
    [Fact]
    public void UnfinishedFlowsThatNobodyAnswersAreADevicesFaultPerhaps()
    {
        TunnelFrame ping = new() { Protocol = 1 };
        byte[][] frames = [.. Enumerable.Range(0, 3).Select(static i =>
            new TunnelFrame { InnerSourcePort = 41000 + i, SourcePort = 40000 + i }.SeedOnly()),
            ping.WithoutOuter(),
            (ping with { Source = ping.Destination, Destination = ping.Source, InnerSource = ping.InnerDestination,
                InnerDestination = ping.InnerSource }).WithoutOuter()];
        VxlanChecksumResult told = Analysis.Of(frames, Analysis.Local(ping.Source)).Direction(ping.Source),
            open = Analysis.Of(frames).Direction(ping.Source);
        Assert.Equal((ChecksumCause.OffloadPending, ChecksumCause.OffloadForgotten), (told.Cause, open.Cause));
        Assert.InRange(told.Confidence, 0.95, 1);
        Assert.InRange(open.Confidence, 0.5, 0.9);
        Assert.Contains("none of their flows was answered", open.Explanation, StringComparison.Ordinal);
        Assert.Contains("This is unsure", open.Explanation, StringComparison.Ordinal);
        Assert.Equal(ChecksumCause.OffloadPending, Analysis.Of(frames[..1]).Direction(ping.Source).Cause);
    }

    /// <summary>An editor that takes the bytes as captured leaves one amount against those; the evidence says
    /// which.</summary>
    [Fact]
    public void EvidenceNamesTheBytesThatTheAmountIsCountedAgainst()
    {
        byte[][] frames = [.. Enumerable.Range(0, 6).Select(static i =>
        {
            TunnelFrame frame = new() { InnerSourcePort = 41000 + i, SourcePort = 40000 + i, Payload = 10 + i };
            byte[] bytes = frame.OuterOverSeed();
            return frame.Readdress(bytes, "198.51.100.7", frame.Destination);
        })];
        VxlanChecksumResult result = Analysis.Only(frames);
        Assert.Equal(ChecksumCause.StaleAfterNat, result.Cause);
        ChecksumEvidence[] packets = [.. result.Evidence
            .Where(static e => e.Kind == EvidenceKind.Stale && e.Found is not null)];
        Assert.Equal(6, packets.Length);
        Assert.All(packets, static e => Assert.Contains("as captured", e.Text, StringComparison.Ordinal));
        Assert.Single(packets.Select(static e => (e.Found - e.Expected + 65535) % 65535).Distinct());
    }

    private static double Alternative(VxlanChecksumResult result, ChecksumCause cause) => result.Cause == cause
        ? result.Confidence : result.Alternatives.Where(a => a.Cause == cause).Sum(static a => a.Probability);
}
