using System.Globalization;
using System.Security.Cryptography;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Applies plans, with a line in the journal before and after each step. The journal's lock must be held.</summary>
internal static class MitigationExecutor
{
    /// <summary>Takes the steps; where one fails, those before it are taken back.</summary>
    /// <returns>The id in the journal, and what there is to say about single steps.</returns>
    /// <exception cref="NodeException">A step failed, or it was stopped; the former state is back, or the message says what is not.</exception>
    public static (string Id, string[] Notes) Apply(MitigationContext context, MitigationKind kind, IReadOnlyList<MitigationStep> steps, bool persisted) =>
        Apply(context, new JournalIntent(kind, context.NamespaceSpec, NetworkNamespace.Current, MitigationContext.BootId, [.. steps], persisted));

    /// <summary>Takes the steps for one who takes them back himself and holds the lock of this name until then.</summary>
    /// <returns>The id in the journal, where it stays open until it is undone.</returns>
    /// <exception cref="NodeException">As with <see cref="Apply(MitigationContext, MitigationKind, IReadOnlyList{MitigationStep}, bool)"/>.</exception>
    public static string Lend(MitigationContext context, string owner, IReadOnlyList<MitigationStep> steps) =>
        Apply(context, new JournalIntent(null, context.NamespaceSpec, NetworkNamespace.Current, MitigationContext.BootId, [.. steps], false, owner)).Id;

    private static (string Id, string[] Notes) Apply(MitigationContext context, JournalIntent intent)
    {
        Journal journal = context.Journal;
        journal.Compact();
        string id = NewId(intent.Name);
        MitigationStep[] steps = intent.Steps;
        var notes = new List<string>();
        journal.Append(new JournalEvent { Id = id, Event = JournalEventType.Intent, Time = DateTime.UtcNow, Intent = intent });
        int begun = 0;
        try
        {
            for (; begun < steps.Length;)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                journal.Append(Event(id, JournalEventType.Begin, begun));
                begun++;
                if (StepRunner.Apply(steps[begun - 1]) is { } note)
                {
                    notes.Add(note);
                }

                journal.Append(Event(id, JournalEventType.Done, begun - 1));
            }

            // What is lent stays pending: where its owner ends without taking it back, it was interrupted.
            if (intent.Owner is null)
            {
                journal.Append(Event(id, JournalEventType.Applied) with { Notes = notes.Count > 0 ? [.. notes] : null });
            }

            return (id, [.. notes]);
        }
        catch (Exception e) when (e is NodeException or OperationCanceledException)
        {
            throw RollBack(journal, id, intent.Name, steps, begun, e);
        }
    }

    /// <summary>Takes back what the journal says of an entry, from the last step to the first. Repeating it does no harm.</summary>
    /// <exception cref="NodeException">A step could not be taken back; the entry stays open.</exception>
    public static MitigationUndo Undo(Journal journal, JournalEntry entry)
    {
        JournalIntent intent = entry.Intent;
        var results = new List<ReversalResult>();
        if (IsGone(intent) is { } gone)
        {
            results.Add(new ReversalResult(Reversal.Gone, gone));
        }
        else
        {
            NetworkNamespace.Within(intent.NetworkNamespace, () =>
            {
                results.AddRange(TakeBack(intent, entry.Begun));
                return true;
            });
        }

        MitigationUndo undo = Describe(entry, results);
        journal.Append(Event(entry.Id, JournalEventType.Undone) with { Notes = undo.Steps });
        return undo;
    }

    private static List<ReversalResult> TakeBack(JournalIntent intent, int begun)
    {
        var results = new List<ReversalResult>();
        bool rebooted = intent.BootId != MitigationContext.BootId;
        for (int i = Math.Min(begun, intent.Steps.Length) - 1; i >= 0; i--)
        {
            MitigationStep step = intent.Steps[i];
            bool lasting = step.Type is MitigationStepType.File or MitigationStepType.Service or MitigationStepType.Setting;
            results.Add(rebooted && !lasting && !intent.Persisted
                ? new ReversalResult(Reversal.Gone, $"{step.Description}: gone with the reboot")
                : StepReverter.Revert(step, anyDevice: intent.Persisted));
        }

        return results;
    }

    private static string? IsGone(JournalIntent intent)
    {
        if (intent.NetworkNamespace is not { } spec)
        {
            return null;
        }

        try
        {
            return NetworkNamespace.Within(spec, static () => NetworkNamespace.Current) == intent.NamespaceId
                ? null
                : $"the network namespace '{spec}' was made anew since: nothing of it is left";
        }
        catch (NodeException e) when (e.ErrorId == NodeErrorId.NamespaceNotFound)
        {
            return $"the network namespace '{spec}' is gone, and all in it";
        }
    }

    private static NodeException RollBack(Journal journal, string id, string kind, MitigationStep[] steps, int begun, Exception failure)
    {
        string why = failure is OperationCanceledException ? "it was stopped" : failure.Message;
        var notes = new List<string>();
        try
        {
            for (int i = begun - 1; i >= 0; i--)
            {
                notes.Add(StepReverter.Revert(steps[i], anyDevice: false).Text);
            }
        }
        catch (NodeException second)
        {
            return new NodeException(NodeErrorId.MitigationFailed, NodeFailure.Failed, kind,
                $"{kind} failed: {why} Taking it back failed as well: {second.Message}",
                $"The journal {journal.FilePath} holds what is left to do: Undo-ChecksumMitigation -Pending.", failure);
        }

        string closed = string.Empty;
        try
        {
            journal.Append(Event(id, JournalEventType.RolledBack) with { Notes = [why, .. notes] });
        }
        catch (NodeException)
        {
            // A full disk, say: then the entry stays open, and undoing it finds that there is nothing left to do.
            closed = " The journal could not be told.";
        }

        return new NodeException(
            failure is NodeException { ErrorId: NodeErrorId.MitigationBusy or NodeErrorId.JournalUnusable } known ? known.ErrorId : NodeErrorId.MitigationFailed,
            failure is NodeException node ? node.Reason : NodeFailure.Failed, kind,
            $"{kind} failed: {why} The former state is back.{closed}", null, failure);
    }

    private static MitigationUndo Describe(JournalEntry entry, List<ReversalResult> results) => new()
    {
        Id = entry.Id,
        Kind = entry.Intent.Kind,
        Changed = results.Any(static r => r.Outcome == Reversal.Restored),
        Restored = results.All(static r => r.Outcome != Reversal.Changed),
        Steps = [.. results.Where(static r => r.Outcome != Reversal.Nothing).Select(static r => r.Text)],
        AppliedAt = entry.Time,
        NetworkNamespace = entry.Intent.NetworkNamespace,
    };

    private static JournalEvent Event(string id, JournalEventType type, int? step = null) => new() { Id = id, Event = type, Step = step, Time = DateTime.UtcNow };

    private static string NewId(string kind) => string.Create(
        CultureInfo.InvariantCulture, $"{kind}-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
}
