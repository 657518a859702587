using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// Defect A: NAT "updates" a checksum of zero. What reaches the wire depends on the change of address alone:
/// 0xffff where it was kept, fold(~old + new) where it changed, whatever the packet holds.
/// </summary>
internal static class ConstantTest
{
    /// <summary>Beyond this, chance is no explanation.</summary>
    private static readonly double Convincing = Math.Log(0.01);

    public static OuterVerdict? Evaluate(Direction direction, List<OriginCandidate> candidates)
    {
        OuterVerdict? best = null;
        foreach ((ushort wire, WireValue value) in direction.Outer.Values)
        {
            // NAT treats every packet of the direction alike: so a constant must explain most of what is wrong.
            if (value.Packets * 2 < direction.Outer.Count)
            {
                continue;
            }

            int distinct = value.Expected!.Count;
            OuterVerdict verdict = Test(wire, distinct, direction.Key.Source, candidates);
            // With outer checksums on, this defect cannot happen; one packet is not enough to say otherwise.
            bool contradicted = direction.OuterRight > 0 && distinct < 2;
            if (!contradicted && verdict.LogChance < Convincing && (best is null || verdict.LogChance < best.LogChance))
            {
                best = verdict with { Constant = wire, ConstantPackets = value.Packets, ConstantExpected = distinct };
            }
        }

        return best;
    }

    private static OuterVerdict Test(ushort wire, int distinct, HostId source, List<OriginCandidate> candidates)
    {
        OuterVerdict verdict = new(ChecksumCause.NatZeroChecksum, OuterMechanism.Constant, 0);
        double each = distinct * Chance.LogOneValue;
        if (wire == 0xffff)
        {
            return verdict with { LogChance = each };
        }

        if (source.IsAddress)
        {
            foreach (OriginCandidate candidate in candidates)
            {
                if (NatModel.OfZero((ushort)candidate.Address.WordSum, (ushort)source.WordSum) == wire)
                {
                    return verdict with { LogChance = Chance.Corrected(each, candidates.Count + 1), Hypotheses = candidates.Count + 1, Origin = candidate };
                }
            }
        }

        // No candidate: the first packet sets the value, the others confirm it.
        return verdict with { LogChance = (distinct - 1) * Chance.LogOneValue, OriginUnknown = true };
    }
}
