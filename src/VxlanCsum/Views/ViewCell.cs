using VxlanCsum.Views;

namespace VxlanCsum;

/// <summary>The cells of the views in VxlanCsum.Format.ps1xml that take more than the value of a property.</summary>
/// <remarks>A script that makes a cell takes the engine longer than weighing a small capture. So there is one method
/// for all of them, since the engine compiles a call once for all places that make it; and it is given the object, since
/// the engine compiles each property that a script names.</remarks>
public static class ViewCell
{
    private static readonly Dictionary<string, Func<ViewItem, string?>> s_cells = new()
    {
        ["Sources"] = static r => r.Joined("Sources", ", "),
        ["Cause"] = ResultCells.Cause,
        ["Sure"] = static r => ResultCells.Sure(r, ">99.99 %"),
        ["Confidence"] = static r => ResultCells.Sure(r, "> 99.99 %"),
        ["BadOfAll"] = ResultCells.BadOfAll,
        ["TunnelDirection"] = ResultCells.Direction,
        ["OriginalPort"] = ResultCells.OriginalPort,

        ["Time"] = PacketCells.Time,
        ["Status"] = PacketCells.Status,
        ["WorstLayer"] = PacketCells.WorstLayer,
        ["FaultCause"] = PacketCells.FaultCause,
        ["Direction"] = PacketCells.Direction,
        ["Layers"] = PacketCells.Layers,

        ["Packets"] = SummaryCells.Packets,
        ["Verdicts"] = SummaryCells.Verdicts,
        ["Causes"] = SummaryCells.Causes,
        ["Checksums"] = static s => s.Joined("Checksums", Environment.NewLine),
        ["Tunnels"] = static s => s.Joined("Tunnels", Environment.NewLine),
        ["FaultyTalkers"] = SummaryCells.FaultyTalkers,

        ["RuleTable"] = static r => $"{r.Text("Backend")} {r.Text("Family")} {r.Text("Table")}",
        ["Generation"] = RuleCells.Generation,
        ["RuleText"] = RuleCells.Rule,
        ["Verdict"] = RuleCells.Verdict,
        ["OffendingRule"] = RuleCells.OffendingRule,
        ["FinalMark"] = static t => t["FinalMark"] is null ? "unknown" : $"0x{t.Text("FinalMark", "x")}",
        ["Assumptions"] = static t => t.Joined("Assumptions", Environment.NewLine),

        ["Risk"] = NodeCells.Risk,
        ["KubeProxy"] = static n => NodeCells.Words(n, "KubeProxyVersion", "KubeProxyMode"),
        ["Cni"] = static n => NodeCells.Words(n, "Cni", "CniVersion"),
        ["BriefLine"] = NodeCells.BriefLine,
    };

    /// <summary>The cells that there are, by their names.</summary>
    public static IReadOnlyList<string> Names => [.. s_cells.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What stands in a cell; null where nothing does.</summary>
    /// <param name="item">What is shown.</param>
    /// <param name="cell">Which of its cells.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell.</exception>
    public static string? Text(object item, string cell) =>
        s_cells.TryGetValue(cell, out Func<ViewItem, string?>? text) ? text(new ViewItem(item))
            : throw new ArgumentOutOfRangeException(nameof(cell), cell, "no cell of a view");
}
