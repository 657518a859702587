using System.Net;
using VxlanCsum.Causes;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>The sender's connection table beside the ports that the packets imply.</summary>
public sealed class KnownBindingTests
{
    private const string Node = "10.0.10.14", Peer = "10.0.10.10";

    [Fact]
    public void ABindingThatHasTheImpliedPortMakesTheCauseSurer()
    {
        byte[] frame = new TunnelFrame { SourcePort = 44246 }.DefectB(Node, 7103);
        VxlanChecksumResult alone = Analysis.Only([frame]), known = Analysis.Only([frame], Table((44246, 7103)));
        Assert.Equal(ChecksumCause.NatLocalChecksum, known.Cause);
        Assert.InRange(known.Confidence, 0.99, 1);
        Assert.True(known.Confidence > alone.Confidence);
        Assert.Equal([44246], known.ImpliedOriginalPort);
        ChecksumEvidence said = Assert.Single(known.Evidence,
            static e => e is { Kind: EvidenceKind.NatBinding, SourcePort: 7103 });
        Assert.Equal(44246, said.ImpliedPort);
        Assert.Equal("the connection table confirms source port 44246: what leaves with port 7103 was "
            + "10.0.10.14:44246 before NAT", said.Text);
        Assert.EndsWith("The sender's connection table confirms 1 of the 1 original port that it can be asked for.",
            known.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void BindingsThatHaveOtherPortsSpeakAgainstTheKernelsNat()
    {
        // Four flows that the sender's kernel did not translate, spoilt so that each implies some port of the range.
        (int Old, int Wire)[] flows = [(40000, 33001), (41000, 34002), (42000, 35003), (43000, 36004)];
        byte[][] frames = [.. flows.Select((f, i) =>
            new TunnelFrame { SourcePort = f.Old, InnerSourcePort = 2000 + i }.DefectB(Node, f.Wire))];
        VxlanChecksumResult alone = Analysis.Only(frames),
            refuted = Analysis.Only(frames, Table([.. flows.Select(static f => (f.Wire, f.Wire))]));
        Assert.True(Of(refuted) < Of(alone) / 20, $"{Of(alone)} {Of(refuted)}");
        Assert.NotEqual(ChecksumCause.NatLocalChecksum, refuted.Cause);
        Assert.Contains(refuted.Evidence, e => e.Kind == EvidenceKind.NatBinding
            && e.Text.Contains("confirms the original port of 0 and refutes that of 4", StringComparison.Ordinal));
        Assert.Contains("confirms none of the 4 original ports", refuted.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTableNamesTheAddressBeforeNat()
    {
        byte[] frame = new TunnelFrame { Source = "172.30.9.8", SourcePort = 60000 }.DefectB(Node, 2000);
        VxlanChecksumResult result = Analysis.Only([frame], Table(("172.30.9.8", 60000, 2000)));
        Assert.Equal((ChecksumCause.NatLocalChecksum, IPAddress.Parse("172.30.9.8")),
            (result.Cause, result.ImpliedOriginalAddress));
        Assert.Equal([60000], result.ImpliedOriginalPort);
        Assert.Contains(result.Evidence, e => e.Text.Contains("the sender's connection table has it so",
            StringComparison.Ordinal));
    }

    [Fact]
    public void APortThatServedTwoFlowsIsConfirmedByEither()
    {
        byte[] frame = new TunnelFrame { SourcePort = 44246 }.DefectB(Node, 7103);
        VxlanChecksumResult result = Analysis.Only([frame], Table((50001, 7103), (44246, 7103)));
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Contains(result.Evidence, e => e.Text.Contains("10.0.10.14:50001 or 10.0.10.14:44246",
            StringComparison.Ordinal));
    }

    [Fact]
    public void ATableOfOtherFlowsIsSaidToTellNothing()
    {
        byte[] frame = new TunnelFrame { SourcePort = 44246 }.DefectB(Node, 7103);
        VxlanChecksumResult alone = Analysis.Only([frame]), other = Analysis.Only([frame], Table((44246, 9999)));
        Assert.Equal((alone.Cause, alone.Confidence, alone.Explanation),
            (other.Cause, other.Confidence, other.Explanation));
        Assert.Contains(other.Evidence, e => e.Kind == EvidenceKind.NatBinding
            && e.Text.EndsWith("none of the 1 flow given has their source ports", StringComparison.Ordinal));
        Assert.DoesNotContain(alone.Evidence, e => e.Kind == EvidenceKind.NatBinding);
    }

    private static double Of(VxlanChecksumResult result) => result.Cause == ChecksumCause.NatLocalChecksum
        ? result.Confidence
        : result.Alternatives.Where(static a => a.Cause == ChecksumCause.NatLocalChecksum)
            .Sum(static a => a.Probability);

    private static CauseOptions Table(params (int Old, int New)[] ports) =>
        Table([.. ports.Select(static p => (Node, p.Old, p.New))]);

    private static CauseOptions Table(params (string Address, int Old, int New)[] flows) => new()
    {
        Bindings = new KnownBindings(flows.Select(static f => new VxlanNatBinding
        {
            OldAddress = IPAddress.Parse(f.Address),
            OldPort = (ushort)f.Old,
            NewAddress = IPAddress.Parse(Node),
            NewPort = (ushort)f.New,
            DestinationAddress = IPAddress.Parse(Peer),
            DestinationPort = 8472,
            NewDestinationAddress = IPAddress.Parse(Peer),
            NewDestinationPort = 8472,
        })),
    };
}
