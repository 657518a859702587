using System.Globalization;

namespace VxlanCsum.Views;

/// <summary>Cells of a <see cref="CaptureSummary"/>.</summary>
internal static class SummaryCells
{
    private const int TalkersShown = 10;

    // "1,629,694 (1,047,668,175 bytes in 00:00:11.4)", and whether that is all.
    public static string Packets(ViewItem summary) => string.Create(CultureInfo.InvariantCulture,
        $"{summary.Number(nameof(CaptureSummary.Packets)):N0} "
            + $"({summary.Number(nameof(CaptureSummary.Bytes)):N0} bytes in {summary.Text(nameof(CaptureSummary.Duration))})"
            + $"{(summary.Is(nameof(CaptureSummary.Complete)) ? "" : "; incomplete: the capture is damaged")}");

    // "Good 1613397, Bad 16297", each in its colour where colours are shown.
    public static string Verdicts(ViewItem summary)
    {
        List<string> verdicts = [];
        void Add(string status, string colour)
        {
            if (summary.Number(status) is > 0 and long count)
            {
                verdicts.Add(ViewColours.Paint($"{status} {count}", colour));
            }
        }

        Add(nameof(CaptureSummary.Good), ViewColours.Green);
        Add(nameof(CaptureSummary.NotPresent), "");
        Add(nameof(CaptureSummary.Partial), ViewColours.Cyan);
        Add(nameof(CaptureSummary.Unverified), ViewColours.Yellow);
        Add(nameof(CaptureSummary.Illegal), ViewColours.BrightRed);
        Add(nameof(CaptureSummary.Bad), ViewColours.BrightRed);
        return string.Join(", ", verdicts);
    }

    public static string Causes(ViewItem summary) => string.Join(", ",
        summary.Items(nameof(CaptureSummary.Causes))
            .FindAll(static c => c.Text(nameof(CauseCount.Cause)) != nameof(ChecksumCause.None)));

    public static string FaultyTalkers(ViewItem summary)
    {
        List<ViewItem> talkers = summary.Items(nameof(CaptureSummary.FaultyTalkers));
        return string.Join(Environment.NewLine, talkers.GetRange(0, Math.Min(talkers.Count, TalkersShown)));
    }
}
