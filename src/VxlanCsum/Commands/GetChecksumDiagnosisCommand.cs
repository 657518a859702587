using System.Collections.Concurrent;
using System.Management.Automation;
using VxlanCsum.Completers;
using VxlanCsum.Diagnoses;
using VxlanCsum.Node.Diagnoses;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Get-ChecksumDiagnosis: looks at everything that decides on this node, and says what is wrong, why, and what
/// to do.</summary>
/// <remarks>
/// Changes nothing. Devices, features, rules, counters and versions are always looked at, side by side; packets,
/// look-ups and the kernel's behaviour where that is asked for. What cannot be looked at is a finding, and never makes
/// a node healthy. With -Quiet only the verdict is given; with -ExitCode the host ends with its number: 0 Healthy, 1
/// AtRisk, 2 FaultActive, 3 Undecided (and where the diagnosis itself failed), as monitors expect it.
/// </remarks>
[Cmdlet(VerbsCommon.Get, "ChecksumDiagnosis", DefaultParameterSetName = NodeSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(NodeDiagnosis), typeof(DiagnosisVerdict))]
public sealed class GetChecksumDiagnosisCommand : NamespaceCommand
{
    private const string NodeSet = "Node", FolderSet = "FromPath", TicketSet = "Path", LiteralTicketSet = "LiteralPath",
        TextSet = "Text";

    private readonly ConcurrentQueue<string> _told = new();
    private DiagnosisVerdict _worst = DiagnosisVerdict.Undecided;
    private TicketFiles? _ticket;
    private bool _any, _failed;

    /// <summary>Seconds to capture below the tunnels. Default: no capture.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [Alias("Duration")]
    [ValidateRange(0.01, 86_400.0)]
    public double CaptureSeconds { get; set; }

    /// <summary>Captures that were taken before, here or where this node's packets arrive; wildcards are
    /// resolved.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Capture { get; set; } = [];

    /// <summary>Ask a service by UDP and TCP, as Test-KubeServiceDns does, while the capture runs.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    public SwitchParameter Probe { get; set; }

    /// <summary>The service to ask, with a port where it is not 53. Default: the cluster's DNS, found on the
    /// node.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ArgumentCompleter(typeof(ClusterDnsCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProbeServer { get; set; }

    /// <summary>What to ask it for. Default: a name that any cluster's DNS knows.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateNotNullOrEmpty]
    public string? ProbeName { get; set; }

    /// <summary>Find out what the kernel does, as Test-KernelChecksumDefect does, between throwaway network
    /// namespaces.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    public SwitchParameter TestKernel { get; set; }

    /// <summary>Seconds between the two readings of the counters, at least. Default: 1.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateRange(0, 86_400.0)]
    public double CounterSeconds { get; set; } = 1;

    /// <summary>
    /// Seconds to watch what the kernel drops for its checksum, as Watch-ChecksumDrop does, beside all else. 0: not at
    /// all. Default: as long as the counters and the capture take.
    /// </summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateRange(0, 86_400.0)]
    public double? DropSeconds { get; set; }

    /// <summary>How many seconds each program that is asked may take. Default: 60.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateRange(1, 3600)]
    public int Timeout { get; set; } = 60;

    /// <summary>The node's name in the diagnosis. Default: the host's; of a ticket, the one its prompts
    /// name.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [Parameter(ParameterSetName = TicketSet)]
    [Parameter(ParameterSetName = LiteralTicketSet)]
    [Parameter(ParameterSetName = TextSet)]
    [ValidateNotNullOrEmpty]
    public string? NodeName { get; set; }

    /// <summary>The journal of the mitigations that were applied here. Default:
    /// /var/lib/vxlancsum/journal.jsonl.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateNotNullOrEmpty]
    public string? JournalPath { get; set; }

    /// <summary>
    /// A folder, new or empty, that gets all that the diagnosis stands on: rules as they were printed, packets without
    /// what they
    /// carry, the rest as JSON. No secret is collected; who may see the node's addresses and rules may see it.
    /// </summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateNotNullOrEmpty]
    public string? SaveTo { get; set; }

    /// <summary>Save other addresses and names for the node's, each consistently for one, no free text, and instead of
    /// packets what they showed. The diagnosis given here stays as it is.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    public SwitchParameter Anonymize { get; set; }

    /// <summary>Folders that -SaveTo made, here or on another node: they are judged instead of this node.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FolderSet)]
    [ValidateNotNullOrEmpty]
    public string[] FromPath { get; set; } = [];

