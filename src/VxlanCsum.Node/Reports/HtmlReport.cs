using System.Security.Cryptography;
using System.Text;
using HandlebarsDotNet;
using VxlanCsum.Reports;

namespace VxlanCsum.Node.Reports;

/// <summary>
/// One page that holds all it shows. Whatever is text goes through the template's HTML escaping; raw are only the style
/// sheet, the script that copies commands, and their hashes. The page's own policy (CSP) forbids everything but these
/// two, so that also a mistake of ours would load and run nothing. Without scripts the page lacks the copy buttons
/// alone.
/// </summary>
internal sealed class HtmlReport(Stream stream, ReportHeader header) : ReportWriter
{
    private const string Command = """
        <div class="command"><p>{{Purpose}}</p>
        <div class="box"><pre><code>{{Text}}</code></pre></div></div>

        """;

    public override void Add(ReportItem item)
    {
        // The verdict stands on top: everything waits for the digest.
    }

    public override void Complete(ReportDigest digest)
    {
        IHandlebars handlebars = Handlebars.Create(
            new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true });
        handlebars.RegisterTemplate("command", Command);
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        HandlebarsTemplate<TextWriter, object, object> page = handlebars.Compile(
            new StringReader(Resource("report.hbs")));
        page(text, PageBuilder.Build(header, digest, Asset("report.css"), Asset("report.js")), new object());
    }

    private static PageAsset Asset(string name)
    {
        string text = Resource(name).ReplaceLineEndings("\n");
        return new PageAsset(text, Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private static string Resource(string name)
    {
        using Stream resource = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
