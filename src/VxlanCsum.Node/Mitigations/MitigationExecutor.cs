using System.Globalization;
using System.Security.Cryptography;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Applies plans, with a line in the journal before and after each step, and takes them back.</summary>
/// <param name="journal">The journal.</param>
/// <param name="held">Its lock.</param>
/// <param name="timeout">How long to wait for other locks.</param>
internal sealed class MitigationExecutor(Journal journal, JournalLock held, TimeSpan timeout)
{
    private readonly NodeChanges _changes = new(held, timeout);

    /// <summary>Takes the steps; where one fails, those before it are taken back.</summary>
    /// <returns>The id in the journal, and what there is to say about single steps.</returns>
    /// <exception cref="NodeException">A step failed, or it was stopped; the former state is back, or the message says
    /// what is not.</exception>
    public (string Id, string[] Notes) Apply(MitigationContext context, MitigationKind kind,
        IReadOnlyList<MitigationStep> steps, bool persisted) =>
        Apply(context, kind, steps, persisted, null);

    /// <summary>Takes the steps for one who takes them back himself and holds the lock of this name until
    /// then.</summary>
    /// <returns>The id in the journal, where it stays open until it is undone.</returns>
    /// <exception cref="NodeException">As with
    /// <see cref="Apply(MitigationContext, MitigationKind, IReadOnlyList{MitigationStep}, bool)"/>.</exception>
    public string Lend(MitigationContext context, string owner, IReadOnlyList<MitigationStep> steps) =>
        Apply(context, null, steps, false, owner).Id;

    private (string Id, string[] Notes) Apply(MitigationContext context, MitigationKind? kind,
        IReadOnlyList<MitigationStep> steps, bool persisted, string? owner)
    {
        journal.Compact();

        // What is there is read before the first change: all of it is brought back to this.
        NodeChange?[] changes = [
            .. steps.Select(static s => NodeChange.Of(s) is { } change ? NodeChanges.WithFormer(change) : null)];
        var intent = new JournalIntent(kind, NodePlace.Current(context.NamespaceSpec), MitigationContext.BootId,
            [.. changes.OfType<NodeChange>()], persisted, owner);
        string id = NewId(intent.Name);
        var notes = new List<string>();
        Announce(new JournalEvent
        {
            Id = id,
            Event = JournalEventType.Intent,
            Time = DateTime.UtcNow,
            Intent = intent
        });
        int begun = 0;
        try
        {
            for (int i = 0; i < steps.Count; i++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (changes[i] is not null)
                {
                    journal.Append(Event(id, JournalEventType.Begin, begun));
                    begun++;
                }

                if (_changes.Apply(steps[i]) is { } note)
                {
                    notes.Add(note);
                }
            }

            // What is lent stays pending: where its owner ends without taking it back, it was interrupted.
            if (owner is null)
            {
                journal.Append(
                    Event(id, JournalEventType.Applied) with { Notes = notes.Count > 0 ? [.. notes] : null });
            }

            return (id, [.. notes]);
        }
        catch (Exception e)
        {
            // Whatever it was, also what nobody thought of: the node is not left half changed.
            throw RollBack(id, intent, begun, e);
        }
    }

    /// <summary>
    /// Takes back what the journal says of an entry, from the last change to the first, and closes it where all is as
    /// it was.
    /// Repeating it does no harm.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <param name="force">Closes it also where not all is as it was: someone knows better.</param>
    /// <exception cref="NodeException">A change could not be taken back, or the journal not be told; the entry stays
    /// open.</exception>
    public MitigationUndo Undo(JournalEntry entry, bool force)
    {
        Announce(Event(entry.Id, JournalEventType.Undoing));
        int count = entry.State == JournalState.Pending ? entry.Begun : entry.Intent.Changes.Length;
        (List<ReversalResult> results, NodeException? failure) = TakeBack(entry.Intent, count);
        bool restored = results.All(static r => r.IsRestored);
        var undo = new MitigationUndo
        {
            Id = entry.Id,
            Kind = entry.Intent.Kind,
            Changed = results.Any(static r => r.DidChange),
            Restored = restored,
            Closed = restored || force,
            Steps = [.. results.Select(static r => r.Text)],
            AppliedAt = entry.Time,
            NetworkNamespace = entry.Intent.NetworkNamespace,
        };
        if (failure is null || force)
        {
            Close(undo);
            return undo;
        }

        throw new NodeException(failure.ErrorId, failure.Reason, entry.Id,
            $"{entry.Id} could not be undone whole: {failure.Problem} {Summary(undo)}",
            failure.Advice ?? "It stays in the journal: Undo-ChecksumMitigation tries again.", failure);
    }

