using System.Collections.ObjectModel;
using System.Management.Automation;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Reports;
using VxlanCsum.Reports;
using VxlanCsum.Reports.Reading;
using VxlanCsum.Sources;
using VxlanCsum.Text;

namespace VxlanCsum.Commands;

/// <summary>Export-ChecksumReport: writes what the other cmdlets found as a report for people, tickets, gates or
/// monitors.</summary>
/// <remarks>
/// What comes after a verified MitigationReceipt in the pipeline counts as seen after it, and decides. Csv, Json and
/// JUnit write items as they come; the others keep the gravest. Each file is written aside and named when it is whole.
/// </remarks>
[Cmdlet(VerbsData.Export, "ChecksumReport", DefaultParameterSetName = PathSet, SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(FileInfo))]
public sealed class ExportChecksumReportCommand : ReportCommand, IDisposable
{
    private const string PathSet = "Path", LiteralPathSet = "LiteralPath";

    private readonly List<ReportOutput> _outputs = [];

    /// <summary>The files to write. An extension names its format: .html, .htm, .md, .markdown, .json, .csv, .xml
    /// (JUnit), .prom (Prometheus).</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The same, taken as they are: no wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The format, whatever the extension. Default: the extension's.</summary>
    [Parameter]
    public ReportFormat? Format { get; set; }

    /// <summary>Overwrite files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Give the written files out.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        ReportHeader header = Header();
        try
        {
            (string Path, ReportFormat Format)[] targets = [.. Targets()];
            foreach ((string path, ReportFormat format) in targets)
            {
                if (ShouldProcess(path, $"Write {format} report"))
                {
                    _outputs.Add(new ReportOutput(path, format, Force, header));
                }
            }
        }
        catch (NodeException e)
        {
            ThrowTerminatingError(NodeErrors.Record(e));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (NothingFits)
        {
            WriteWarning("No report was written: nothing of what was given can be reported.");
            return;
        }

        WarnIfEmpty();
        Write(output => output.Complete(Digest));
        if (PassThru)
        {
            foreach (ReportOutput output in _outputs)
            {
                WriteObject(new FileInfo(output.Path));
            }
        }
    }

    private protected override void Write(ReportItem item) => Write(output => output.Add(item));

    /// <summary>All files or none stay half-written: a file that cannot go on ends the command.</summary>
    private void Write(Action<ReportOutput> work)
    {
        try
        {
            _outputs.ForEach(work);
        }
        catch (NodeException e)
        {
            ThrowTerminatingError(NodeErrors.Record(e));
        }
    }

    private IEnumerable<(string Path, ReportFormat Format)> Targets()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string given in ParameterSetName == LiteralPathSet ? LiteralPath : Path)
        {
            if (given == "-")
            {
                throw Invalid(given, "is no file.", "ConvertTo-ChecksumReport gives the report out as text.");
            }

            string path = ReportFile.Check(Resolve(given), Force);
            ReportFormat format = Format ?? ReportOutput.FormatOf(path) ?? ReportOutput.FormatOf(given)
                ?? throw new NodeException(
                NodeErrorId.ReportFormatUnknown, NodeFailure.InvalidArgument, given,
                $"The extension of {SafeText.Escape(given)} names no format.",
                $"Use one of {string.Join(", ", ReportOutput.Extensions)}, or give -Format.");
            yield return seen.Add(path) ? (path, format)
                : throw Invalid(given, "is named twice.", "Name each file once.");
        }
    }

    private string Resolve(string given)
    {
        const string Literally = "Take names with brackets or stars by -LiteralPath.";
        try
        {
            if (ParameterSetName == PathSet && WildcardPattern.ContainsWildcardCharacters(given))
            {
                Collection<string> found = GetResolvedProviderPathFromPSPath(given, out ProviderInfo provider);
                return provider.Name == "FileSystem" && found.Count == 1 ? found[0]
                    : throw Invalid(given, found.Count == 0 ? "matches no file." : "matches more than one file.",
                        Literally);
            }

            string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(given, out ProviderInfo of, out _);
            return of.Name == "FileSystem" ? path
                : throw Invalid(given, $"is in the {of.Name} provider, not in the file system.",
                    "Give the name of a file.");
        }
        catch (ItemNotFoundException e)
        {
            throw Invalid(given, "matches no file.", Literally, e);
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException
            or ProviderNotFoundException or NotSupportedException)
        {
            throw Invalid(given, "names no file.", Literally, e);
        }
    }

    private static NodeException Invalid(string path, string problem, string advice, Exception? inner = null) =>
        new(NodeErrorId.ReportPathInvalid, NodeFailure.InvalidArgument, path, $"{SafeText.Escape(path)} {problem}",
            advice, inner);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ReportOutput output in _outputs)
        {
            output.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
