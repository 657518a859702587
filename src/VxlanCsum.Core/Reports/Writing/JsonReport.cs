using System.Text.Json;

namespace VxlanCsum.Reports.Writing;

/// <summary>Everything, by schemas/checksum-report.schema.json; items are written as they come.</summary>
/// <remarks>The default encoder leaves nothing in the text that a page or a terminal would act on: all but plain ASCII
/// is escaped.</remarks>
internal sealed class JsonReport : ReportWriter
{
    private const int SchemaVersion = 1, FlushAt = 64 * 1024;

    private readonly Utf8JsonWriter _out;

    public JsonReport(Stream stream, ReportHeader header)
    {
        _out = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        _out.WriteStartObject();
        _out.WriteNumber("schemaVersion", SchemaVersion);
        _out.WriteString("title", header.Title);
        _out.WriteString("created", ReportText.Time(header.Created));
        _out.WriteString("origin", header.Origin);
        _out.WriteStartObject("generator");
        _out.WriteString("name", "VxlanCsum");
        _out.WriteString("version", header.Version);
        _out.WriteEndObject();
        _out.WriteStartArray("items");
    }

    public override void Add(ReportItem item)
    {
        JsonReportItem.Write(_out, item);
        if (_out.BytesPending > FlushAt)
        {
            _out.Flush();
        }
    }

    public override void Complete(ReportDigest digest)
    {
        _out.WriteEndArray();
        ReportVerdict verdict = ReportVerdict.Of(digest);
        _out.WriteStartObject("summary");
        _out.WriteString("level", JsonReportItem.Name(verdict.Level));
        _out.WriteBoolean("cured", digest.IsCured);
        _out.WriteString("headline", verdict.Headline);
        _out.WriteString("explanation", verdict.Explanation);
        _out.WriteString("advice", verdict.Advice);
        _out.WriteNumber("items", digest.Items);
        _out.WriteStartObject("levels");
        foreach (ReportLevel level in Enum.GetValues<ReportLevel>())
        {
            _out.WriteNumber(JsonReportItem.Name(level), digest.Count(level));
        }

        _out.WriteEndObject();
        _out.WriteStartObject("kinds");
        foreach (ReportKind kind in Enum.GetValues<ReportKind>())
        {
            _out.WriteNumber(JsonReportItem.Name(kind), digest.Count(kind));
        }

        _out.WriteEndObject();
        _out.WriteEndObject();
        _out.WriteEndObject();
        _out.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        _out.Dispose();
        base.Dispose(disposing);
    }
}
