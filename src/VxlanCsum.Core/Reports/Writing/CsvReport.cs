using System.Globalization;
using System.Text;

namespace VxlanCsum.Reports.Writing;

/// <summary>One line an item (RFC 4180), written as it comes.</summary>
internal sealed class CsvReport : ReportWriter
{
    // Spreadsheets run a cell that begins with one of these, after blanks and in full width too, quoted or not; an
    // apostrophe in front makes it text (OWASP, "CSV Injection").
    private const string FormulaSigns = "=+-@|%＝＋－＠";

    private static readonly string[] s_columns =
    [
        "Kind", "Node", "Subject", "Level", "Verdict", "From", "Until", "Packets", "Right", "Pending", "Unverified",
        "Bad", "Confidence",
        "Explanation", "Advice", "Sources", "Facts", "Evidence",
    ];

    private readonly StreamWriter _out;
    private readonly StringBuilder _line = new();

    public CsvReport(Stream stream)
    {
        _out = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        _out.WriteLine(string.Join(',', s_columns.Select(static c => $"\"{c}\"")));
    }

    public override void Add(ReportItem item)
    {
        _line.Clear();
        Text(item.Kind.ToString());
        Text(item.Node);
        Text(item.Subject);
        Text(item.Level.ToString());
        Text(item.Verdict);
        Raw(item.From is { } from ? ReportText.Time(from) : null);
        Raw(item.Until is { } until ? ReportText.Time(until) : null);
        Raw(Number(item.Counts?.Packets));
        Raw(Number(item.Counts?.Right));
        Raw(Number(item.Counts?.Pending));
        Raw(Number(item.Counts?.Unverified));
        Raw(Number(item.Counts?.Bad));
        Raw(item.Confidence?.ToString("R", CultureInfo.InvariantCulture));
        Text(item.Explanation);
        Text(item.Advice);
        Text(string.Join("; ", item.Sources));
        Text(string.Join("; ", item.Facts.Select(static f => $"{f.Name}: {f.Value}")));
        Text(string.Join("; ", item.Evidence.Select(static e => e.Place is null ? e.Text : $"{e.Place}: {e.Text}")));
        _line.Length--;
        _out.WriteLine(_line);
    }

    public override void Complete(ReportDigest digest) => _out.Flush();

    protected override void Dispose(bool disposing)
    {
        _out.Dispose();
        base.Dispose(disposing);
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>Our own digits, which no spreadsheet takes for a formula.</summary>
    private void Raw(string? value) => _line.Append(value).Append(',');

    private void Text(string? value)
    {
        string text = ReportText.Line(value ?? string.Empty);
        string begin = text.TrimStart();
        bool isFormula = begin.Length > 0 && FormulaSigns.Contains(begin[0], StringComparison.Ordinal);
        _line.Append('"').Append(isFormula ? "'" : "").Append(text.Replace("\"", "\"\"", StringComparison.Ordinal))
            .Append("\",");
    }
}
