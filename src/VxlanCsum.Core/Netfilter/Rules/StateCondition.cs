namespace VxlanCsum.Netfilter.Rules;

/// <summary>-m conntrack --ctstate, -m state; ct state.</summary>
internal sealed class StateCondition(ConnectionStates states, bool negated) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state)
    {
        if (state.Tracking == Tracking.Template)
        {
            return Answer.Unknown;
        }

        // Without a connection a packet is INVALID to them, unless conntrack was told not to follow it.
        ConnectionStates current = state.HasConnection ? packet.State
            : state.Untracked ? ConnectionStates.Untracked
            : ConnectionStates.Invalid;
        Answer any = Answers.Of((current & states) != 0);

        // SNAT and DNAT are states of their own to xt_conntrack: has this connection been translated?
        if ((states & ConnectionStates.Dnat) != 0 && state.HasConnection)
        {
            any = Answers.Or(any, state.DestinationTranslated);
        }

        if ((states & ConnectionStates.Snat) != 0 && state.HasConnection)
        {
            any = Answers.Or(any, packet.State == ConnectionStates.New
                ? Answers.Of(state.Translation is Translation.Address or Translation.RandomPort)
                : Answer.Unknown);
        }

        return any.NotIf(negated);
    }
}
