using System.Globalization;

namespace VxlanCsum;

/// <summary>Something in a text of rules that could not be read, or that the kernel would not hold.</summary>
/// <param name="ErrorId">Stable.</param>
/// <param name="Path">The file, or what stands for it.</param>
/// <param name="Line">1-based; 0 where no one line is meant.</param>
/// <param name="Text">The line, control characters escaped, cut where it is very long; empty where no one line is
/// meant.</param>
/// <param name="Reason">What is wrong, and what to do.</param>
public sealed record RulesetProblem(string ErrorId, string Path, long Line, string Text, string Reason)
{
    /// <summary>"path: line 12: reason: text".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Path}: {(Line > 0 ? $"line {Line}: " : "")}{Reason}{(Text.Length > 0 ? $": {Text}" : "")}");
}
