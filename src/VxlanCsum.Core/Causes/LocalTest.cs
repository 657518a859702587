using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// Defect B: NAT takes a complete outer checksum for a seed. The port delta is dropped, an address delta is added with
/// the wrong sign:
/// <code>
///   kept:     wire = right(old port)             old port = new port + right - wire
///   changed:  wire = right(old) + new - old      old port = new port + right - wire + 2 (new - old)
/// </code>
/// all modulo 65535, addresses as folded sums. A checksum that is not touched at all (a stale one) has
/// <c>wire = right + new - old</c>.
/// </summary>
internal static class LocalTest
{
    /// <summary>Beyond this, chance is no explanation.</summary>
    private static readonly double Convincing = Math.Log(0.01);

    public static OuterVerdict Evaluate(Direction direction, List<OriginCandidate> candidates, PortRange range)
    {
        List<Binding> possible = direction.Outer.Bindings.FindAll(static b => b.CouldBePartial);
        bool local = possible.Count > 0;
        List<Binding> bindings = local ? possible : direction.Outer.Bindings;
        if (bindings.Count == 0)
        {
            return OuterVerdict.None;
        }

        // Without TCP or UDP inside, Linux had nothing half-made to mistake: the same sign then means a checksum left alone.
        ChecksumCause cause = local ? ChecksumCause.NatLocalChecksum : ChecksumCause.StaleAfterNat;
        Agreement agreement = Agreement.Of(bindings);
        // A constant difference goes before the range: a small one keeps the implied ports in range, too.
        OuterVerdict verdict = Exact(direction, bindings, candidates, cause)
            ?? ConstantDelta(bindings, cause)
            ?? ByRange(direction, bindings, candidates, range, cause, in agreement)
            ?? (agreement.LogChance < Convincing
                ? new OuterVerdict(cause, OuterMechanism.OtherPort, agreement.LogChance) { AgreementLogChance = agreement.LogChance, OriginUnknown = true }
                : OuterVerdict.None);
        if (verdict.Mechanism == OuterMechanism.None || (!local && verdict.LogChance >= Convincing))
        {
            return OuterVerdict.None;
        }

        return verdict with { Trials = bindings.Count, AgreeingBindings = agreement.Bindings, AgreeingPackets = agreement.Packets };
    }

    /// <summary>The port was kept: then every packet of every flow is off by one amount, and an address explains it exactly.</summary>
    private static OuterVerdict? Exact(Direction direction, List<Binding> bindings, List<OriginCandidate> candidates, ChecksumCause cause)
    {
        OuterVerdict? best = null;
        int tests = Math.Max(1, candidates.Count * 3);
        foreach (OriginCandidate candidate in candidates)
        {
            int change = Residue.Of(direction.Key.Source.WordSum - candidate.Address.WordSum);
            int destinationChange = Residue.Of(direction.Key.Destination.WordSum - candidate.Address.WordSum);
            Try(OuterMechanism.TwiceAddress, Residue.Of(2L * change), cause, destination: false);
            Try(OuterMechanism.OnceAddress, change, ChecksumCause.StaleAfterNat, destination: false);
            Try(OuterMechanism.OnceAddress, destinationChange, ChecksumCause.StaleAfterNat, destination: true);

            void Try(OuterMechanism mechanism, int shift, ChecksumCause named, bool destination)
            {
                // Twice the change in a packet that was not half-made would need another mechanism.
                if (shift == 0 || (mechanism == OuterMechanism.TwiceAddress && named != ChecksumCause.NatLocalChecksum))
                {
                    return;
                }

                int hits = bindings.Count(b => b.Disagreeing == 0 && Residue.Of(b.Implied + shift) == Residue.Of(b.SourcePort));
                double chance = Chance.Corrected(Chance.LogBinomialTail(bindings.Count, hits, 1.0 / Residue.Modulus), tests);
                if (hits * 2 > bindings.Count && chance < Convincing && (best is null || chance < best.LogChance))
                {
                    best = new OuterVerdict(named, mechanism, chance) { Origin = candidate, Shift = shift, Hits = hits, Hypotheses = tests, IsDestination = destination };
                }
            }
        }

        return best;
    }

