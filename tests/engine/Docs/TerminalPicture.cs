using System.Globalization;
using System.Xml.Linq;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>What a terminal shows, as a picture for pages: SVG, since it is sharp at any size and a text that can be
/// compared.</summary>
internal static class TerminalPicture
{
    private const double Character = 8.43, Line = 20, Margin = 18, Bar = 34;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    /// <param name="title">What stands above the window, and for who cannot see it.</param>
    /// <param name="command">What was typed.</param>
    /// <param name="shown">What came.</param>
    public static string Draw(string title, string command, string shown)
    {
        string[] lines = [$"PS> {command}", .. shown.ReplaceLineEndings("\n").Trim('\n').Split('\n').Prepend("")];
        double width = (2 * Margin) + (Character * lines.Max(static l => l.Length)),
            height = Bar + Margin + (Line * lines.Length);
        XElement picture = new(s_svg + "svg",
            new XAttribute("viewBox", $"0 0 {Digits(width)} {Digits(height)}"),
            new XAttribute("width", Digits(width)), new XAttribute("role", "img"),
            new XAttribute("font-family", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"),
            new XAttribute("font-size", "14"),
            new XElement(s_svg + "title", title),
            Box("100%", Digits(height), 8, "#15181b"), Box("100%", Digits(Bar - 8), 8, "#2a3036"),
            ((string[])["#ef6a5f", "#c9ad5a", "#7fd49b"]).Select(static (colour, i) => new XElement(s_svg + "circle",
                new XAttribute("cx", 18 + (i * 18)), new XAttribute("cy", "13"), new XAttribute("r", "5"),
                new XAttribute("fill", colour))),
            lines.Select((line, i) => (line, i)).Where(static l => l.line.Length > 0)
                .Select(l => Text(l.line, Bar + Margin + (Line * l.i), l.i == 0)));
        return picture.ToString() + "\n";
    }

    private static XElement Box(string width, string height, int corner, string colour) => new(s_svg + "rect",
        new XAttribute("width", width), new XAttribute("height", height), new XAttribute("rx", corner),
        new XAttribute("fill", colour));

    /// <summary>A line, as wide as its characters are many in whatever font.</summary>
    private static XElement Text(string line, double y, bool isTyped)
    {
        string text = line.TrimStart();
        return new XElement(s_svg + "text",
            new XAttribute("x", Digits(Margin + (Character * (line.Length - text.Length)))),
            new XAttribute("y", Digits(y)),
            new XAttribute("textLength", Digits(Character * text.Length)),
            new XAttribute("lengthAdjust", "spacingAndGlyphs"),
            new XAttribute(XNamespace.Xml + "space", "preserve"),
            new XAttribute("fill", isTyped ? "#8ab8f0" : "#e7e9eb"), text);
    }

    private static string Digits(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
