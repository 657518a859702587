using System.Management.Automation;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Mitigations;
using VxlanCsum.Node.Probes;
using VxlanCsum.Sources;
using VxlanCsum.Text;

namespace VxlanCsum.Commands;

/// <summary>Invoke-ChecksumMitigation: applies a mitigation, verifies it, and keeps what is needed to undo
/// it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ChecksumMitigation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(MitigationReceipt))]
public sealed class InvokeChecksumMitigationCommand : PersistentMitigationCommand
{
    /// <summary>Which ones, each applied in turn.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Mitigation", "Mitigations")]
    [MitigationKindTransformation]
    public MitigationKind[]? Kind { get; set; }

    /// <summary>What Test-VxlanChecksum or Trace-KubePostrouting found: the best that can be applied here is.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Apply also what breaks other traffic.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// After applying, ask through this service address (address or address:port, 53 where none is given) by UDP and
    /// TCP, and have the receipt say whether both answer at once.
    /// </summary>
    [Parameter]
    public string? Probe { get; set; }

    private bool _kindIsGiven;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _kindIsGiven = MyInvocation.BoundParameters.ContainsKey(nameof(Kind));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? given = NetworkNamespace;
        try
        {
            // Of a diagnosis that Select-Object stripped, the mitigations still know where they belong.
            NetworkNamespace ??= MitigationKindTransformationAttribute.PlaceOf(
                InputObject?.Properties["Mitigations"]?.Value);
            RequireOwn();
            IReadOnlyList<string> networks = Networks(ServiceNetwork);
            ServiceAddress? probe = string.IsNullOrEmpty(Probe) ? null : ServiceAddress.Parse(Probe);
            foreach (MitigationKind kind in Choose(networks))
            {
                Apply(kind, networks, probe);
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
        finally
        {
            NetworkNamespace = given;
        }
    }

    /// <summary>What was found on another node says nothing of this one.</summary>
    private void RequireOwn()
    {
        if (!Force && InputObject is { } given && InNamespace(() => Provenance.Foreign(given)) is { } foreign)
        {
            throw new NodeException(NodeErrorId.MitigationOtherNode, NodeFailure.Refused, Environment.MachineName,
                $"{foreign} Nothing was changed.",
                "Run it on the node that it is about; if this is the one, give -Force.");
        }
    }

    /// <summary>What was asked for by name; of what a finding suggests the first that can be applied here.</summary>
    private MitigationKind[] Choose(IReadOnlyList<string> networks)
    {
        MitigationKind[] suggested;
        string? verdict = VerdictOf(InputObject);
        switch (InputObject?.BaseObject)
        {
            case not null when verdict == nameof(TraceVerdict.Safe):
                WriteVerbose("The rules do not translate tunnel packets: nothing is to be mitigated.");
                return [];
            case not null when verdict is not null && Kind is null:
                suggested = [.. MitigationCatalog.All.Where(static e => e.Cures.HasFlag(ChecksumDefect.B))
                    .Select(static e => e.Kind)];
                break;
            case string or MitigationKind when Kind is null:
                return [LanguagePrimitives.ConvertTo<MitigationKind>(InputObject)];
            case not null when !_kindIsGiven && Kind is not null && InputObject.BaseObject is not ChecksumMitigation:
                suggested = Kind;
                break;
            default:
                return Kind ?? throw new NodeException(NodeErrorId.MitigationKindMissing, NodeFailure.InvalidArgument,
                    nameof(Kind), InputObject is null ? "No mitigation was named."
                        : $"What came through the pipeline ({SafeText.Escape(InputObject.TypeNames[0], 64)}) names no "
                            + "mitigation. ConvertFrom-Json and Select-Object can lose that; Export-Clixml keeps it.",
                    "Give one with -Kind; Get-ChecksumMitigation lists them.");
        }

        if (suggested.Length == 0)
        {
            WriteVerbose("The finding asks for no mitigation.");
            return [];
        }

        NodeFacts facts = ReadFacts(networks);
        MitigationPlan[] plans = [.. suggested.Select(k => MitigationPlanner.Plan(k, facts))
            .Where(p => p.Applicable && (p.Danger is null || Force))];
        return plans.Length > 0 ? [plans[0].Kind]
            : throw new NodeException(NodeErrorId.MitigationNotApplicable, NodeFailure.Refused,
                string.Join(", ", suggested),
            $"None of the mitigations that help ({string.Join(", ", suggested)}) can be applied here.",
            "Get-ChecksumMitigation says why.");
    }

    /// <summary>Of a trace, alive or deserialised, what it found; null of anything else.</summary>
    private static string? VerdictOf(PSObject? given) =>
        given is not null && new PipelineObject(given) is { TypeName: nameof(RuleTrace) } trace
            ? trace.Text(nameof(RuleTrace.Verdict)) : null;

    private void Apply(MitigationKind kind, IReadOnlyList<string> networks, ServiceAddress? probe)
    {
        try
        {
            NodeFacts facts = ReadFacts(networks);
            MitigationPlan plan = MitigationPlanner.Plan(kind, facts);
            Require(plan);
            string[] confirmed = [.. Missing(plan).Select(static s => s.CommandLine)];
            if (confirmed.Length > 0 && !ShouldProcess(
                string.Join(Environment.NewLine, confirmed),
                $"{kind}{(plan.Danger is null ? "" : $": {plan.Danger}")}{Environment.NewLine}"
                    + $"{string.Join(Environment.NewLine, confirmed)}{Environment.NewLine}{About(facts)}Run these "
                    + $"commands on {Environment.MachineName}{Place}?",
                "Confirm"))
            {
                return;
            }

            // Written once the lock is free: what is next in the pipeline may want it, as Undo-ChecksumMitigation does.
            WriteObject(confirmed.Length == 0 ? Receipt(kind, null, plan, [], [], networks, probe)
                : Change(kind, confirmed, networks, probe));
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }

    private MitigationReceipt Change(MitigationKind kind, string[] confirmed, IReadOnlyList<string> networks,
        ServiceAddress? probe)
    {
        Journal journal = OpenJournal();
        using JournalLock held = journal.Lock(Patience, Stopped);

        // Others may have changed the node while the question was open, or before the lock was free.
        MitigationPlan now = MitigationPlanner.Plan(kind, ReadFacts(networks));
        Require(now);
        MitigationStep[] steps = Missing(now);
        if (steps.Any(s => !confirmed.Contains(s.CommandLine)))
        {
            throw new NodeException(NodeErrorId.MitigationChangedMeanwhile, NodeFailure.Refused, kind.ToString(),
                $"The node was changed meanwhile: {kind} would now run other commands. Nothing was changed.",
                "Run the command again.");
        }

        if (steps.Length == 0)
        {
            return Receipt(kind, null, now, [], [], networks, probe);
        }

        MitigationContext context = Context(journal);
        (string id, string[] notes) = context.Run(
            () => new MitigationExecutor(journal, held, Patience).Apply(context, kind, steps, persisted: Persists));
        return Receipt(kind, id, now, steps, notes, networks, probe) with
        {
            JournalPath = journal.FilePath,
            UndoCommand = UndoCommand(id, journal)
        };
    }

    /// <summary>What kube-proxy takes back, and when.</summary>
    private static string? Fate(MitigationKind kind) =>
        kind is MitigationKind.PrependMasquerade or MitigationKind.RemovePostroutingJump
            ? MitigationCatalog.Find(kind).Survives : null;

    private void Require(MitigationPlan plan)
    {
        if (!plan.Applicable)
        {
            throw new NodeException(NodeErrorId.MitigationNotApplicable, NodeFailure.Refused, plan.Kind.ToString(),
                $"{plan.Kind} cannot be applied here: {plan.Obstacle}.", "Get-ChecksumMitigation shows what can.");
        }

        if (plan.Danger is null || plan.Applied)
        {
            return;
        }

        if (MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf)
            && whatIf is SwitchParameter { IsPresent: true })
        {
            WriteWarning($"{plan.Kind} breaks other traffic: {plan.Danger}.");
        }
        else if (!Force)
        {
            throw new NodeException(NodeErrorId.MitigationNeedsForce, NodeFailure.Refused, plan.Kind.ToString(),
                $"{plan.Kind} breaks other traffic: {plan.Danger}. Nothing was changed.",
                "If that is what you want, give -Force; Get-ChecksumMitigation shows better ones.");
        }
    }

    private MitigationReceipt Receipt(
        MitigationKind kind, string? id, MitigationPlan before, MitigationStep[] steps, string[] notes,
        IReadOnlyList<string> networks, ServiceAddress? probe)
    {
        NodeFacts facts = ReadFacts(networks);
        MitigationPlan after = MitigationPlanner.Plan(kind, facts);
        (bool verified, string[] lines, string[] now) = InNamespace(
            () => MitigationVerifier.Verify(after, facts, Stopped));
        bool persisted = Persists && PersistenceReader.Holds(steps.Select(NodeChange.Of).OfType<NodeChange>());
        if (Persists)
        {
            verified &= persisted;
            lines = [.. lines, persisted ? "read back: what persists it stands, and is enabled"
                : "read back: what persists it is not there, or not enabled"];
        }

        if (probe is not null)
        {
            (bool well, string line) = ServiceProbe.Run(Namespace, probe, Stopped);
            verified &= well;
            lines = [.. lines, line];
        }

        return new MitigationReceipt
        {
            Id = id,
            Kind = kind,
            Changed = id is not null,
            Before = [.. before.States.Select(static s => s.Before)],
            After = now,
            Verified = verified,
            Verification = lines,
            Steps = steps,
            Notes = id is null || Fate(kind) is not { } fate ? notes : [.. notes, fate],
            Persisted = persisted,
            NetworkNamespace = Namespace,
        };
    }

    /// <summary>The tunnels that it is for, and what was found.</summary>
    private string About(NodeFacts facts)
    {
        string tunnels = facts.Tunnels.Count == 0 ? ""
            : $"Tunnel: {string.Join(", ", facts.Tunnels.Select(static t => t.Name))}.{Environment.NewLine}";
        return tunnels + (InputObject is null || InputObject.BaseObject is string or MitigationKind ? ""
            : $"Found: {SafeText.Escape(InputObject.ToString() ?? "", 200)}.{Environment.NewLine}");
    }

    private string Place => Namespace is null ? string.Empty : $" in the network namespace {Namespace}";

    private static string UndoCommand(string id, Journal journal) =>
        $"Undo-ChecksumMitigation -Id {id}{(journal.FilePath == Journal.DefaultPath ? ""
            : $" -JournalPath {ScriptWord.Literal(journal.FilePath)}")}";
}
