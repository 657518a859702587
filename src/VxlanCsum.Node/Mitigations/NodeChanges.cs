using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Processes;
using VxlanCsum.Node.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Single changes in the calling thread's network namespace: read what is there, make one, take one
/// back.</summary>
/// <param name="held">The journal's lock.</param>
/// <param name="timeout">How long to wait for other locks.</param>
internal sealed class NodeChanges(JournalLock held, TimeSpan timeout)
{
    private readonly NodeCommands _commands = new(held, timeout);

    /// <summary>The change, with what is there before it.</summary>
    /// <exception cref="NodeException">That cannot be read.</exception>
    public static NodeChange WithFormer(NodeChange change) => change switch
    {
        { Rule: { } rule } => change with { Rule = rule with { Former = RuleChanges.ReadFormer(rule) } },
        { Feature: { } feature } => change with { Feature = feature with { Former = FeatureChanges.Read(feature) } },
        { Route: { } route } => change with { Route = RouteChanges.WithFormer(route) },
        { File: { } file } => change with { File = file with { Former = FileChanges.Read(file.Path) } },
        { Unit: { } unit } => change with { Unit = unit with { WasEnabled = UnitChanges.IsEnabled(unit) } },
        _ => change,
    };

    /// <summary>Takes a step.</summary>
    /// <returns>What there is to say about it; null where nothing.</returns>
    /// <exception cref="NodeException">It failed.</exception>
    public string? Apply(MitigationStep step)
    {
        switch (step)
        {
            case { Feature: { } feature }:
                FeatureChanges.Apply(feature);
                return null;
            case { Route: { } route }:
                RouteChanges.Apply(route);
                return null;
            case { File: { } file }:
                FileChanges.Apply(file);
                return null;
            case { Unit: { } unit }:
                new UnitChanges(_commands).Apply(unit);
                return null;
            case { Binding: { } binding }:
                return Bindings.Flush(_commands, step.Command, binding);
            default:
                _commands.Succeed(step.Command);
                return null;
        }
    }

    /// <summary>Takes a change back: looks, brings back what is not as it was, and looks again.</summary>
    /// <param name="change">What was changed.</param>
    /// <param name="anyDevice">Also on a device that was made anew under the same name.</param>
    /// <exception cref="NodeException">It could not be taken back.</exception>
    public ReversalResult Revert(NodeChange change, bool anyDevice) => change switch
    {
        { Rule: { } rule } => new RuleChanges(_commands).Revert(rule),
        { Table: { } table } => Revert(table),
        { Feature: { } feature } => FeatureChanges.Revert(feature, anyDevice),
        { Route: { } route } => RouteChanges.Revert(route),
        { File: { } file } => FileChanges.Revert(file),
        { Unit: { } unit } => new UnitChanges(_commands).Revert(unit),
        { Setting: { } setting } => new SettingChanges(_commands).Revert(setting),
        _ => new ReversalResult(Reversal.Unknown, "a change that this version does not know"),
    };

    private ReversalResult Revert(TableChange change)
    {
        if (!IsThere(change))
        {
            return new ReversalResult(Reversal.Gone, $"{change.Family} {change.Name}: the table is not there any more");
        }

        string[] command = ["nft", "delete", "table", change.Family, change.Name];
        CommandResult result = _commands.Run(command);
        return !IsThere(change) ? new ReversalResult(Reversal.Restored, CommandText.Join(command))
            : throw new NodeException(NodeErrorId.MitigationUndoFailed, NodeFailure.Failed, change.Name,
                $"{CommandText.Join(command)}: {result.Complaint}");
    }

    private static bool IsThere(TableChange change)
    {
        CommandResult tables = CommandRunner.Run("nft", ["list", "tables", change.Family]);
        return tables.Succeeded ? tables.Text.Split('\n').Contains($"table {change.Family} {change.Name}")
            : throw RuleErrors.Failed("nft", tables.ExitCode, SafeText.Escape(tables.Complaint));
    }
}
