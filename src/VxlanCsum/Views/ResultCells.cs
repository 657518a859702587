using System.Globalization;

namespace VxlanCsum.Views;

/// <summary>Cells of a <see cref="VxlanChecksumResult"/>.</summary>
internal static class ResultCells
{
    private const int PortsShown = 12, PortsInLine = 2;

    public static string Cause(ViewItem result) =>
        result.Painted(nameof(VxlanChecksumResult.Cause), static cause => cause switch
        {
            nameof(ChecksumCause.None) => ViewColours.Green,
            nameof(ChecksumCause.OffloadPending) or nameof(ChecksumCause.LcoPending) => ViewColours.Cyan,
            nameof(ChecksumCause.NotVerifiable) => ViewColours.Yellow,
            _ => ViewColours.BrightRed,
        });

    /// <param name="result">The result.</param>
    /// <param name="almost">What is said where the certainty is not whole, and would be rounded to it.</param>
    public static string Sure(ViewItem result, string almost)
    {
        double confidence = Convert.ToDouble(result[nameof(VxlanChecksumResult.Confidence)],
            CultureInfo.InvariantCulture);
        return confidence is > 0.9999 and < 1 ? almost
            : string.Create(CultureInfo.InvariantCulture, $"{100 * confidence:0.##} %");
    }

    public static string BadOfAll(ViewItem result) =>
        $"{Counted(result.Number(nameof(VxlanChecksumResult.BadPackets)))}/"
            + Counted(result.Number(nameof(VxlanChecksumResult.Packets)));

    public static string Direction(ViewItem result)
    {
        string source = result.Text(nameof(VxlanChecksumResult.OuterSource)),
            destination = result.Text(nameof(VxlanChecksumResult.OuterDestination));
        return destination.Length > 0 ? $"{source} -> {destination}" : source.Length > 0 ? source : "several";
    }

    /// <summary>The address before NAT, and the ports, two in a line.</summary>
    public static string OriginalPort(ViewItem result)
    {
        List<string> lines = [];
        if (result[nameof(VxlanChecksumResult.ImpliedOriginalAddress)] is { } address)
        {
            lines.Add($"{address}");
        }

        List<ViewItem> ports = result.Items(nameof(VxlanChecksumResult.ImpliedOriginalPort));
        for (int i = 0; i < Math.Min(ports.Count, PortsShown); i += PortsInLine)
        {
            lines.Add(string.Join(' ', ports.GetRange(i, Math.Min(PortsInLine, ports.Count - i))));
        }

        if (ports.Count > PortsShown)
        {
            lines.Add($"{ports.Count - PortsShown} more");
        }

        return lines.Count == 0 && result.Is(nameof(VxlanChecksumResult.OuterSnatSuspected)) ? "SNAT suspected"
            : string.Join('\n', lines);
    }

    // "9999", "10k", "1.5M".
    private static string Counted(long count) => count switch
    {
        < 10_000 => count.ToString(CultureInfo.InvariantCulture),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e3:0.#}k"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.#}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.#}G"),
    };
}
