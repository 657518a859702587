using System.Management.Automation;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Mitigations;

namespace VxlanCsum.Commands;

/// <summary>Undo-ChecksumMitigation: brings back the state before a mitigation, also after a crash.</summary>
[Cmdlet(VerbsCommon.Undo, "ChecksumMitigation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium,
    DefaultParameterSetName = ById,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(MitigationUndo))]
public sealed class UndoChecksumMitigationCommand : MitigationCommand
{
    private const string ById = "Id", ByAll = "All", ByPending = "Pending";

    /// <summary>The id of a receipt, or the receipt itself from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = ById)]
    [ArgumentCompleter(typeof(Completers.MitigationIdCompleter))]
    [AllowNull]
    [AllowEmptyCollection]
    public string?[]? Id { get; set; }

    /// <summary>Everything that was applied and not undone, the last first; also what was interrupted.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByAll)]
    public SwitchParameter All { get; set; }

    /// <summary>What was interrupted while it was applied or undone, by a crash for example.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPending)]
    public SwitchParameter Pending { get; set; }

    /// <summary>
    /// Close an entry also where not all is as it was: others changed it, or it cannot be looked at. What can be
    /// brought back is.
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            Journal journal = OpenJournal();
            IReadOnlyList<JournalEntry> chosen = Choose(journal, WriteWarning);
            foreach (JournalEntry entry in chosen)
            {
                Undo(journal, entry);
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

    private List<JournalEntry> Choose(Journal journal, Action<string>? problem)
    {
        IReadOnlyList<JournalEntry> entries = journal.Read(problem);
        if (ParameterSetName != ById)
        {
            // What has an owner still is taken back by him.
            return
            [
                .. entries.Where(
                    e => (Pending ? e.IsInterrupted : e.IsOpen)
                        && (Namespace is null || e.Intent.NetworkNamespace == Namespace)
                    && !OwnerLock.IsHeld(journal, e.Intent.Owner)).Reverse(),
            ];
        }

        var chosen = new List<JournalEntry>();

        // The receipt of what changed nothing has no id.
        foreach (string id in (Id ?? []).OfType<string>().Where(static i => i.Length > 0))
        {
            if (entries.FirstOrDefault(e => e.Id == id) is { } entry)
            {
                chosen.Add(entry);
            }
            else
            {
                WriteError(Unknown(journal, entries, id));
            }
        }

        return chosen;
    }

    private static NodeException Unknown(Journal journal, IReadOnlyList<JournalEntry> entries, string id)
    {
        string[] open = [.. entries.Where(static e => e.IsOpen).Select(static e => e.Id)];
        return new NodeException(NodeErrorId.MitigationUnknown, NodeFailure.NotFound, id,
            $"The journal {journal.FilePath} knows no mitigation '{Text.SafeText.Escape(id, 64)}'.",
            open.Length == 0 ? "It has none that could be undone." : $"It has: {string.Join(", ", open)}.");
    }

    private void Undo(Journal journal, JournalEntry entry)
    {
        try
        {
            int begun = entry.State == JournalState.Pending ? entry.Begun : entry.Intent.Changes.Length;
            string what = string.Join(Environment.NewLine,
                entry.Intent.Changes.Take(begun).Reverse().Select(static c => Text.SafeText.Escape(c.ToString())));
            if (entry.IsOpen && !ShouldProcess(
                what.Length == 0 ? $"Close {entry.Id}: no step of it was begun" : what,
                $"{entry.Id} on {Environment.MachineName}{Environment.NewLine}{what}{Environment.NewLine}Do this, as "
                + $"far as it is still needed?", "Confirm"))
            {
                return;
            }

            MitigationUndo undo = Undo(journal, entry.Id);
            if (!undo.Restored)
            {
                WriteWarning(
                    $"{undo.Id}: not all is as it was; what others changed was left alone: "
                    + $"{string.Join("; ", undo.Steps)}. " + (undo.Closed
                    ? "It was closed all the same, as -Force says."
                    : "It stays in the journal: undo it again once that is settled, or close it with -Force."));
            }

            WriteObject(undo);
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }

    /// <summary>Under the lock, which is free again before anything is written.</summary>
    private MitigationUndo Undo(Journal journal, string id)
    {
        using JournalLock held = journal.Lock(Patience, Stopped);

        // As it is now that nobody else can change it.
        JournalEntry now = journal.Read().FirstOrDefault(e => e.Id == id)
            ?? throw new NodeException(NodeErrorId.MitigationUnknown, NodeFailure.NotFound, id,
            $"The journal {journal.FilePath} does not know {id} any more.");
        return now.IsOpen ? new MitigationExecutor(journal, held, Patience).Undo(now, Force) : new MitigationUndo
        {
            Id = now.Id,
            Kind = now.Intent.Kind,
            Restored = now.WasRestored,
            Closed = true,
            Steps = ["was undone already"],
            AppliedAt = now.Time,
            NetworkNamespace = now.Intent.NetworkNamespace,
        };
    }
}
