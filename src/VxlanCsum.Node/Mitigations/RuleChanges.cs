using System.Globalization;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Node.Processes;
using VxlanCsum.Node.Rules;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Takes back changes of rules: compares the chain with what it was, does one thing, and looks
/// again.</summary>
internal sealed class RuleChanges(NodeCommands commands)
{
    /// <summary>kube-proxy and others write the same chains: what was read may be over when it is acted on.</summary>
    private const int Attempts = 12;

    /// <summary>A chain as it is now. Unlike iptables -S, this brings no table in.</summary>
    /// <exception cref="NodeException">The program is missing or fails.</exception>
    public static SavedTable Read(RuleChange change)
    {
        string program = ProgramOf(change) + "-save";
        CommandResult saved = CommandRunner.Run(program, []);
        return saved.Succeeded ? SavedTable.Read(new StringReader(saved.Text), change.Table, change.Chain)
            : throw RuleErrors.Failed(program, saved.ExitCode, saved.Complaint);
    }

    /// <summary>The chain before it is changed.</summary>
    /// <exception cref="NodeException">The program is missing or fails.</exception>
    public static ChainState ReadFormer(RuleChange change)
    {
        ChainState chain = Read(change).Chain;
        return change.Backend == NetfilterBackend.IptablesNft
            ? chain with { HasChain = NftTables.Chains(change.Family, change.Table).Contains(change.Chain) } : chain;
    }

    /// <exception cref="NodeException">It could not be taken back.</exception>
    public ReversalResult Revert(RuleChange change)
    {
        ChainState former = change.Former ?? new ChainState(true, true, []);
        var done = new List<string>();
        string complaint = string.Empty;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            SavedTable table = Read(change);
            var chains = new ChainComparer(former.Rules.Select(RuleSpec.Words),
                table.Chain.Rules.Select(RuleSpec.Words));
            string[]? command = change.Removes ? PutBack(change, chains, done.Count > 0) : TakeOut(change, chains);
            if (command is null)
            {
                ReversalResult result = Outcome(change, chains, table, done) with { DidChange = done.Count > 0 };
                return RemoveEmpty(change, former, table) is { } left
                    ? result with { Text = $"{result.Text}; {left}" } : result;
            }

            string[] whole = [ProgramOf(change), .. commands.Wait, "-t", change.Table, .. command];
            CommandResult ran = commands.Run(whole);
            if (ran.Succeeded)
            {
                done.Add(CommandText.Join(whole));
            }
            else
            {
                // The rule or its place may have gone in this moment: the next look tells.
                complaint = ran.Complaint;
            }
        }

        throw new NodeException(NodeErrorId.MitigationUndoFailed, NodeFailure.Failed, change.Chain,
            $"{Place(change)} could not be brought back: {(complaint.Length > 0 ? complaint : "others change it each "
                + "time")}", "Try again when the node is quieter.");
    }

    private static string[]? TakeOut(RuleChange change, ChainComparer chains)
    {
        if (chains.ExactSurplus(change.Words) <= 0)
        {
            return null;
        }

        int place = chains.PlaceOfNew(change.Words, last: change.Position == 0);
        return place > 0 && chains.HasTwinBefore(place, change.Words)
            ? ["-D", change.Chain, place.ToString(CultureInfo.InvariantCulture)]
            : ["-D", change.Chain, .. change.Words];
    }

    private static string[]? PutBack(RuleChange change, ChainComparer chains, bool isOurs)
    {
        int surplus = chains.Surplus(change.Words);
        return chains.Missing(change.Words) > 0 && surplus < 0
            ? ["-I", change.Chain, chains.PlaceOfMissing(change.Words).ToString(CultureInfo.InvariantCulture),
                .. change.Words]

            // Someone put it back in the same moment: then one of the two is ours.
            : surplus > 0 && isOurs && chains.ExactSurplus(change.Words) > 0 ? ["-D", change.Chain, .. change.Words]
            : null;
    }

    private static ReversalResult Outcome(RuleChange change, ChainComparer chains, SavedTable table, List<string> done)
    {
        string did = string.Join("; ", done);
        if (change.Removes && (chains.Missing(change.Words) > 0 || !chains.IsInPlace(change.Words)))
        {
            return new ReversalResult(Reversal.Changed,
                $"{Place(change)}: the rule is there again, but not in its former place"
                    + $"{(did.Length > 0 ? $" ({did})" : "")}");
        }

        if (!change.Removes && chains.ExactSurplus(change.Words) < 0)
        {
            return new ReversalResult(Reversal.Changed,
                $"{Place(change)}: a rule that says the same was there before, and someone took it out");
        }

        return done.Count > 0 ? new ReversalResult(Reversal.Restored, did)
            : new ReversalResult(Reversal.Gone, change.Removes ? $"{Place(change)}: the rule is there again already"
                : $"{Place(change)}: the rule is not there any more"
                    + $"{(table.Chain.HasChain ? "" : ", nor is the chain")}");
    }

    /// <summary>iptables-nft brings in tables and chains of its own accord; what it brought goes once it is
    /// empty.</summary>
    /// <returns>What stays; null where nothing does. It lets everything pass, as before.</returns>
    private static string? RemoveEmpty(RuleChange change, ChainState former, SavedTable table)
    {
        if (change.Backend != NetfilterBackend.IptablesNft || change.Former is null || !table.IsThere)
        {
            return null;
        }

        HashSet<string> chains = NftTables.Chains(change.Family, change.Table);
        bool stays = false;
        if (!former.HasTable && table.IsEmpty)
        {
            stays = !NftTables.Delete(change.Family, change.Table, chains, withTable: true);
        }
        else if (former.HasTable && !former.HasChain && table.IsEmptyChain(change.Chain)
            && chains.Contains(change.Chain))
        {
            stays = !NftTables.Delete(change.Family, change.Table, [change.Chain], withTable: false);
        }

        return stays ? $"{Place(change)}: it was not there before, and stays, empty of rules of ours" : null;
    }

    private static string ProgramOf(RuleChange change) =>
        IptablesPrograms.Find().TryGetValue((change.Backend, change.Family), out string? program) ? program
        : throw CommandRunner.Missing(change.Family == NetfilterFamily.IPv6 ? "ip6tables" : "iptables");

    private static string Place(RuleChange change) => $"{change.Table} {change.Chain}";
}
