using VxlanCsum.Netfilter;

namespace VxlanCsum;

/// <summary>One rule, as the kernel holds it.</summary>
/// <remarks>
/// Immutable. What was read is kept as it was written and decoded when it is asked for, so that a ruleset of half a
/// million rules costs little more than its text.
/// </remarks>
public abstract class NetfilterRule
{
    // Properties are asked of one rule after the other, and of half a million only for a moment: keeping what each means
    // would cost many times its text. A walk keeps it, since walks are repeated.
    [ThreadStatic]
    private static (NetfilterRule? Rule, RuleProgram? Program) s_shown;

    private RuleProgram? _program;

    private protected NetfilterRule(NetfilterChain owner, int number, long line)
    {
        Owner = owner;
        Number = number;
        Line = line;
    }

    /// <summary>The engine that holds it.</summary>
    public NetfilterBackend Backend => Owner.Table.Backend;

    /// <summary>Which packets its table sees.</summary>
    public NetfilterFamily Family => Owner.Table.Family;

    /// <summary>The table's name ("nat").</summary>
    public string Table => Owner.Table.Name;

    /// <summary>The chain's name ("KUBE-POSTROUTING").</summary>
    public string Chain => Owner.Name;

    /// <summary>1-based position in its chain, as iptables --line-numbers counts.</summary>
    public int Number { get; }

    /// <summary>Packets counted; null where the text has no counters.</summary>
    public abstract long? Packets { get; }

    /// <summary>Bytes counted; null where the text has no counters.</summary>
    public abstract long? Bytes { get; }

    /// <summary>The rule's comment, control characters escaped.</summary>
    public abstract string? Comment { get; }

    /// <summary>"udp", "! tcp"; null where the rule does not ask.</summary>
    public string? Protocol => Shown.Describe<ProtocolCondition>();

    /// <summary>"10.244.0.0/16", "! 10.244.0.0/16"; null where the rule does not ask.</summary>
    public string? Source => Shown.Describe<AddressCondition>(static c => c.IsSource);

    /// <summary>"10.96.0.10/32"; null where the rule does not ask.</summary>
    public string? Destination => Shown.Describe<AddressCondition>(static c => !c.IsSource);

    /// <summary>"eth0", "! cali+"; null where the rule does not ask.</summary>
    public string? InInterface => Shown.Describe<InterfaceCondition>(static c => !c.IsOutput);

    /// <summary>"eth0", "! cali+"; null where the rule does not ask.</summary>
    public string? OutInterface => Shown.Describe<InterfaceCondition>(static c => c.IsOutput);

    /// <summary>What the rule asks of the packet mark; null where it does not.</summary>
    public MarkMatch? Mark => Shown.Find<MarkCondition>(static c => !c.OfConnection)?.Match;

    /// <summary>"KUBE-LOOP-BACK dst,dst,src", "! NAME src"; null where the rule asks no set.</summary>
    public string? MatchSet => Shown.Describe<SetCondition>();

    /// <summary>All its matches, in order.</summary>
    public abstract IReadOnlyList<RuleMatch> Matches { get; }

    /// <summary>What it does ("MASQUERADE", "RETURN", the name of a chain); null where it only counts.</summary>
    public string? Target => Shown.Target;

    /// <summary>The target is a chain from which the packet does not come back here.</summary>
    public bool IsGoto => Shown.Find<JumpAction>()?.IsGoto ?? false;

    /// <summary>What it does to the packet mark; null where nothing.</summary>
    public MarkOperation? MarkOperation => Shown.Find<MarkAction>(static a => !a.OfConnection)?.Operation;

    /// <summary>It masquerades or SNATs to a port chosen at random with every packet (--random-fully, fully-random).</summary>
    public bool RandomFully => Shown.Find<NatAction>()?.RandomFully ?? false;

    /// <summary>The rule as its tool writes it, without counters, control characters escaped.</summary>
    public abstract string Text { get; }

    /// <summary>Which known way of masquerading service traffic it belongs to.</summary>
    public RuleGeneration Generation => RuleGenerations.Of(this);

    /// <summary>1-based line of the text it was read from; 0 where there are no lines.</summary>
    internal long Line { get; }

    internal NetfilterChain Owner { get; }

    /// <summary>What the rule means; made once and kept.</summary>
    internal RuleProgram Program => _program ??= Shown;

    /// <summary>What the rule means; kept until another rule is asked.</summary>
    internal RuleProgram Shown
    {
        get
        {
            if (_program is null && !ReferenceEquals(s_shown.Rule, this))
            {
                s_shown = (this, Compile());
            }

            return _program ?? s_shown.Program!;
        }
    }

    /// <summary>The rule's text.</summary>
    public override string ToString() => Text;

    private protected abstract RuleProgram Compile();
}
