using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Causes;
using VxlanCsum.Clusters;
using VxlanCsum.TcpdumpText;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>Causes that are not the two defects: stale inner checksums, damage, and devices that forget the
/// inside.</summary>
public sealed class InnocentAndOtherCauseTests
{
    [Fact]
    public void AStaleInnerChecksumNamesTheServiceItIsRightFor()
    {
        TunnelFrame toService = new() { InnerDestination = "10.96.0.10", InnerDestinationPort = 53 };
        // Elsewhere in the capture somebody speaks to the service by its own address.
        byte[] seen = (toService with { InnerSourcePort = 50001 }).Healthy();
        VxlanChecksumResult result = Analysis.Only([toService.InnerLeftAlone("10.244.2.1", 5300), seen]);
        Assert.Equal((ChecksumCause.StaleAfterNat, 1), (result.Cause, result.BadPackets));
        ChecksumEvidence name = Assert.Single(result.Evidence,
            e => e.Kind == EvidenceKind.Stale && e.FrameNumber is null);
        Assert.Equal((IPAddress.Parse("10.96.0.10"), 53), (name.ImpliedAddress, name.ImpliedPort));
        // The outer checksum was made after the damage.
        Assert.Contains(result.Evidence,
            e => e.Text.Contains("before they were encapsulated", StringComparison.Ordinal));
    }

