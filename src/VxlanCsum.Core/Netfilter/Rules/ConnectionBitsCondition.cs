namespace VxlanCsum.Netfilter.Rules;

/// <summary>nft's ct state and ct status, which are numbers of bits: (bits &amp; Mask) == Value, or its
/// opposite.</summary>
internal sealed class ConnectionBitsCondition(bool ofStatus, MarkMatch match) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        ofStatus && !state.HasConnection ? state.WithoutConnection
            : (ofStatus ? Status(packet, state) : State(packet, state)).Test(match);

    private static MarkKnowledge State(PacketView packet, WalkState state) => state.Tracking switch
    {
        Tracking.Followed => new MarkKnowledge(StateBit(packet.State), 0),
        Tracking.Template => new MarkKnowledge(0, uint.MaxValue),
        Tracking.Untracked => new MarkKnowledge(StateBit(ConnectionStates.Untracked), 0),
        _ => new MarkKnowledge(StateBit(ConnectionStates.Invalid), 0),
    };

    /// <summary>NF_CT_STATE_BIT.</summary>
    public static uint StateBit(ConnectionStates state) => state switch
    {
        ConnectionStates.Invalid => 1,
        ConnectionStates.Established => 2,
        ConnectionStates.Related => 4,
        ConnectionStates.New => 8,
        ConnectionStates.Untracked => 64,
        _ => 0,
    };

    /// <summary>Of a connection's first packet nothing is set but what nat has done to it, and that nat was
    /// asked.</summary>
    private static MarkKnowledge Status(PacketView packet, WalkState state)
    {
        const uint Expected = 1, Snat = 16, Dnat = 32, Named = 63, Dying = 512;
        if (packet.State != ConnectionStates.New)
        {
            return new MarkKnowledge(0, uint.MaxValue);
        }

        Answer source = state.Translation switch
        {
            Translation.None or Translation.Kept => Answer.No,
            Translation.Unknown => Answer.Unknown,
            _ => Answer.Yes,
        };
        uint value = (source == Answer.Yes ? Snat : 0) | (state.DestinationTranslated == Answer.Yes ? Dnat : 0);
        uint unknown = (source == Answer.Unknown ? Snat : 0) | (state.DestinationTranslated == Answer.Unknown ? Dnat
            : 0);
        return new MarkKnowledge(value, unknown | (~(Named | Dying) & ~Expected));
    }
}
