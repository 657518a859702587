using System.Globalization;
using System.Xml.Linq;
using OxyPlot;

namespace VxlanCsum.Node.Reports;

/// <summary>
/// Draws a chart as SVG that fits the page: OxyPlot's shapes with classes instead of colours, so that they follow the
/// page's light and dark style and its policy, which allows no styles of their own; with a title and a description.
/// </summary>
internal static class ChartSvg
{
    private static readonly string[] s_classes = ["c-right", "c-pending", "c-unverified", "c-bad", "grid"];

    private static readonly string[] s_kept = ["x", "y", "width", "height", "points", "transform", "text-anchor"];

    /// <summary>The colour that stands for a class of the style sheet until the chart is drawn.</summary>
    public static OxyColor Colour(string name) => OxyColor.FromRgb(1, 0, (byte)(1 + Array.IndexOf(s_classes, name)));

    public static string Draw(PlotModel plot, int width, int height, string id, string title, string description)
    {
        XElement drawn = XElement.Parse(
            SvgExporter.ExportToString(plot, width, height, isDocument: false, textMeasurer: null,
                useVerticalTextAlignmentWorkaround: true));
        return new XElement("svg",
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-labelledby", $"{id}-title {id}-text"),
            new XElement("title", new XAttribute("id", $"{id}-title"), title),
            new XElement("desc", new XAttribute("id", $"{id}-text"), description),
            drawn.Descendants().Select(Shape).OfType<XElement>()).ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>A shape as far as it is to be seen; clip paths would refer to each other across charts and are left
    /// out.</summary>
    private static XElement? Shape(XElement drawn)
    {
        if (drawn.Name.LocalName == "text")
        {
            return new XElement("text", Kept(drawn), drawn.Value);
        }

        if (drawn.Name.LocalName is not ("rect" or "polyline") || drawn.Attribute("style")?.Value is not { } style)
        {
            return null;
        }

        string? name = s_classes.FirstOrDefault(c => style.Contains(Rgb(c), StringComparison.Ordinal));
        return name is null ? null : new XElement(drawn.Name.LocalName, new XAttribute("class", name), Kept(drawn));
    }

    private static IEnumerable<XAttribute> Kept(XElement drawn) =>
        drawn.Attributes().Where(static a => s_kept.Contains(a.Name.LocalName));

    private static string Rgb(string name)
    {
        OxyColor colour = Colour(name);
        return string.Create(CultureInfo.InvariantCulture, $"rgb({colour.R},{colour.G},{colour.B})");
    }
}
