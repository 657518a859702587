using System.Management.Automation;
using System.Text;
using VxlanCsum.Reports;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>ConvertTo-ChecksumReport: the report that Export-ChecksumReport writes to files, as text in the
/// pipeline.</summary>
[Cmdlet(VerbsData.ConvertTo, "ChecksumReport",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(string))]
public sealed class ConvertToChecksumReportCommand : ReportCommand, IDisposable
{
    private readonly MemoryStream _text = new();
    private ReportWriter? _writer;

    /// <summary>Which report. Default: Markdown, as a ticket takes it.</summary>
    [Parameter(Position = 0)]
    public ReportFormat Format { get; set; } = ReportFormat.Markdown;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _writer = ReportOutput.WriterOf(Format, _text, Header());

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (NothingFits)
        {
            return;
        }

        WarnIfEmpty();
        _writer!.Complete(Digest);
        WriteObject(Encoding.UTF8.GetString(_text.GetBuffer(), 0, (int)_text.Length).TrimStart('\uFEFF').TrimEnd('\r', '\n'));
    }

    private protected override void Write(ReportItem item) => _writer!.Add(item);

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        _text.Dispose();
        GC.SuppressFinalize(this);
    }
}
