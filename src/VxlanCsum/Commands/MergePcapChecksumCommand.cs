using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Reports.Reading;
using VxlanCsum.Sources;
using VxlanCsum.Summaries;
using VxlanCsum.Text;

namespace VxlanCsum.Commands;

/// <summary>Merge-PcapChecksum: adds summaries up, of captures that were measured apart: by jobs, on nodes, in shards
/// of a cluster's job.</summary>
[Cmdlet(VerbsData.Merge, "PcapChecksum",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(CaptureSummary))]
public sealed class MergePcapChecksumCommand : SafeCommand
{
    private readonly SummaryMerger _merger = new();

    /// <summary>What Measure-PcapChecksum gave, also as remoting, a job or Import-Clixml delivers it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    [AllowNull]
    public PSObject?[]? InputObject { get; set; } = [];

    /// <summary>What the summary shows as its path. Default: how many captures it is of.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PSObject given in (InputObject ?? []).OfType<PSObject>())
        {
            try
            {
                if (Read(given) is { } summary && !_merger.Add(summary))
                {
                    WriteWarning($"The summary of {SafeText.Escape(summary.Path)} was given twice, and counts once.");
                }
            }
            catch (FormatException e)
            {
                WriteError(Record(e, "SummaryIncomplete", given, $"A summary cannot be added: {e.Message}.",
                    "Keep more of it: Export-Clixml -Depth 3, or import the module where it is serialised."));
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_merger.Count > 0)
        {
            WriteObject(
                _merger.Build(Name ?? string.Create(CultureInfo.InvariantCulture, $"{_merger.Count} captures")));
        }
    }

    private CaptureSummary? Read(PSObject given)
    {
        if (given.BaseObject is CaptureSummary alive)
        {
            return alive;
        }

        ReportObject bag = new PipelineObject(given);
        if (bag.TypeName == nameof(CaptureSummary))
        {
            return SerializedSummary.Read(bag);
        }

        string type = SafeText.Escape(bag.TypeName);
        WriteError(Record(new ArgumentException(type), "SummaryExpected", given,
            $"A {type} is no summary of a capture.", "Give what Measure-PcapChecksum gives."));
        return null;
    }

    private static ErrorRecord Record(Exception reason, string errorId, PSObject target, string message,
        string action) =>
        new(reason, errorId, ErrorCategory.InvalidData,
            target)
        { ErrorDetails = new ErrorDetails(message) { RecommendedAction = action } };
}
