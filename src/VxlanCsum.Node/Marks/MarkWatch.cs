using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Mitigations;

namespace VxlanCsum.Node.Marks;

/// <summary>Rules that are in for as long as this lives. Where the process is killed, the journal has them taken out by
/// whoever comes next.</summary>
internal sealed class MarkWatch
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Journal _journal;
    private readonly OwnerLock _owner;
    private readonly string _id;
    private int _ended;

    private MarkWatch(Journal journal, OwnerLock owner, string id) => (_journal, _owner, _id) = (journal, owner, id);

    /// <summary>Puts the rules in, once what others left behind is out.</summary>
    /// <param name="context">Where.</param>
    /// <param name="token">Names its lock.</param>
    /// <param name="steps">The rules.</param>
    /// <param name="removed">Told of what others left behind.</param>
    /// <exception cref="NodeException">The journal cannot be used, or a rule cannot be put in; then none
    /// is.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; no rule is in.</exception>
    public static MarkWatch Begin(MitigationContext context, string token, IReadOnlyList<MitigationStep> steps,
        Action<MitigationUndo> removed)
    {
        Journal journal = context.Journal;
        using JournalLock held = journal.Lock(context.Timeout, context.Cancellation);
        foreach (JournalEntry left in journal.Read()
            .Where(e => e.IsOpen && e.Intent.Owner is not null && !OwnerLock.IsHeld(journal, e.Intent.Owner)))
        {
            removed(new MitigationExecutor(journal, held, context.Timeout).Undo(left, force: false));
        }

        OwnerLock owner = Take(journal, token);
        try
        {
            return new MarkWatch(journal, owner,
                context.Run(() => new MitigationExecutor(journal, held, context.Timeout).Lend(context, token, steps)));
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>Takes the rules out; a second call does nothing.</summary>
    /// <returns>What became of them; null where that was done before.</returns>
    /// <exception cref="NodeException">A rule could not be taken out. It stays in the journal.</exception>
    public MitigationUndo? End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return null;
        }

        try
        {
            // Not to be cancelled: this is what has to be done when all else is.
            using JournalLock held = _journal.Lock(s_patience, CancellationToken.None);
            return _journal.Read().FirstOrDefault(e => e.Id == _id) is { IsOpen: true } entry
                ? new MitigationExecutor(_journal, held, s_patience).Undo(entry, force: false) : null;
        }
        catch (NodeException e)
        {
            throw new NodeException(NodeErrorId.MitigationUndoFailed, e.Reason, _id,
                $"The rules of {_id} could not be taken out: {e.Problem}",
                $"Undo-ChecksumMitigation -Id {_id} tries again.", e);
        }
        finally
        {
            _owner.Dispose();
        }
    }

    private static OwnerLock Take(Journal journal, string token)
    {
        try
        {
            return OwnerLock.Take(journal, token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(NodeErrorId.JournalUnusable,
                e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, journal.FilePath,
                $"Nothing can be written beside the journal {journal.FilePath}: {e.Message} Nothing was changed.",
                "Run as root, or give a place on a writable disk with -JournalPath.", e);
        }
    }
}
