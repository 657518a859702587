using System.Runtime.CompilerServices;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum;

/// <summary>One rule, as the kernel holds it.</summary>
/// <remarks>
/// Immutable. What was read is kept as it was written and decoded when it is asked for, so that a ruleset of half a
/// million rules costs little more than its text.
/// </remarks>
public abstract class NetfilterRule
{
    private RuleProgram? _program;

    private protected NetfilterRule(NetfilterChain owner, int number)
    {
        Owner = owner;
        Number = number;
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
    public abstract string? Protocol { get; }

    /// <summary>"10.244.0.0/16", "! 10.244.0.0/16"; null where the rule does not ask.</summary>
    public abstract string? Source { get; }

    /// <summary>"10.96.0.10/32"; null where the rule does not ask.</summary>
    public abstract string? Destination { get; }

    /// <summary>"eth0", "! cali+"; null where the rule does not ask.</summary>
    public abstract string? InInterface { get; }

    /// <summary>"eth0", "! cali+"; null where the rule does not ask.</summary>
    public abstract string? OutInterface { get; }

    /// <summary>What the rule asks of the packet mark; null where it does not.</summary>
    public abstract MarkMatch? Mark { get; }

    /// <summary>"KUBE-LOOP-BACK dst,dst,src", "! NAME src"; null where the rule asks no set.</summary>
    public abstract string? MatchSet { get; }

    /// <summary>All its matches, in order.</summary>
    public abstract IReadOnlyList<RuleMatch> Matches { get; }

    /// <summary>What it does ("MASQUERADE", "RETURN", the name of a chain); null where it only counts.</summary>
    public abstract string? Target { get; }

    /// <summary>The target is a chain from which the packet does not come back here.</summary>
    public abstract bool IsGoto { get; }

    /// <summary>What it does to the packet mark; null where nothing.</summary>
    public abstract MarkOperation? MarkOperation { get; }

    /// <summary>It masquerades or SNATs to a port chosen at random with every packet (--random-fully,
    /// fully-random).</summary>
    public abstract bool RandomFully { get; }

    /// <summary>The rule as its tool writes it, without counters, control characters escaped.</summary>
    public abstract string Text { get; }

    /// <summary>Which known way of masquerading service traffic it belongs to.</summary>
    public RuleGeneration Generation => RuleGenerations.Of(this);

    /// <summary>1-based line of the text it was read from; 0 where there are no lines.</summary>
    internal abstract long Line { get; }

    internal NetfilterChain Owner { get; }

    /// <summary>One of so many that what was found out about it is not kept with it: a walk holds on to each rule that
    /// its packet may match.</summary>
    internal bool IsPassing { get; set; }

    /// <summary>What the rule means to a walk; kept with the rule, since walks are repeated.</summary>
    internal RuleProgram Program => _program ?? (IsPassing ? Compile() : _program = Compile());

    /// <summary>The same place in the same chain: objects are made of rules when they are asked for, and not all are
    /// kept.</summary>
    public override bool Equals(object? obj) =>
        obj is NetfilterRule other && ReferenceEquals(Owner, other.Owner) && Number == other.Number;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Owner), Number);

    /// <summary>The rule's text.</summary>
    public override string ToString() => Text;

    private protected abstract RuleProgram Compile();
}