    /// <summary>The port changed: which address, if any, makes the implied ports ones that the sender could have chosen?</summary>
    private static OuterVerdict? ByRange(
        Direction direction, List<Binding> bindings, List<OriginCandidate> candidates, PortRange range, ChecksumCause cause, in Agreement agreement)
    {
        int keptHits = Hits(bindings, 0, range);
        List<OriginCandidate> likely = candidates.FindAll(static c => c.IsLikely);
        // An address that merely occurs somewhere must do better than one that the peer or the operator points at.
        foreach ((List<OriginCandidate> tier, double limit) in ((List<OriginCandidate>, double)[])[(likely, 0), (candidates, Math.Log(0.05))])
        {
            int tests = tier.Count + 1;
            OriginCandidate? origin = null;
            int bestHits = keptHits, bestShift = 0;
            foreach (OriginCandidate candidate in tier)
            {
                // A stale checksum is off by the change itself, a mistaken one by twice the change.
                int change = direction.Key.Source.WordSum - candidate.Address.WordSum;
                int shift = Residue.Of(cause == ChecksumCause.NatLocalChecksum ? 2L * change : change);
                int hits = Hits(bindings, shift, range);
                // On a tie: an address that the receiver itself sends to outranks "kept"; others do not.
                if (hits > bestHits || (hits == bestHits && origin is null && candidate.Reason == OriginReason.AddressedByPeer))
                {
                    (origin, bestHits, bestShift) = (candidate, hits, shift);
                }
            }

            double chance = Chance.Corrected(Chance.LogBinomialTail(bindings.Count, bestHits, range.Share), tests);
            if (chance < limit && Accept(bestHits, bindings.Count, chance))
            {
                return new OuterVerdict(cause, OuterMechanism.OtherPort, chance + agreement.LogChance)
                {
                    AgreementLogChance = agreement.LogChance,
                    Origin = origin,
                    Shift = bestShift,
                    Hits = bestHits,
                    Hypotheses = tests,
                    KeptFitsToo = origin is not null && keptHits == bestHits,
                };
            }
        }

        return null;
    }

    /// <summary>Under this mechanism every binding fits; a few may be damaged for other reasons.</summary>
    private static bool Accept(int hits, int trials, double chance) =>
        hits * 10 >= trials * 9 || (chance < Math.Log(0.001) && hits * 2 >= trials);

    private static int Hits(List<Binding> bindings, int shift, PortRange range) =>
        bindings.Count(b => b.Disagreeing == 0 && range.Contains(Residue.Of(b.Implied + shift)));

    /// <summary>One difference in all bindings, though no candidate explains it: not chance, but the address cannot be named.</summary>
    private static OuterVerdict? ConstantDelta(List<Binding> bindings, ChecksumCause cause)
    {
        int delta = Delta(bindings[0]);
        if (bindings.Count < 2 || bindings.Exists(b => b.Disagreeing > 0 || Delta(b) != delta))
        {
            return null;
        }

        return new OuterVerdict(cause, cause == ChecksumCause.NatLocalChecksum ? OuterMechanism.TwiceAddress : OuterMechanism.OnceAddress, (bindings.Count - 1) * Chance.LogOneValue)
        {
            OriginUnknown = true,
            Delta = delta,
            Shift = delta,
            Hits = bindings.Count,
        };
    }

    /// <summary>What the wire carries minus what is right.</summary>
    private static int Delta(Binding binding) => Residue.Of(binding.SourcePort - binding.Implied);

    /// <summary>Distinct packets of one binding that imply one port: each after the first is 1 in 65535.</summary>
    private readonly record struct Agreement(double LogChance, int Bindings, int Packets)
    {
        public static Agreement Of(List<Binding> bindings)
        {
            double chance = 0;
            int count = 0, packets = 0;
            foreach (Binding binding in bindings)
            {
                if (binding.Disagreeing == 0 && binding.Agreeing > 1)
                {
                    chance += (binding.Agreeing - 1) * Chance.LogOneValue;
                    count++;
                    packets += binding.Agreeing;
                }
            }

            return new Agreement(chance, count, packets);
        }
    }
}
