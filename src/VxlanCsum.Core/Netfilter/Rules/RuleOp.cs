namespace VxlanCsum.Netfilter.Rules;

/// <summary>One thing a rule asks or does. iptables asks first and does one thing at the end; nft may mix
/// them.</summary>
internal abstract class RuleOp;

/// <summary>Something a rule asks of the packet.</summary>
internal abstract class RuleCondition : RuleOp
{
    /// <summary>What is known of the packet at its place in the kernel, and of what became of it on the way
    /// there.</summary>
    public abstract Answer Test(PacketView packet, WalkState state);

    /// <summary>The walk can answer it for a packet of which everything is known.</summary>
    public virtual bool Understood => true;

    /// <summary>It asks for what differs between the packets of one tunnel: ports, or where they go.</summary>
    public virtual bool VariesByPacket => false;
}

/// <summary>Something a rule does.</summary>
internal abstract class RuleAction : RuleOp
{
    /// <summary>As iptables names it ("MASQUERADE"); null for what is no target.</summary>
    public virtual string? Target => null;
}
