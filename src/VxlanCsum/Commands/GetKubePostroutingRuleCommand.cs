using System.Management.Automation;
using VxlanCsum.Completers;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Get-KubePostroutingRule: the rules that a packet meets on its way out, in the order it meets
/// them.</summary>
[Cmdlet(VerbsCommon.Get, "KubePostroutingRule", DefaultParameterSetName = NodeSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(NetfilterRule))]
public sealed class GetKubePostroutingRuleCommand : RulesetCommand
{
    private WildcardPattern[] _chains = [];
    private WildcardPattern[] _tables = [];

    /// <summary>Chains by name or wildcard, whether a packet reaches them from POSTROUTING or not; only these are kept
    /// in memory.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ChainCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Chain { get; set; }

    /// <summary>Tables by name or wildcard. One name also tells of which table a text is that does not say (iptables
    /// -S).</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TableCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Table { get; set; }

    /// <summary>Every rule of every table, chain by chain.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    private bool Selects => Chain is not null || Table is not null;

    private protected override RulesetReadOptions ReadOptions => base.ReadOptions with
    {
        Keep = Selects ? Keep : null,
        Table = Table is [var one] && !WildcardPattern.ContainsWildcardCharacters(one) ? one : null,
    };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _chains = Patterns(Chain);
        _tables = Patterns(Table);
    }

    private protected override void Process(NetfilterRuleset rules)
    {
        List<NetfilterChain> chains = [.. Chains(rules)];
        WriteProblems(ChainGraph.Check(chains));
        foreach (NetfilterChain chain in chains)
        {
            for (int i = 0; i < chain.Count; i++)
            {
                if (Stopped.IsCancellationRequested)
                {
                    return;
                }

                WriteObject(chain.Look(i));
            }
        }
    }

    private IEnumerable<NetfilterChain> Chains(NetfilterRuleset rules)
    {
        if (All || Selects)
        {
            // What was guessed of a text without table names is known only now.
            return rules.Tables.Where(t => Wanted(t.Family) && Fits(_tables, t.Name)).SelectMany(static t => t.Chains)
                .Where(c => Fits(_chains, c.Name));
        }

        return ((NetfilterFamily[])[NetfilterFamily.IPv4, NetfilterFamily.IPv6]).Where(Wanted)
            .SelectMany(f => ChainGraph.Reachable([.. rules.Of(f)], "POSTROUTING")).Distinct();
    }

    private bool Wanted(NetfilterFamily family) =>
        OnlyFamily is not { } only || family == only || family == NetfilterFamily.Inet;

    private bool Keep(string table, string chain) =>
        (table.Length == 0 || Fits(_tables, table)) && Fits(_chains, chain);

    private static bool Fits(WildcardPattern[] patterns, string name) =>
        patterns.Length == 0 || Array.Exists(patterns, p => p.IsMatch(name));

    // The kernel's names have case.
    private static WildcardPattern[] Patterns(string[]? names) =>
        [.. (names ?? []).Select(static n => Wildcards.Of(n, WildcardOptions.None))];
}
