using System.Globalization;

namespace VxlanCsum;

/// <summary>Another cause that the packets do not rule out.</summary>
/// <param name="Cause">Which.</param>
/// <param name="Probability">How likely it is, 0 to 1.</param>
/// <param name="Decides">What would decide between it and the cause that is named.</param>
public sealed record CauseAlternative(ChecksumCause Cause, double Probability, string Decides)
{
    /// <summary>"StaleAfterNat 31 %: ...".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Cause} {100 * Probability:0.#} %: {Decides}");
}
