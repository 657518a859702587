using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <content>What is known of a live capture besides its packets: that it is a sample, and what NAT rewrites on this
/// node.</content>
internal sealed partial class EvidenceWriter
{
    private void WriteSample(CaptureSample? sample)
    {
        if (sample is not { } some)
        {
            return;
        }

        _evidence.Add(new ChecksumEvidence(EvidenceKind.Sample, some.IsPart
            ? Phrase.Text($"a sample: {some.Taken} of about {Math.Round(some.Passed)} packets of the capture were "
                + $"looked at, chosen at random; the numbers here are of the sample, and what is rare may be missing "
                + $"from it")
            : Phrase.Text(
                $"no sample was needed: so few packets came that all {some.Taken} of the capture were looked at")));
    }

    /// <param name="flows">The translated flows of this direction; null where nobody looked, or it is not this
    /// node's.</param>
    private void WriteTranslated(IReadOnlyList<VxlanNatBinding>? flows)
    {
        if (flows is null)
        {
            return;
        }

        _evidence.Add(new ChecksumEvidence(EvidenceKind.NatBinding, flows.Count == 0
            ? "the connection table of this node has no flow of this direction that NAT rewrites now"
            : Phrase.Text(
                $"NAT on this node rewrites {Phrase.Count(flows.Count, "tunnel flow", "tunnel flows")} of this "
                    + $"direction now, such as {flows[0]}")));
    }
}