    /// <summary>Without this line nothing is begun.</summary>
    private void Announce(JournalEvent line)
    {
        try
        {
            journal.Append(line);
        }
        catch (NodeException e)
        {
            throw new NodeException(e.ErrorId, e.Reason, e.Target, $"{e.Problem} Nothing was changed.", e.Advice, e);
        }
    }

    private void Close(MitigationUndo undo)
    {
        try
        {
            journal.Append(
                Event(undo.Id, undo.Closed ? JournalEventType.Undone : JournalEventType.Left) with
                {
                    Restored = undo.Restored,
                    Notes = undo.Steps
                });
        }
        catch (NodeException e)
        {
            throw new NodeException(e.ErrorId, e.Reason, undo.Id,
                $"{undo.Id}: {(undo.Restored ? "the former state is back" : "not all is as it was")}, but the "
                + $"journal could not be told: {e.Problem} {Summary(undo)}",
                "Make room, and undo it again: it will find what is done already.", e);
        }
    }

    private static string Summary(MitigationUndo undo) =>
        undo.Steps.Length > 0 ? $"Done: {string.Join("; ", undo.Steps)}." : "Nothing was done.";

    private (List<ReversalResult> Results, NodeException? Failure) TakeBack(JournalIntent intent, int count)
    {
        var results = new List<ReversalResult>();
        NodeException? failure = null;
        NodePlace place = NodePlace.Of(intent);
        bool isHeldByUnit = false;
        foreach (NodeChange change in intent.Changes.Take(count).Reverse())
        {
            try
            {
                // Without its file a unit that still runs could not be stopped any more.
                ReversalResult result = isHeldByUnit && change.File is { } file
                    ? new ReversalResult(Reversal.Unknown, $"{file.Path} stays until its unit is off")
                    : TakeBack(change, place, intent);
                isHeldByUnit |= change.Unit is not null && !result.IsRestored;
                results.Add(result);
            }
            catch (Exception e)
            {
                // The others are taken back all the same.
                isHeldByUnit |= change.Unit is not null;
                NodeException told = e as NodeException ?? new NodeException(NodeErrorId.MitigationUndoFailed,
                    NodeFailure.Failed, intent.Name, SafeText.Escape(e.Message), null, e);
                results.Add(new ReversalResult(Reversal.Unknown, told.Problem));
                failure ??= told;
            }
        }

        return (results, failure);
    }

    private ReversalResult TakeBack(NodeChange change, NodePlace place, JournalIntent intent) =>
        change.IsLasting ? _changes.Revert(change, anyDevice: true)
        : place.Gone is { } gone ? new ReversalResult(Reversal.Gone, gone)
        : place.Unknown is { } unknown ? new ReversalResult(Reversal.Unknown, unknown)
        : NetworkNamespace.Within(place.Spec, () => _changes.Revert(change,
            anyDevice: intent.Persisted || intent.BootId != MitigationContext.BootId));

    private NodeException RollBack(string id, JournalIntent intent, int begun, Exception failure)
    {
        string why = failure is OperationCanceledException ? "it was stopped." : SafeText.Escape(failure.Message);
        (List<ReversalResult> results, NodeException? second) = TakeBack(intent, begun);
        if (second is not null || !results.All(static r => r.IsRestored))
        {
            return new NodeException(NodeErrorId.MitigationFailed, NodeFailure.Failed, intent.Name,
                $"{intent.Name} failed: {why} Taking it back failed as well: "
                    + $"{second?.Message ?? string.Join("; ",
                        results.Where(static r => !r.IsRestored).Select(static r => r.Text))}",
                $"The journal {journal.FilePath} holds what is left to do: Undo-ChecksumMitigation -Pending.", failure);
        }

        string closed = string.Empty;
        try
        {
            journal.Append(
                Event(id, JournalEventType.RolledBack) with { Notes = [why, .. results.Select(static r => r.Text)] });
        }
        catch (NodeException)
        {
            // A full disk, say: then the entry stays open, and undoing it finds that there is nothing left to do.
            closed = " The journal could not be told.";
        }

        return new NodeException(
            failure is NodeException { ErrorId: NodeErrorId.MitigationBusy or NodeErrorId.JournalUnusable } known
                ? known.ErrorId : NodeErrorId.MitigationFailed,
            failure is NodeException node ? node.Reason : NodeFailure.Failed, intent.Name,
            $"{intent.Name} failed: {why} The former state is back.{closed}", null, failure);
    }

    private static JournalEvent Event(string id, JournalEventType type, int? step = null) =>
        new() { Id = id, Event = type, Step = step, Time = DateTime.UtcNow };

    private static string NewId(string kind) => string.Create(
        CultureInfo.InvariantCulture,
        $"{kind}-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
}
