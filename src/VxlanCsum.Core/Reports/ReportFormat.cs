namespace VxlanCsum;

/// <summary>What Export-ChecksumReport writes.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum ReportFormat : byte
{
    /// <summary>One self-contained page for people (.html, .htm).</summary>
    Html = 0,

    /// <summary>Text for tickets (.md, .markdown).</summary>
    Markdown = 1,

    /// <summary>Every item, by the schema in schemas/checksum-report.schema.json (.json).</summary>
    Json = 2,

    /// <summary>One line an item, for spreadsheets (.csv).</summary>
    Csv = 3,

    /// <summary>One test case an item, for the gates of a build (.xml).</summary>
    JUnit = 4,

    /// <summary>Gauges for the textfile collector of Prometheus' node_exporter (.prom).</summary>
    Prometheus = 5,
}
