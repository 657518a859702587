using System.Globalization;

namespace VxlanCsum.Causes;

/// <summary>Not all packets of a capture were looked at, but some that were chosen at random.</summary>
/// <param name="Taken">Packets looked at.</param>
/// <param name="Passed">About how many there were: each packet looked at stands for those it was chosen among.</param>
internal readonly record struct CaptureSample(long Taken, double Passed)
{
    /// <summary>One packet in so many was looked at; 1: all were.</summary>
    public double OneIn => Taken == 0 ? 1 : Math.Max(1, Passed / Taken);

    /// <summary>Whether some were left out.</summary>
    public bool IsPart => OneIn > 1;

    /// <summary>"about 1 packet in 64".</summary>
    public string Share => string.Create(CultureInfo.InvariantCulture,
        $"about 1 packet in {(OneIn < 10 ? Math.Round(OneIn, 1) : Math.Round(OneIn)):0.#}");
}
