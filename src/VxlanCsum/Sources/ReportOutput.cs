using VxlanCsum.Node.Reports;
using VxlanCsum.Reports;
using VxlanCsum.Reports.Writing;

namespace VxlanCsum.Sources;

/// <summary>One report on its way to its file.</summary>
internal sealed class ReportOutput : IDisposable
{
    private static readonly Dictionary<string, ReportFormat> s_extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = ReportFormat.Html,
        [".htm"] = ReportFormat.Html,
        [".md"] = ReportFormat.Markdown,
        [".markdown"] = ReportFormat.Markdown,
        [".json"] = ReportFormat.Json,
        [".csv"] = ReportFormat.Csv,
        [".xml"] = ReportFormat.JUnit,
        [".prom"] = ReportFormat.Prometheus,
    };

    private readonly ReportFile _file;
    private readonly ReportWriter _writer;

    public ReportOutput(string path, ReportFormat format, bool overwrite, ReportHeader header)
    {
        _file = ReportFile.Create(path, overwrite);
        try
        {
            _writer = ReportFile.WrapErrors(path, () => WriterOf(format, _file.Stream, header));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    /// <summary>The extensions that name a format.</summary>
    public static IEnumerable<string> Extensions => s_extensions.Keys;

    /// <summary>The format that a file's name asks for; null where it asks for none.</summary>
    public static ReportFormat? FormatOf(string path) =>
        s_extensions.TryGetValue(System.IO.Path.GetExtension(path), out ReportFormat format) ? format : null;

    /// <summary>Writes a report of this format to a stream, which is the caller's.</summary>
    public static ReportWriter WriterOf(ReportFormat format, Stream stream, ReportHeader header) => format switch
    {
        ReportFormat.Html => new HtmlReport(stream, header),
        ReportFormat.Markdown => new MarkdownReport(stream, header),
        ReportFormat.Json => new JsonReport(stream, header),
        ReportFormat.Csv => new CsvReport(stream),
        ReportFormat.JUnit => new JUnitReport(stream, header),
        _ => new PrometheusReport(stream, header),
    };

    public void Add(ReportItem item) => ReportFile.WrapErrors(Path, () =>
    {
        _writer.Add(item);
        return true;
    });

    public void Complete(ReportDigest digest)
    {
        ReportFile.WrapErrors(Path, () =>
        {
            _writer.Complete(digest);
            return true;
        });
        _file.Complete();
    }

    public void Dispose()
    {
        try
        {
            _writer.Dispose();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // What a writer still holds belongs to a file that is not kept.
        }

        _file.Dispose();
    }
}
