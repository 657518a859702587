using System.Globalization;
using VxlanCsum.Views;

namespace VxlanCsum;

/// <summary>The lines of a <see cref="CaptureSummary"/> as the view in VxlanCsum.Format.ps1xml shows them.</summary>
/// <remarks>A script that makes them takes the engine longer than counting a hundred thousand packets: these are called from one each.</remarks>
public static class CaptureSummaryView
{
    private const int ShownTalkers = 10;

    /// <summary>"1,629,694 (1,047,668,175 bytes in 00:00:11.4)", and whether that is all.</summary>
    public static string Packets(CaptureSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Packets:N0} ({summary.Bytes:N0} bytes in {summary.Duration}){(summary.Complete ? "" : "; incomplete: the capture is damaged")}");
    }

    /// <summary>"Good 1613397, Bad 16297", each in its colour where colours are shown.</summary>
    public static string Verdicts(CaptureSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
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

    /// <summary>"Corrupted 16297": the causes that are faults or look like some.</summary>
    public static string Causes(CaptureSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return string.Join(", ", summary.Causes.Where(static c => c.Cause != ChecksumCause.None));
    }

    /// <summary>A line for each protocol and verdict.</summary>
    public static string Checksums(CaptureSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return string.Join(Environment.NewLine, summary.Checksums);
    }

    /// <summary>A line for each tunnel network.</summary>
    public static string Tunnels(CaptureSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return string.Join(Environment.NewLine, summary.Tunnels);
    }

    /// <summary>A line for each of the worst.</summary>
    public static string FaultyTalkers(CaptureSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return string.Join(Environment.NewLine, summary.FaultyTalkers.Take(ShownTalkers));
    }
}
