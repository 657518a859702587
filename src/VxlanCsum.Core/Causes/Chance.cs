using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// How likely chance alone would produce what was seen. In natural logarithms, since a few agreeing packets
/// already leave the range that a double can subtract from one.
/// </summary>
internal static class Chance
{
    /// <summary>That one wrong 16-bit checksum happens to be a certain value.</summary>
    public static readonly double LogOneValue = -Math.Log(Residue.Modulus);

    /// <summary>P(at least <paramref name="hits"/> of <paramref name="trials"/> succeed), each with probability <paramref name="single"/>.</summary>
    public static double LogBinomialTail(int trials, int hits, double single)
    {
        if (hits <= 0 || single >= 1)
        {
            return 0;
        }

        if (single <= 0)
        {
            return double.NegativeInfinity;
        }

        double logHit = Math.Log(single), logMiss = Math.Log(1 - single);
        // log of C(n, k) p^k q^(n-k) for k = hits, then upwards by the ratio of neighbours.
        double term = (hits * logHit) + ((trials - hits) * logMiss);
        for (int i = 1; i <= hits; i++)
        {
            term += Math.Log((double)(trials - hits + i) / i);
        }

        double sum = term;
        for (int k = hits + 1; k <= trials; k++)
        {
            term += Math.Log((double)(trials - k + 1) / k) + logHit - logMiss;
            sum = LogAdd(sum, term);
            if (term < sum - 40)
            {
                // Past the mode the terms only shrink; what is left cannot change the sum.
                if (k > trials * single)
                {
                    break;
                }
            }
        }

        return Math.Min(0, sum);
    }

    /// <summary>The same chance after looking at several hypotheses and keeping the best (Bonferroni).</summary>
    public static double Corrected(double logChance, int hypotheses) => Math.Min(0, logChance + Math.Log(Math.Max(1, hypotheses)));

    /// <summary>Confidence that the evidence is no coincidence.</summary>
    public static double Confidence(double logChance) => logChance >= 0 ? 0 : -double.ExpM1(logChance);

    private static double LogAdd(double a, double b)
    {
        double high = Math.Max(a, b), low = Math.Min(a, b);
        return high + double.LogP1(Math.Exp(low - high));
    }
}