    [Fact]
    public void AStaleInnerAddressAloneIsNamedFromNodeAddress()
    {
        TunnelFrame frame = new() { InnerDestination = "10.96.0.10", InnerDestinationPort = 53 };
        byte[][] frames = [.. Enumerable.Range(0, 2)
            .Select(i => (frame with { Payload = 30 + i }).InnerLeftAlone("10.244.2.1", 53))];
        VxlanChecksumResult result = Analysis.Only(frames, Analysis.Node("10.96.0.10"));
        Assert.Equal(ChecksumCause.StaleAfterNat, result.Cause);
        Assert.InRange(result.Confidence, 0.99, 1);
        Assert.Contains("10.96.0.10", result.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void AFreePortNeedsTwoDistinctPacketsThatAgree()
    {
        TunnelFrame frame = new() { InnerDestinationPort = 53 };
        byte[] first = (frame with { Payload = 30 }).InnerLeftAlone("10.244.2.1", 5300);
        byte[] second = (frame with { Payload = 31 }).InnerLeftAlone("10.244.2.1", 5300);
        Assert.Equal(ChecksumCause.Corrupted, Analysis.Only([first]).Cause);
        Assert.Equal(ChecksumCause.Corrupted, Analysis.Only([first, first]).Cause);
        VxlanChecksumResult result = Analysis.Only([first, second]);
        Assert.Equal(ChecksumCause.StaleAfterNat, result.Cause);
        Assert.InRange(result.Confidence, 0.95, 1);
        Assert.Contains(result.Evidence,
            e => e.Kind == EvidenceKind.Stale && e.Text.Contains("destination port 53)", StringComparison.Ordinal));
    }

    [Fact]
    public void DamageAfterEncapsulationIsOffAlikeOutsideAndInside()
    {
        byte[] frame = new TunnelFrame().Healthy();
        frame[^5] ^= 0x40;
        VxlanChecksumResult result = Analysis.Only([frame]);
        Assert.Equal(ChecksumCause.Corrupted, result.Cause);
        Assert.InRange(result.Confidence, 0.95, 1);
        Assert.Contains(result.Evidence,
            e => e.Text.Contains("after they were encapsulated", StringComparison.Ordinal));
        Assert.Empty(result.Mitigations);
    }

    [Fact]
    public void OnePacketOfUnknownOriginLeavesNatPossible()
    {
        VxlanChecksumResult result = Analysis.Only(
            [new TunnelFrame { InnerDestination = "10.96.0.10" }.InnerLeftAlone("10.244.2.1", 5300)]);
        Assert.Equal(ChecksumCause.Corrupted, result.Cause);
        Assert.InRange(result.Confidence, 0.4, 0.8);
        Assert.Equal(ChecksumCause.StaleAfterNat, result.Alternatives[0].Cause);
        Assert.Contains("-NodeAddress", result.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void LocalOffloadIsPendingAtTheSender()
    {
        VxlanChecksumResult result = Analysis.Only(
            [new TunnelFrame().LocalOffload(), new TunnelFrame { Protocol = 6, Payload = 900 }.LocalOffload()]);
        Assert.Equal((ChecksumCause.LcoPending, CaptureVantage.Sender, 2, 0),
            (result.Cause, result.Vantage, result.PendingPackets, result.BadPackets));
        // No answer is seen: a device that forgets them leaves the same.
        Assert.Equal(ChecksumCause.OffloadForgotten, Assert.Single(result.Alternatives).Cause);
    }

    [Fact]
    public void AnOuterChecksumOverAForgottenSeedIsTheDevicesFault()
    {
        VxlanChecksumResult result = Analysis.Only([new TunnelFrame().OuterOverSeed()]);
        Assert.Equal((ChecksumCause.OffloadForgotten, CaptureVantage.Receiver, true),
            (result.Cause, result.Vantage, result.IsFault));
        Assert.Equal(["DisableTunnelSegmentation"], result.Mitigations);
        Assert.True(result.UnfinishedOnArrival);
        Assert.Contains("tx-udp_tnl-csum-segmentation off", result.Recommendation, StringComparison.Ordinal);
        Assert.Contains(result.Evidence, e => e.Kind == EvidenceKind.UnfinishedOnWire);
    }

    [Fact]
    public void LocalAddressTurnsUnansweredSeedsIntoAWarning()
    {
        byte[][] frames = [new TunnelFrame { Protocol = 6, Payload = 0 }.LocalOffload(),
            new TunnelFrame { Protocol = 6, Payload = 0, InnerSourcePort = 50002 }.LocalOffload()];
        Assert.DoesNotContain("WARNING", Analysis.Only(frames).Explanation, StringComparison.Ordinal);
        VxlanChecksumResult received = Analysis.Only(frames, Analysis.Local("10.0.10.10"));
        Assert.Equal((ChecksumCause.LcoPending, CaptureVantage.Receiver, true),
            (received.Cause, received.Vantage, received.UnfinishedOnArrival));
        Assert.Contains("WARNING", received.Explanation, StringComparison.Ordinal);
        Assert.Equal(CaptureVantage.Sender, Analysis.Only(frames, Analysis.Local("10.0.10.14")).Vantage);
    }

    [Fact]
    public void SeedsThatWereAnsweredCameOverAVirtualLink()
    {
        TunnelFrame request = new();
        TunnelFrame answer = new()
        {
            Source = request.Destination,
            Destination = request.Source,
            InnerSource = request.InnerDestination,
            InnerDestination = request.InnerSource,
            InnerSourcePort = request.InnerDestinationPort,
            InnerDestinationPort = request.InnerSourcePort,
        };
        VxlanChecksumResult result = Analysis.Of([request.LocalOffload(), answer.Healthy()],
            Analysis.Local("10.0.10.10")).Direction("10.0.10.14");
        Assert.Equal(CaptureVantage.Receiver, result.Vantage);
        Assert.DoesNotContain("WARNING", result.Explanation, StringComparison.Ordinal);
        Assert.Contains("virtual link", result.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDirectionOppositeToASenderIsTheReceivers()
    {
        TunnelFrame sent = new(),
            received = new()
            {
                Source = "10.0.10.10",
                Destination = "10.0.10.14",
                InnerSource = "10.244.2.1",
                InnerDestination = "10.244.1.1"
            };
        IReadOnlyList<VxlanChecksumResult> results = Analysis.Of([sent.LocalOffload(), received.Healthy()]);
        Assert.Equal(CaptureVantage.Sender, results.Direction("10.0.10.14").Vantage);
        Assert.Equal(CaptureVantage.Receiver, results.Direction("10.0.10.10").Vantage);
    }

    [Fact]
    public void FaultsComeFirst()
    {
        IReadOnlyList<VxlanChecksumResult> results = Analysis.Of(
        [
            new TunnelFrame { Source = "10.0.10.10", Destination = "10.0.10.14" }.Healthy(),
            new TunnelFrame().DefectA("10.0.10.14", 2000),
        ]);
        Assert.Equal([ChecksumCause.NatZeroChecksum, ChecksumCause.None], results.Select(r => r.Cause));
    }
}
