using System.Management.Automation;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;
using VxlanCsum.Reports;
using VxlanCsum.Reports.Reading;
using VxlanCsum.Sources;
using VxlanCsum.Text;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share that make a report of what the others found.</summary>
public abstract class ReportCommand : SafeCommand
{
    /// <summary>
    /// NodeDiagnosis, NodeRisk, VxlanChecksumResult, CaptureSummary, RuleTrace or MitigationReceipt, also as remoting,
    /// a job or Import-Clixml delivers them.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>What stands above the report.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "VXLAN checksum report";

    /// <summary>What was taken so far.</summary>
    private protected ReportDigest Digest { get; } = new();

    /// <summary>Something was given, and none of it can be reported.</summary>
    private protected bool NothingFits => _rejected > 0 && Digest.Items == 0;

    private int _rejected;

    private protected ReportHeader Header()
    {
        Version version = typeof(ReportCommand).Assembly.GetName().Version ?? new Version(0, 0, 0);
        return new(Title, DateTime.UtcNow, Environment.MachineName, version.ToString(3));
    }

    private protected void WarnIfEmpty()
    {
        if (Digest.Items == 0)
        {
            WriteWarning("Nothing was given: the report says so.");
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        // By -InputObject a list comes as one.
        foreach (object? element in LanguagePrimitives.GetEnumerable(InputObject) ?? new[] { InputObject })
        {
            if (element is not null)
            {
                Add(new PipelineObject(PSObject.AsPSObject(element)));
            }
        }
    }

    /// <summary>An item that fits, in its turn.</summary>
    private protected abstract void Write(ReportItem item);

    private void Add(PipelineObject given)
    {
        if (ItemReader.Read(given) is { } item)
        {
            Digest.Add(item);
            Write(item);
            return;
        }

        _rejected++;
        string type = SafeText.Escape(given.TypeName);
        WriteError(NodeErrors.Record(
            new NodeException(NodeErrorId.ReportInputUnsupported, NodeFailure.InvalidArgument, type,
            $"A {type} cannot be reported.",
            $"These can: {string.Join(", ", ItemReader.TypeNames)}. Test-VxlanChecksum takes packets.")));
    }
}
