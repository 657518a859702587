using System.Globalization;
using System.Security;
using System.Text;
using System.Xml;

namespace VxlanCsum.Reports.Writing;

/// <summary>
/// One test case an item, as build servers read them: a fault or a risk is a failure, what could not be judged an
/// error, because a gate must not take it for well.
/// </summary>
internal sealed class JUnitReport : ReportWriter
{
    /// <summary>The totals stand before the cases and are known after them: room for them is left and written
    /// over.</summary>
    private const int Room = 112;

    private readonly Stream _stream;
    private readonly XmlWriter _out;
    private readonly long _totalsAt;
    private long _cases, _failures, _errors;

    public JUnitReport(Stream stream, ReportHeader header)
    {
        _stream = stream;
        string created = header.Created.ToString("s", CultureInfo.InvariantCulture);
        Write($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites>\n<testsuite "
            + $"name=\"{Attribute(header.Title)}\" hostname=\"{Attribute(header.Origin)}\" timestamp=\"{created}\" "
            + $"time=\"0\"");
        _totalsAt = _stream.Position;
        Write(new string(' ', Room) + ">\n");
        _out = XmlWriter.Create(stream, new XmlWriterSettings
        {
            ConformanceLevel = ConformanceLevel.Fragment,
            Encoding = new UTF8Encoding(false),
            Indent = true,
            NewLineChars = "\n",
            OmitXmlDeclaration = true,
        });
    }

    public override void Add(ReportItem item) =>
        Case($"VxlanCsum.{item.Kind}", Name(item), item.Level, item.Verdict, item.Explanation, item.Advice,
            item.Evidence);

    public override void Complete(ReportDigest digest)
    {
        if (_cases == 0)
        {
            ReportVerdict verdict = ReportVerdict.Of(digest);
            Case("VxlanCsum", "Report", verdict.Level, "Empty", verdict.Headline + ".", verdict.Advice, []);
        }

        _out.Flush();
        Write("\n</testsuite>\n</testsuites>\n");
        long end = _stream.Position;
        _stream.Position = _totalsAt;
        Write(string.Create(CultureInfo.InvariantCulture,
            $" tests=\"{_cases}\" failures=\"{_failures}\" errors=\"{_errors}\" skipped=\"0\""));
        _stream.Position = end;
    }

    protected override void Dispose(bool disposing)
    {
        _out.Dispose();
        base.Dispose(disposing);
    }

    private static string Name(ReportItem item)
    {
        string from = item.Sources.Count > 0 && !item.Sources.Contains(item.Subject)
            ? $" ({string.Join(", ", item.Sources.Take(3))})" : string.Empty;
        return item.Node is null || item.Node == item.Subject ? item.Subject + from
            : $"{item.Node}: {item.Subject}{from}";
    }

    private void Case(string type, string name, ReportLevel level, string verdict, string explanation, string advice,
        IReadOnlyList<ReportEvidence> evidence)
    {
        _cases++;
        _out.WriteStartElement("testcase");
        _out.WriteAttributeString("classname", type);
        _out.WriteAttributeString("name", ReportText.Markup(name));
        _out.WriteAttributeString("time", "0");
        if (level is not (ReportLevel.Healthy or ReportLevel.Low))
        {
            bool isError = level == ReportLevel.Undecided;
            _errors += isError ? 1 : 0;
            _failures += isError ? 0 : 1;
            _out.WriteStartElement(isError ? "error" : "failure");
            _out.WriteAttributeString("type", ReportText.Markup(verdict));
            _out.WriteAttributeString("message", ReportText.Markup(explanation));
            _out.WriteString(
                string.Join('\n',
                    evidence.Select(static e => e.Place is null ? e.Text : $"{e.Place}: {e.Text}").Append(advice)
                        .Where(static l => l.Length > 0).Select(ReportText.Markup)));
            _out.WriteEndElement();
        }

        _out.WriteEndElement();
    }

    private void Write(string text) => _stream.Write(Encoding.UTF8.GetBytes(text));

    private static string Attribute(string text) => SecurityElement.Escape(ReportText.Markup(text)) ?? string.Empty;
}
