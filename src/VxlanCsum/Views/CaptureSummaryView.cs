using System.Globalization;
using VxlanCsum.Views;

namespace VxlanCsum;

/// <summary>The lines of a <see cref="CaptureSummary"/> as the view in VxlanCsum.Format.ps1xml shows them.</summary>
/// <remarks>A script that makes them takes the engine longer than counting a hundred thousand packets.</remarks>
public static class CaptureSummaryView
{
    private const int ShownTalkers = 10;

    /// <summary>One of the lines by its label. One method for all of them, since the engine compiles a call once for
    /// all places that make it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line.</exception>
    public static string Line(CaptureSummary summary, string label)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return label switch
        {
            "Packets" => Packets(summary),
            "Verdicts" => Verdicts(summary),
            "Causes" => string.Join(", ", summary.Causes.Where(static c => c.Cause != ChecksumCause.None)),
            "Checksums" => string.Join(Environment.NewLine, summary.Checksums),
            "Tunnels" => string.Join(Environment.NewLine, summary.Tunnels),
            "FaultyTalkers" => string.Join(Environment.NewLine, summary.FaultyTalkers.Take(ShownTalkers)),
            _ => throw new ArgumentOutOfRangeException(nameof(label), label, "not a line of the view"),
        };
    }

    // "1,629,694 (1,047,668,175 bytes in 00:00:11.4)", and whether that is all.
    private static string Packets(CaptureSummary summary) => string.Create(
        CultureInfo.InvariantCulture,
        $"{summary.Packets:N0} ({summary.Bytes:N0} bytes in {summary.Duration})"
            + $"{(summary.Complete ? "" : "; incomplete: the capture is damaged")}");

    // "Good 1613397, Bad 16297", each in its colour where colours are shown.
    private static string Verdicts(CaptureSummary summary)
    {
        (string Name, long Count, string Colour)[] verdicts =
        [
            ("Good", summary.Good, ViewColours.Green),
            ("NotPresent", summary.NotPresent, ""),
            ("Partial", summary.Partial, ViewColours.Cyan),
            ("Unverified", summary.Unverified, ViewColours.Yellow),
            ("Illegal", summary.Illegal, ViewColours.BrightRed),
            ("Bad", summary.Bad, ViewColours.BrightRed),
        ];
        bool coloured = ViewColours.AreShown;
        return string.Join(", ", verdicts.Where(static v => v.Count > 0)
            .Select(v => coloured ? $"{v.Colour}{v.Name} {v.Count}{ViewColours.Reset}" : $"{v.Name} {v.Count}"));
    }
}
