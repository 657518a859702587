using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <content>What the connection table says to the ports that the packets imply.</content>
internal sealed partial class EvidenceWriter
{
    private const int ListedBindings = 20;

    private void WriteKnown(BindingComparison comparison)
    {
        int listed = comparison.Listed.Count;
        if (listed == 0)
        {
            Add(EvidenceKind.NatBinding,
                $"the connection table says nothing of these packets: none of the "
                    + $"{Phrase.Count(known.Count, "flow", "flows")} given "
                    + $"{(known.Knows(direction.Key) ? "has their source ports" : "goes this way")}");
            return;
        }

        Add(EvidenceKind.NatBinding,
            $"the connection table has {listed} of "
                + $"{Phrase.Count(direction.Outer.Bindings.Count, "binding", "bindings")}: it confirms the original "
                + $"port of {comparison.Confirmed} and refutes that of {listed - comparison.Confirmed}; by chance it "
                + $"confirms one in 65535");
        foreach (Binding binding in comparison.Listed.Take(ListedBindings))
        {
            _evidence.Add(OfKnown(comparison, binding));
        }

        if (listed > ListedBindings)
        {
            Add(EvidenceKind.Limit, $"{listed - ListedBindings} more of the connection table's flows are not listed");
        }
    }

    private ChecksumEvidence OfKnown(BindingComparison comparison, Binding binding)
    {
        int implied = comparison.Implied(binding);
        string before = string.Join(" or ",
            known.Of(direction.Key, binding.SourcePort).Select(o => Endpoint(o.Address, o.Port)));
        string says = comparison.Confirms(binding) ? "confirms" : "refutes";
        return new ChecksumEvidence(EvidenceKind.NatBinding,
            Phrase.Text($"the connection table {says} source port {implied}: what leaves with port {binding.SourcePort} "
                + $"was {before} before NAT"))
        {
            SourcePort = binding.SourcePort,
            ImpliedPort = implied,
        };
    }
}