    /// <summary>
    /// A ticket: files with what programs printed, mixed with prose or not, captures, and folders of such files (a
    /// sosreport, a must-gather); wildcards are resolved. All of it is one ticket, and judged instead of this node.
    /// Folders that -SaveTo made are judged by themselves.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TicketSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The same, names taken as they are.</summary>
    // Not mandatory, and neither is the text: of several mandatory ones the binder would settle on the one that takes
    // whole objects before it has seen an object.
    [Parameter(ParameterSetName = LiteralTicketSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A ticket's text: line by line, or as a whole.</summary>
    [Parameter(ParameterSetName = TextSet, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [AllowNull]
    [TextOnly]
    public string?[]? InputObject { get; set; }

    /// <summary>Only give the verdict.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>End the host with the verdict's number, for monitors: 0 Healthy, 1 AtRisk, 2 FaultActive, 3 Undecided
    /// or not diagnosed.</summary>
    [Parameter]
    public SwitchParameter ExitCode { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // Whatever goes wrong from here on, a monitor must not take it for a verdict.
        Exit(DiagnosisVerdict.Undecided);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case FolderSet:
                foreach (string path in FromPath.SelectMany(Files))
                {
                    Diagnose(() => EvidenceFolder.Load(path, Stopped));
                }

                break;
            case TextSet:
                foreach (string? text in InputObject ?? [])
                {
                    Ticket.Add(text ?? string.Empty);
                }

                break;
            case TicketSet or LiteralTicketSet:
                foreach (string path in TextFiles.Resolve(this, Path, LiteralPath))
                {
                    ReadTicket(path);
                }

                break;
            default:
                Diagnose(LookAtNode);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ticket is not null || (ParameterSetName == TextSet && !_any && !_failed))
        {
            Judged(() => Ticket.Complete(NodeName));
        }

        Exit(_any && (!_failed || Weight(_worst) > Weight(DiagnosisVerdict.Undecided)) ? _worst
            : DiagnosisVerdict.Undecided);
    }

    private TicketFiles Ticket => _ticket ??= new TicketFiles(error =>
    {
        _failed = true;
        WriteError(error);
    }, Stopped);

    /// <summary>What -SaveTo made tells its verdict by itself; all else is of the one ticket.</summary>
    private void ReadTicket(string path)
    {
        if (EvidenceFolder.IsAt(path))
        {
            Diagnose(() => EvidenceFolder.Load(path, Stopped));
            return;
        }

        Judged(() =>
        {
            WriteVerbose($"Reading {Text.SafeText.Escape(path)}.");
            Ticket.Read(path);
            return null;
        });
    }

    private void Diagnose(Func<NodeEvidence> look) => Judged(() => DiagnosisJudge.Judge(look(), Stopped));

    private void Judged(Func<NodeDiagnosis?> judge)
    {
        try
        {
            if (judge() is { } diagnosis)
            {
                Write(diagnosis);
            }
        }
        catch (NodeException e)
        {
            _failed = true;
            WriteError(e);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private NodeEvidence LookAtNode()
    {
        NetworkLinks.RequireLinux("a node's rules, devices and counters");
        string? folder = SaveTo is null ? null : GetUnresolvedProviderPathFromPSPath(SaveTo);
        if (folder is not null)
        {
            EvidenceFolder.Prepare(folder);
        }

        DiagnosisRequest request = Request() with
        {
            KeepRules = folder is not null,
            KeepCapturesIn = Anonymize ? null : folder
        };
        Gathered gathered = Wait(new EvidenceGatherer(request, _told.Enqueue, Stopped).GatherAsync());
        if (folder is not null)
        {
            EvidenceFolder.Save(folder, gathered, Anonymize);
            WriteVerbose($"Saved to {Text.SafeText.Escape(folder)}.");
        }

        return gathered.Evidence;
    }

    private DiagnosisRequest Request() => new()
    {
        NetworkNamespace = Namespace,
        NodeName = NodeName,
        CounterInterval = TimeSpan.FromSeconds(CounterSeconds),
        Timeout = TimeSpan.FromSeconds(Timeout),
        CaptureDuration = CaptureSeconds > 0 ? TimeSpan.FromSeconds(CaptureSeconds) : null,
        DropDuration = (DropSeconds ?? Math.Max(CounterSeconds, CaptureSeconds)) is var drops and > 0
            ? TimeSpan.FromSeconds(drops) : null,
        Captures = [.. Capture.SelectMany(Files)],
        Probe = Probe || ProbeServer is not null || ProbeName is not null,
        ProbeServer = ProbeServer,
        ProbeName = ProbeName,
        JournalPath = JournalPath is null ? null : GetUnresolvedProviderPathFromPSPath(JournalPath),
        TestKernel = TestKernel,
    };

    /// <summary>What names no file goes on as it is: that it could not be read is then a finding.</summary>
    private IEnumerable<string> Files(string path)
    {
        try
        {
            return GetResolvedProviderPathFromPSPath(path, out _) is { Count: > 0 } found ? found
                : [GetUnresolvedProviderPathFromPSPath(path)];
        }
        catch (Exception e)
            when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException
                or ProviderNotFoundException)
        {
            return [path];
        }
    }

    private T Wait<T>(Task<T> gathering)
    {
        string looking = "looking at devices, rules, counters and versions";
        TaskProgress.Wait(this, gathering, "Diagnosing", progress =>
        {
            while (_told.TryDequeue(out string? told))
            {
                WriteVerbose(told);
                looking = told;
            }

            progress.StatusDescription = looking;
        });
        return gathering.GetAwaiter().GetResult();
    }

    private void Write(NodeDiagnosis diagnosis)
    {
        _worst = !_any || Weight(diagnosis.Verdict) > Weight(_worst) ? diagnosis.Verdict : _worst;
        _any = true;
        WriteObject(Quiet ? diagnosis.Verdict : diagnosis);
    }

    /// <summary>Of several nodes a fault weighs most, and what is not known more than what is well.</summary>
    private static int Weight(DiagnosisVerdict verdict) => verdict switch
    {
        DiagnosisVerdict.Healthy => 0,
        DiagnosisVerdict.Undecided => 1,
        DiagnosisVerdict.AtRisk => 2,
        _ => 3,
    };

    private void Exit(DiagnosisVerdict verdict)
    {
        if (ExitCode)
        {
            Host.SetShouldExit((int)verdict);
        }
    }
}
