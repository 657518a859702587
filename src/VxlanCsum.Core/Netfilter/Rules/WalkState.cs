namespace VxlanCsum.Netfilter.Rules;

/// <summary>What has become of the packet so far, along one branch.</summary>
internal sealed record WalkState
{
    public MarkKnowledge Mark { get; init; }

    public MarkKnowledge ConnectionMark { get; init; }

    public AddressKnowledge Source { get; init; }

    public AddressKnowledge Destination { get; init; }

    public PortKnowledge DestinationPort { get; init; } = PortKnowledge.Nothing;

    public Answer DestinationIsLocal { get; init; }

    /// <summary>The connection's destination was translated (DNAT).</summary>
    public Answer DestinationTranslated { get; init; }

    /// <summary>The connection's destination before it was translated.</summary>
    public AddressKnowledge OriginalDestination { get; init; }

    /// <summary>Its port.</summary>
    public PortKnowledge OriginalPort { get; init; } = PortKnowledge.Nothing;

    /// <summary>What conntrack has made of the packet so far.</summary>
    public Tracking Tracking { get; init; }

    /// <summary>Conntrack was told not to follow this packet, and so nat does not see it.</summary>
    public bool Untracked => Tracking == Tracking.Untracked;

    /// <summary>The packet has a connection whose mark, state and direction rules can ask for.</summary>
    public bool HasConnection => Tracking == Tracking.Followed;

    /// <summary>What is answered to a question about the connection of a packet that has none; negated or not, it does
    /// not match.</summary>
    public Answer WithoutConnection => Tracking == Tracking.Template ? Answer.Unknown : Answer.No;

    /// <summary>A nat rule has decided on the destination; none further is asked.</summary>
    public bool DestinationBound { get; init; }

    /// <summary>A nat rule has decided on the source; none further is asked.</summary>
    public bool SourceBound { get; init; }

    public Translation Translation { get; init; }

    /// <summary>The rule that translated the source.</summary>
    public NetfilterRule? TranslatedBy { get; init; }

    /// <summary>The rule that rewrote the destination on this walk.</summary>
    public NetfilterRule? RedirectedBy { get; init; }

    /// <summary>The rule that let nat POSTROUTING end early; null where the chain's end was reached.</summary>
    public NetfilterRule? EndedBy { get; init; }

    public bool Dropped { get; init; }

    /// <summary>A target whose effect is unknown was met.</summary>
    public NetfilterRule? LostAt { get; init; }

    /// <summary>A chain of POSTROUTING at whose end the text ends: rules may have been cut off there.</summary>
    public NetfilterChain? CutIn { get; init; }

    /// <summary>0 for the first; counts up with each branch.</summary>
    public int Branch { get; init; }

    /// <summary>What was assumed to come here; not part of what makes two states the same.</summary>
    public Assumption? Assumed { get; init; }

    public WalkState Assume(string text, NetfilterRule? rule, int branch) =>
        this with { Assumed = new Assumption(Assumed, rule, text), Branch = branch };

    /// <summary>Whatever comes, it comes to both alike.</summary>
    public bool IsLike(WalkState other) => ReferenceEquals(this, other)
        || (this with { Branch = 0, Assumed = null }) == (other with { Branch = 0, Assumed = null });
}

/// <summary>What conntrack has made of a packet.</summary>
internal enum Tracking : byte
{
    /// <summary>It belongs to a connection.</summary>
    Followed,

    /// <summary>Conntrack has not seen it yet: it is before its place in OUTPUT (raw).</summary>
    NotYet,

    /// <summary>Conntrack has not seen it yet, and a CT target has given it a connection that stands for one until
    /// then.</summary>
    Template,

    /// <summary>Conntrack could make nothing of it.</summary>
    Invalid,

    /// <summary>Conntrack was told not to follow it.</summary>
    Untracked,
}
