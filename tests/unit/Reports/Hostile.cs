using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Reports;

namespace VxlanCsum.UnitTests.Reports;

/// <summary>Items whose every text tries to break out of whatever it is written into.</summary>
internal static class Hostile
{
    /// <summary>Terminal, HTML, XML, spreadsheet, Prometheus, Markdown and ticket system, each attacked.</summary>
    public const string Text =
        "\u001b]0;owned\u0007\r\n# HELP owned x\nowned 1\n</td></script><script>window.owned=1</script><img src=x "
        + "onerror=owned=1>]]><x/>"
        + "\"} 1 \\ {{owned}} {{{owned}}} ${owned} @all #1 !2 ~label [x](javascript:owned) "
        + "![i](https://evil.example/i) https://evil.example www.evil.example `c` | cell | \ud800 \uffff \ufffe "
        + "\u202e 'q' &lt;";

    /// <summary>What a spreadsheet would run.</summary>
    public static readonly string[] Formulas =
        ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "|calc", "%owned"];

    public static ReportItem Item(ReportKind kind, ReportLevel level, string? text = null)
    {
        text ??= Text;
        return new ReportItem
        {
            Kind = kind,
            Subject = text,
            Node = text,
            Level = level,
            Verdict = text,
            Explanation = text,
            Advice = text,
            From = new DateTime(2026, 10, 1, 12, 0, 0, DateTimeKind.Utc),
            Until = new DateTime(2026, 10, 1, 12, 5, 0, DateTimeKind.Utc),
            Confidence = 0.5,
            Counts = new ReportCounts(5, 2, 1, 2),
            Sources = [text],
            Facts = [new("ImpliedOriginalPort", text)],
            Evidence = [new(text, text, "so: " + text) { File = text, Frame = 7 }],
            Lead = text,
            Commands = [new(text, text)],
            Checks = [new(text, text, IsShell: true)],
            Timeline = [
                new(new DateTime(2026, 10, 1, 12, 0, 0, DateTimeKind.Utc),
                    new DateTime(2026, 10, 1, 12, 1, 0, DateTimeKind.Utc), new ReportCounts(1, 1, 1, 1))],
            Walk = kind == ReportKind.Trace
                ? new ReportWalk
                {
                    OffendingRule = text,
                    SnatRule = text,
                    InnerPacket = text,
                    EncapsulatedPacket = text,
                    Steps = Steps(text),
                    Text = text
                } : null,
            Change = kind == ReportKind.Mitigation
                ? new ReportChange
                {
                    Changed = true,
                    Before = [text],
                    After = [text],
                    Commands = [text],
                    Verification = [text],
                    UndoCommand = text
                } : null,
        };
    }

    /// <summary>One item of every kind, all of them hostile.</summary>
    public static ReportItem[] Items() =>
        [.. Enum.GetValues<ReportKind>().Select(static kind => Item(kind, ReportLevel.Fault))];

    private static ReportStep[] Steps(string text) =>
    [
        new() { Pass = "Inner", Hook = text, Note = text },
        new() { Pass = "Encapsulated", Hook = "POSTROUTING", Table = text, Chain = text, RuleNumber = 1, Rule = text,
            Outcome = "Match", MarkBefore = text, MarkAfter = text, Note = text, IsOffending = true },
    ];
}
