using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>How likely what was seen is where all implied ports are off by one shift, for each shift: an address that
/// was rewritten as well shifts them so.</summary>
/// <param name="bindings">What implies the ports.</param>
/// <param name="range">That the sender takes ports of.</param>
/// <param name="gains">For each shift what the connection table makes more certain by it; null where it knows
/// nothing.</param>
internal sealed class PortShifts(List<Binding> bindings, PortRange range, double[]? gains)
{
    /// <summary>For each shift the bindings whose implied port it brings into the range.</summary>
    private readonly int[] _hits = Count(bindings, range);

    /// <summary>Logarithm of how likely it is without a shift, the connection table included.</summary>
    public required double Unshifted { get; init; }

    /// <summary>What each port adds that comes into the range.</summary>
    public required double InRange { get; init; }

    /// <summary>Logarithm of how likely it is with this shift.</summary>
    public double this[int shift] => OfHits(_hits[shift]) + GainOf(shift);

    /// <summary>Where it is one of those that a neighbour's address makes.</summary>
    public double Near()
    {
        List<double> pairs = [];
        for (int i = 2; i <= 510; i += 2)
        {
            pairs.Add(Weights.Add(this[i], this[Residue.Modulus - i]));
        }

        return Weights.Sum(pairs) - Math.Log(510);
    }

    /// <summary>Where it may be any. Most are as likely as many others: these are counted, and weighed once.</summary>
    public double Any()
    {
        int[] alike = new int[bindings.Count + 1];
        List<double> weights = [];
        for (int shift = 0; shift < Residue.Modulus; shift++)
        {
            if (GainOf(shift) == 0)
            {
                alike[_hits[shift]]++;
            }
            else
            {
                weights.Add(this[shift]);
            }
        }

        for (int hits = 0; hits < alike.Length; hits++)
        {
            if (alike[hits] > 0)
            {
                weights.Add(Math.Log(alike[hits]) + OfHits(hits));
            }
        }

        return Weights.Sum(weights) + Weights.OneValue;
    }

    private double GainOf(int shift) => gains is null ? 0 : gains[shift];

    private double OfHits(int hits) => ((hits - _hits[0]) * InRange) + (Unshifted - GainOf(0));

    private static int[] Count(List<Binding> bindings, PortRange range)
    {
        int[] steps = new int[Residue.Modulus + 1];
        foreach (Binding binding in bindings)
        {
            int from = Residue.Of(range.Min - binding.Implied),
                length = Math.Min(range.Max - range.Min + 1, Residue.Modulus);
            int end = from + length;
            steps[from]++;
            steps[Math.Min(end, Residue.Modulus)]--;
            if (end > Residue.Modulus)
            {
                steps[0]++;
                steps[end - Residue.Modulus]--;
            }
        }

        for (int i = 1; i < steps.Length; i++)
        {
            steps[i] += steps[i - 1];
        }

        return steps;
    }
}
