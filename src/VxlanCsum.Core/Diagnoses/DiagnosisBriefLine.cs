namespace VxlanCsum;

/// <summary>One line of a <see cref="DiagnosisBrief"/>.</summary>
/// <param name="Label">What it is of, in a word or two: "Cure".</param>
/// <param name="Text">What there is to say.</param>
/// <param name="Command">What can be typed for it; null where nothing is.</param>
public sealed record DiagnosisBriefLine(string Label, string Text, string? Command = null)
{
    /// <summary>"Cure: ...".</summary>
    public override string ToString() => $"{Label}: {Text}{(Command is null ? "" : " " + Command)}";
}
