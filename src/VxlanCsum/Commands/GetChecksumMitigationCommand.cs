using System.Management.Automation;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Mitigations;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Get-ChecksumMitigation: what can be done about the fault on this node, the cheapest first.</summary>
[Cmdlet(VerbsCommon.Get, "ChecksumMitigation",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(ChecksumMitigation))]
public sealed class GetChecksumMitigationCommand : PersistentMitigationCommand
{
    /// <summary>Only these. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Mitigation", "Mitigations")]
    [MitigationKindTransformation]
    public MitigationKind[]? Kind { get; set; }

    /// <summary>What Test-VxlanChecksum or Trace-KubePostrouting found: only what helps against it is
    /// returned.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is RuleTrace { Verdict: TraceVerdict.Safe })
        {
            WriteVerbose("The rules do not translate tunnel packets: nothing is to be mitigated.");
            return;
        }

        IEnumerable<MitigationEntry> wanted = MitigationCatalog.All.Where(e => Kind?.Contains(e.Kind) ?? true);
        if (InputObject?.BaseObject is RuleTrace)
        {
            wanted = wanted.Where(static e => (e.Cures & (ChecksumDefect.A | ChecksumDefect.B)) != 0);
        }

        try
        {
            NodeFacts facts = ReadFacts(Networks(ServiceNetwork));
            IReadOnlyList<JournalEntry> entries = ReadJournal();
            foreach (MitigationEntry entry in wanted)
            {
                WriteObject(
                    Describe(entry, MitigationPlanner.Plan(entry.Kind, facts),
                        entries.LastOrDefault(e => e.Intent.Kind == entry.Kind)));
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private List<JournalEntry> ReadJournal()
    {
        try
        {
            JournalEntry[] open = [.. OpenJournal().Read(WriteWarning).Where(static e => e.IsOpen)];
            return InNamespace(() => open.Where(static e => NodePlace.IsHere(e.Intent)).ToList());
        }
        catch (NodeException e)
        {
            WriteVerbose(e.Message);
            return [];
        }
    }

    private ChecksumMitigation Describe(MitigationEntry entry, MitigationPlan plan, JournalEntry? applied) =>
        WithPersistence(entry.Describe(plan), plan) with
        {
            Id = applied?.Id,
            PersistedBy = applied is null ? [] : [.. applied.Intent.Changes.Select(static c => c.File)
                .OfType<FileChange>().Where(PersistenceReader.Stands).Select(static f => f.Path)],
            Drift = plan.Applied ? null : applied?.State switch
            {
                JournalState.Pending =>
                    "it was interrupted while it was applied: Undo-ChecksumMitigation -Pending takes back what was "
                        + "done",
                JournalState.Undoing => "it was interrupted while it was undone: Undo-ChecksumMitigation -Pending goes "
                    + "on",
                JournalState.Applied when plan.All.Any(static s => s.IsDisplaced) =>
                    $"it was applied as {applied.Id}; its rule is there, but not first any more: others were put "
                        + $"before "
                    + $"it, which kube-proxy does when it starts",
                JournalState.Applied =>
                    $"it was applied as {applied.Id} and is not in effect any more: {Culprit(entry.Kind)}",
                _ => null,
            },
            NetworkNamespace = Namespace,
            NodeName = Environment.MachineName,
            NodeId = Node.Versions.NodeIdentity.Id,
            Origin = EvidenceOrigin.Live,
        };

    /// <summary>With -Persist what persists it is asked for, too, and may be impossible.</summary>
    private ChecksumMitigation WithPersistence(ChecksumMitigation mitigation, MitigationPlan plan)
    {
        if (!Persists || !plan.Applicable)
        {
            return mitigation;
        }

        try
        {
            return mitigation with { Missing = [.. Missing(plan).Select(static s => s.CommandLine)] };
        }
        catch (NodeException e) when (e.ErrorId == NodeErrorId.PersistenceUnavailable)
        {
            return mitigation with { Applicable = false, Reason = e.Message, Missing = [] };
        }
    }

    private static string Culprit(MitigationKind kind) => kind switch
    {
        MitigationKind.DisableTxChecksum or MitigationKind.DisableRxTxOffload
            or MitigationKind.DisableTunnelSegmentation =>
            "the node was booted since, or the device was made anew (network plugins do that), or someone switched "
            + "the feature on",
        MitigationKind.PrependMasquerade or MitigationKind.RemovePostroutingJump =>
            "kube-proxy has written its rules anew, as it does at a change of a service or endpoint",
        MitigationKind.FelixChecksumOverride => "someone changed felix's configuration",
        MitigationKind.AddServiceRoute => "the node was booted since, or the device or its route was removed",
        _ => "the node was booted since, or another program restored or flushed the rules",
    };
}
