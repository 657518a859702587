namespace VxlanCsum.Causes;

/// <summary>How much each cause is believed; sums to one.</summary>
internal sealed class Belief
{
    // What tells two causes apart; where the second is null, the first from any. The first row that fits counts.
    private static readonly (ChecksumCause One, ChecksumCause? Other, string What)[] s_deciders =
    [
        (ChecksumCause.NatLocalChecksum, ChecksumCause.Corrupted,
            "two different packets of one flow: NAT makes both right for one and the same port, damage does not"),
        (ChecksumCause.NatLocalChecksum, ChecksumCause.StaleAfterNat,
            "a ping (or ARP) through the tunnel while it is captured, and a second flow: an address rewritten "
            + "elsewhere spoils all of them by one amount, the kernel's defect spares the ping"),
        (ChecksumCause.NatZeroChecksum, null,
            "more packets of other lengths: defect A leaves one value on all of them, and packets beside them have "
            + "no outer checksum"),
        (ChecksumCause.StaleAfterNat, ChecksumCause.Corrupted,
            "more packets of the flow: a rewritten address leaves all of them off by one amount, damage by different "
            + "ones; or the addresses before, with -NodeAddress"),
        (ChecksumCause.OffloadForgotten, null,
            "where it was captured (-LocalAddress): at the sender unfinished checksums are right, at the receiver a "
            + "device forgot them; and whether they were answered"),
        (ChecksumCause.None, null, "whole packets (tcpdump -s 0)"),
    ];

    /// <summary>Below this an alternative is not worth a line.</summary>
    private const double Negligible = 0.005;

    /// <summary>The likeliest first.</summary>
    private readonly List<Share> _causes;

    private Belief(List<Share> causes) => _causes = causes;

    public ChecksumCause Cause => _causes[0].Cause;

    public double Confidence => _causes[0].Probability;

    /// <summary>There is but one.</summary>
    public static Belief Certain(ChecksumCause cause) => new([new Share(cause, 1)]);

    /// <summary>Of one cause with this probability, and another with the rest.</summary>
    public static Belief Of(ChecksumCause cause, double probability, ChecksumCause other) =>
        Of([new(cause, Math.Log(probability)), new(other, Math.Log(1 - probability))]);

    /// <summary>From the logarithms of weights, which need not sum to anything.</summary>
    public static Belief Of(List<Explanation> explanations)
    {
        double total = Sum(explanations);
        List<Share> causes = [];
        foreach (Explanation explanation in explanations)
        {
            ChecksumCause cause = explanation.Cause;
            if (!causes.Exists(c => c.Cause == cause))
            {
                double probability = Math.Exp(Sum(explanations.FindAll(e => e.Cause == cause)) - total);
                int lower = causes.FindIndex(c => c.Probability < probability);
                causes.Insert(lower < 0 ? causes.Count : lower, new Share(cause, probability));
            }
        }

        return new(causes);
    }

    public double Of(ChecksumCause cause) => _causes.Find(c => c.Cause == cause)?.Probability ?? 0;

    /// <summary>The other causes, the likeliest first, each with what would decide.</summary>
    public CauseAlternative[] Alternatives() =>
        [.. _causes.Skip(1).Where(static c => c.Probability >= Negligible)
            .Select(c => new CauseAlternative(c.Cause, c.Probability, Decides(c.Cause)))];

    private string Decides(ChecksumCause other) =>
        Array.Find(s_deciders, d => IsOf(d.One, other) && (d.Other is not { } second || IsOf(second, other))).What
            ?? "a longer capture of whole packets (tcpdump -s 0), also where they leave";

    private bool IsOf(ChecksumCause cause, ChecksumCause other) => cause == Cause || cause == other;

    private static double Sum(List<Explanation> explanations) =>
        Weights.Sum(explanations.ConvertAll(static e => e.Weight));

    private sealed record Share(ChecksumCause Cause, double Probability);
}

/// <summary>One of the explanations of what was seen.</summary>
/// <param name="Cause">What it comes to.</param>
/// <param name="Weight">Logarithm of: how likely it was before, times how likely it makes what was seen.</param>
internal sealed record Explanation(ChecksumCause Cause, double Weight);
