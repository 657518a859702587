using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum;

/// <summary>A packet's walk through the rules, and what it means for a tunnel.</summary>
public sealed record RuleTrace
{
    /// <summary>Is the encapsulated packet SNATed?</summary>
    public TraceVerdict Verdict { get; init; }

    /// <summary>The VXLAN device whose packets were walked; null where none is known.</summary>
    public string? TunnelInterface { get; init; }

    /// <summary>The family of the service packet, or where only the tunnel's was walked, of that.</summary>
    public NetfilterFamily Family { get; init; }

    /// <summary>
    /// The rule to change: the one that SNATs the encapsulated packet or, where it does so only because the mark was
    /// left on, the one that ended the service packet's walk before the mark was cleared. Null where the verdict is
    /// Safe.
    /// </summary>
    public NetfilterRule? OffendingRule { get; init; }

    /// <summary>The rule that SNATs the encapsulated packet; null where none does.</summary>
    public NetfilterRule? SnatRule { get; init; }

    /// <summary>
    /// The rule that masquerades the encapsulated packet too, but finds address and port already as they should be:
    /// harmless by luck. Null where there is none, and where <see cref="SnatRule"/> is not null.
    /// </summary>
    public NetfilterRule? HarmlessSnatRule { get; init; }

    /// <summary>
    /// Undecided only because two backends hold nat rules, and no rule tells which of them the kernel asks first:
    /// <see cref="OffendingRule"/> and <see cref="SnatRule"/> are those of the worse order.
    /// </summary>
    public bool DependsOnOrder { get; init; }

    /// <summary>Undecided, and one tunnel packet may be translated while another is not: those that are seen say nothing
    /// of the others.</summary>
    internal bool VariesByPacket { get; init; }

    /// <summary>Rules are known to be missing: what is seen to translate does so unless one of those prevents
    /// it.</summary>
    internal bool LacksRules { get; init; }

    /// <summary>The mark with which the encapsulated packet leaves; null where branches differ or bits are
    /// unknown.</summary>
    public uint? FinalMark { get; init; }

    /// <summary>The mark that asks for masquerading, and how it is known.</summary>
    public uint MasqueradeMark { get; init; }

    /// <summary>The verdict in plain words: why, on what it rests, and what was assumed.</summary>
    public string Explanation { get; init; } = string.Empty;

    /// <summary>What had to be assumed, or could not be told; empty where everything was known.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];

    /// <summary>What the kernel would not hold: chains that are missing, jumps in a circle.</summary>
    public IReadOnlyList<RulesetProblem> Problems { get; init; } = [];

    /// <summary>The walk.</summary>
    public IReadOnlyList<TraceStep> Steps { get; init; } = [];

    /// <summary>The service packet that was walked; null where only a tunnel packet was.</summary>
    public TracePacket? InnerPacket { get; init; }

    /// <summary>The tunnel packet that was walked, with the mark it starts with in the first branch.</summary>
    public TracePacket EncapsulatedPacket { get; init; } = new();

    /// <summary>The node whose rules they are; null where they were read from text.</summary>
    public string? NodeName { get; init; }

    /// <summary>Whether the rules were read on the node itself or from text.</summary>
    public EvidenceOrigin Origin { get; init; }

    /// <summary>The steps as an indented walk.</summary>
    public string Walk => TracePrinter.Print(this);

    /// <summary>The verdict.</summary>
    public override string ToString() => Verdict.ToString();
}
