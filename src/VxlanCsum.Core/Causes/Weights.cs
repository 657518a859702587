using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Logarithms of probabilities, and what is assumed before any packet is seen. The page "how certainty is
/// made" lists these.</summary>
internal static class Weights
{
    /// <summary>That one wrong 16-bit checksum happens to be a certain value.</summary>
    public static readonly double OneValue = -Math.Log(Residue.Modulus);

    /// <summary>How often a packet among those of one cause is spoilt by something else.</summary>
    public const double Outlier = 0.01;
    public static readonly double LogOutlier = Math.Log(Outlier), LogUsual = Math.Log(1 - Outlier);

    /// <summary>log(e^a + e^b).</summary>
    public static double Add(double a, double b)
    {
        double high = Math.Max(a, b), low = Math.Min(a, b);
        return double.IsNegativeInfinity(low) ? high : high + double.LogP1(Math.Exp(low - high));
    }

    /// <summary>The same of any number.</summary>
    public static double Sum(List<double> logs)
    {
        double sum = double.NegativeInfinity;
        foreach (double log in logs)
        {
            sum = Add(sum, log);
        }

        return sum;
    }

    /// <summary>A difference that damage leaves: of one bit, of one byte, or anything.</summary>
    public static double Damage(int delta) => Math.Log(
        (IsOneBit(delta) ? 0.1 / 32 : 0) + (IsOneByte(delta) ? 0.2 / 1020 : 0) + (0.7 / Residue.Modulus));

    /// <summary>The same where one byte of each packet was hit.</summary>
    public static double DamagedBytes(int delta) => Math.Log(
        (IsOneByte(delta) ? 0.9 / 1020 : 0) + (0.1 / Residue.Modulus));

    /// <summary>The same as a packet beside a cause that explains the others.</summary>
    public static double Stray(int delta) => LogOutlier + Damage(delta);

    /// <summary>The bit (0 to 15) whose flip makes the difference; -1 where no single one does.</summary>
    public static int BitOf(int delta)
    {
        int size = Math.Min(delta, Residue.Modulus - delta);
        return size > 0 && int.IsPow2(size) ? int.Log2(size) : Residue.Modulus - size == 1 << 15 ? 15 : -1;
    }

    public static bool IsOneBit(int delta) => BitOf(delta) >= 0;

    /// <summary>Between addresses of one network, mostly.</summary>
    public static bool IsNear(int delta) => Math.Min(delta, Residue.Modulus - delta) < 256;

    /// <summary>
    /// The chance of just this split into <paramref name="hit"/> and <paramref name="missed"/> packets where each is
    /// hit alike, with a share of which nothing is known: the integral of p^hit (1-p)^missed.
    /// </summary>
    public static double Split(long hit, long missed) =>
        LogFactorial(hit) + LogFactorial(missed) - LogFactorial(hit + missed + 1);

    /// <summary>A change of one of the two bytes.</summary>
    public static bool IsOneByte(int delta)
    {
        int size = Math.Min(delta, Residue.Modulus - delta);
        return size < 256 || (delta & 0xff) == 0 || ((Residue.Modulus - delta) & 0xff) == 0;
    }

    /// <summary>Stirling's series, exact to ten digits from 8 on.</summary>
    private static double LogFactorial(long n)
    {
        if (n < 8)
        {
            double small = 1;
            for (long i = 2; i <= n; i++)
            {
                small *= i;
            }

            return Math.Log(small);
        }

        double x = n + 1.0, inverse = 1 / x, square = inverse * inverse;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI))
            + (inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square / 1260)))));
    }
}
