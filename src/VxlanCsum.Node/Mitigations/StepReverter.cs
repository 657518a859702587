using System.Globalization;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Processes;
using VxlanCsum.Node.Rules;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Node.Mitigations;

/// <summary>
/// Takes single steps back, in the network namespace within which it is called. Each looks first: a step that had no effect, or
/// whose effect someone else has changed since, is left as it is.
/// </summary>
internal static class StepReverter
{
    /// <exception cref="NodeException">It could not be taken back.</exception>
    public static ReversalResult Revert(MitigationStep step, bool anyDevice) => step switch
    {
        { Rule: { Removes: true } rule } => PutBack(rule, step),
        { Rule: { } rule } => TakeOut(rule, step),
        { Table: { } table } => Drop(table, step),
        { Feature: { } feature } => SwitchOn(feature, anyDevice),
        { Route: { } route } => Route(route, step),
        { Setting: { } setting } => Setting(setting, step),
        { File: { } file } => RestoreFile(file),
        { Inverse.Length: > 0 } => Run(step),
        _ => new ReversalResult(Reversal.Nothing, $"{step.Description}: nothing to take back"),
    };

    private static ReversalResult TakeOut(RuleChange change, MitigationStep step)
    {
        NetfilterChain? chain = IptablesPrograms.ReadChain(change.Tool, change.Backend, change.Family, change.Table, change.Chain);
        if (chain is null || !chain.Any(r => RuleSpec.Same(RuleSpec.Words(r), change.Words)))
        {
            return new ReversalResult(Reversal.Gone, $"{change.Table} {change.Chain}: the rule is not there any more");
        }

        StepRunner.Succeed(step.Inverse);
        return new ReversalResult(Reversal.Restored, step.InverseLine);
    }

    private static ReversalResult Drop(TableChange change, MitigationStep step)
    {
        CommandResult tables = CommandRunner.Run(step.Inverse[0], ["list", "tables", change.Family]);
        return !tables.Succeeded ? throw RuleErrors.Failed(step.Inverse[0], tables.ExitCode, tables.Complaint)
            : FactReader.Lines(tables).Contains($"table {change.Family} {change.Name}") ? Run(step)
            : new ReversalResult(Reversal.Gone, $"{change.Family} {change.Name}: the table is not there any more");
    }

    private static ReversalResult PutBack(RuleChange change, MitigationStep step)
    {
        NetfilterChain? chain = IptablesPrograms.ReadChain(change.Tool, change.Backend, change.Family, change.Table, change.Chain);
        if (chain is not null && chain.Any(r => RuleSpec.SameEffect(RuleSpec.Words(r), change.Words)))
        {
            return new ReversalResult(Reversal.Gone, $"{change.Table} {change.Chain}: the rule is there again already");
        }

        // The chain may be shorter by now.
        int place = Math.Min(change.Position, (chain?.Count ?? 0) + 1);
        string[] command = [.. step.Inverse];
        command[Array.LastIndexOf(command, "-I", command.Length - change.Words.Length - 1) + 2] = place.ToString(CultureInfo.InvariantCulture);
        StepRunner.Succeed(command);
        return place == change.Position
            ? new ReversalResult(Reversal.Restored, CommandText.Join(command))
            : new ReversalResult(Reversal.Changed, $"{CommandText.Join(command)} (not in its former place {change.Position}: the chain was changed since)");
    }

    private static ReversalResult SwitchOn(FeatureChange change, bool anyDevice)
    {
        if (StepRunner.Find(change.Interface, anyDevice ? 0 : change.Index) is not { } link)
        {
            return new ReversalResult(Reversal.Gone, $"{change.Interface}: the device is gone, or was made anew");
        }

        using EthtoolClient client = EthtoolClient.Open();
        string[] off = [.. client.ReadFeatures(link).Where(f => change.Names.Contains(f.Name) && f.Requested is not true).Select(static f => f.Name)];
        if (off.Length == 0)
        {
            return new ReversalResult(Reversal.Gone, $"{change.Interface}: {string.Join(", ", change.Names)} on already");
        }

        client.WriteFeatures(link, off.ToDictionary(static n => n, static _ => true, StringComparer.Ordinal));
        return new ReversalResult(Reversal.Restored, $"ethtool -K {change.Interface} {string.Join(' ', off.Select(static n => $"{n} on"))}");
    }

    private static ReversalResult Route(RouteChange change, MitigationStep step)
    {
        string[] six = change.Family == NetfilterFamily.IPv6 ? ["-6"] : [];
        IReadOnlyList<string> routes = FactReader.Lines(CommandRunner.Run(change.Tool, [.. six, "route", "show", "exact", change.Destination]));
        if (!routes.Any(r => r.Split(' ') is var words && Array.IndexOf(words, "dev") is >= 0 and int at && at + 1 < words.Length && words[at + 1] == change.Device))
        {
            bool back = routes.Count == 0 ? change.Former is null : change.Former is not null && routes.Any(r => r == change.Former);
            return new ReversalResult(back ? Reversal.Gone : Reversal.Changed,
                back ? $"{change.Destination}: the route is not there any more" : $"{change.Destination}: the route was changed since ({(routes.Count == 0 ? "there is none" : string.Join("; ", routes))}) and is left as it is");
        }

        return Run(step);
    }

    private static ReversalResult Setting(SettingChange change, MitigationStep step)
    {
        CommandResult read = CommandRunner.Run(change.Read[0], change.Read[1..]);
        if (!read.Succeeded)
        {
            throw new NodeException(NodeErrorId.CommandFailed, NodeFailure.Failed, change.Read[0], $"{CommandText.Join(change.Read)}: {read.Complaint}");
        }

        string? now = read.Text.Trim() is { Length: > 0 } value ? value : null;
        return now == change.Value ? Run(step)
            : now == change.Former ? new ReversalResult(Reversal.Gone, "the setting has its former value already")
            : new ReversalResult(Reversal.Changed, $"the setting was changed since, to '{VxlanCsum.Text.SafeText.Escape(now ?? "")}', and is left as it is");
    }

    private static ReversalResult RestoreFile(FileChange change)
    {
        try
        {
            File.Delete(change.Path + ".vxlancsum-new");
            string? now = File.Exists(change.Path) ? File.ReadAllText(change.Path) : null;
            if (now != change.Content)
            {
                return now == change.Former
                    ? new ReversalResult(Reversal.Gone, $"{change.Path} is as it was already")
                    : new ReversalResult(Reversal.Changed, $"{change.Path} was changed since and is left as it is");
            }

            if (change.Former is null)
            {
                File.Delete(change.Path);
            }
            else
            {
                File.WriteAllText(change.Path, change.Former);
            }

            return new ReversalResult(Reversal.Restored, change.Former is null ? $"rm {change.Path}" : $"{change.Path}: former content");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(NodeErrorId.MitigationUndoFailed, e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, change.Path,
                $"{change.Path} could not be restored: {e.Message}", "Run as root.", e);
        }
    }

    private static ReversalResult Run(MitigationStep step)
    {
        StepRunner.Succeed(step.Inverse);
        return new ReversalResult(Reversal.Restored, step.InverseLine);
    }
}
