namespace VxlanCsum.Views;

/// <summary>Cells of a <see cref="NodeRisk"/> and of a <see cref="DiagnosisBrief"/>.</summary>
internal static class NodeCells
{
    public static string Risk(ViewItem node) =>
        node.Painted(nameof(NodeRisk.Risk), static risk => risk switch
        {
            nameof(NodeRiskLevel.Low) => ViewColours.Green,
            nameof(NodeRiskLevel.Likely) => ViewColours.BrightRed,
            nameof(NodeRiskLevel.Possible) => ViewColours.Yellow,
            _ => "",
        });

    /// <summary>Those of two properties that are known.</summary>
    public static string Words(ViewItem node, string one, string other) =>
        $"{node.Text(one)} {node.Text(other)}".Trim();

    // "Cure      text", and below it what can be typed.
    public static string BriefLine(ViewItem line)
    {
        string command = line.Text(nameof(DiagnosisBriefLine.Command));
        return $"{line.Text(nameof(DiagnosisBriefLine.Label)),-10}{line.Text(nameof(DiagnosisBriefLine.Text))}"
            + (command.Length > 0 ? $"\n  {command}" : "");
    }
}
