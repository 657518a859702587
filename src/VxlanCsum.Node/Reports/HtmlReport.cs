using System.Security.Cryptography;
using System.Text;
using HandlebarsDotNet;
using VxlanCsum.Reports;

namespace VxlanCsum.Node.Reports;

/// <summary>
/// One page that holds all it shows. Whatever is text goes through the template's HTML escaping; raw are only the style
/// sheet, its hash, and the charts, which <see cref="ChartSvg"/> builds element by element. The page's own policy (CSP)
/// forbids everything but that one style sheet, so that also a mistake of ours would load and run nothing.
/// </summary>
internal sealed class HtmlReport(Stream stream, ReportHeader header) : ReportWriter
{
    public override void Add(ReportItem item)
    {
        // The verdict stands on top: everything waits for the digest.
    }

    public override void Complete(ReportDigest digest)
    {
        string css = Resource("report.css").ReplaceLineEndings("\n");
        IHandlebars handlebars = Handlebars.Create(
            new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true });
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        HandlebarsTemplate<TextWriter, object, object> page = handlebars.Compile(
            new StringReader(Resource("report.hbs")));
        page(text, PageBuilder.Build(header, digest, css,
            Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(css)))), new object());
    }

    private static string Resource(string name)
    {
        using Stream resource = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
