using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>Walks the chains that a hook calls, in the kernel's order, with nat's rules of its own.</summary>
internal sealed class HookWalker(
    IReadOnlyList<NetfilterTable> tables, TraceRequest request, TraceRecorder recorder, WalkBudget budget)
{
    public StateList Walk(PacketView view, StateList states)
    {
        foreach (IReadOnlyList<IReadOnlyList<HookEntry>> stage in HookPlan.Stages(tables, view.Hook,
            request.BackendOrder))
        {
            states = stage[0][0].Priority >= IptablesHooks.Conntrack ? Tracked(view, states) : states;
            var after = new StateList();
            for (int i = 0; i < stage.Count; i++)
            {
                StateList tried = states;
                if (stage.Count > 1)
                {
                    string order = string.Join(", then ", stage[i].Select(static e => e.Chain.Table.BackendName));
                    recorder.Note(view.Hook, $"nat chains of equal priority; if the kernel asks {order}:");
                    tried = Assume(states, NatOrders.Describe(view.Hook, order));
                }

                foreach (HookEntry entry in stage[i])
                {
                    tried = Walk(view, entry, tried);
                }

                after.AddRange(tried);
            }

            states = after;
        }

        return Tracked(view, states);
    }

    /// <summary>Conntrack's own place in OUTPUT has been passed.</summary>
    private static StateList Tracked(PacketView view, StateList states)
    {
        var tracked = new StateList();
        for (int i = 0; i < states.Count; i++)
        {
            tracked.Add(states[i].Tracking is Tracking.NotYet or Tracking.Template
                ? states[i] with { Tracking = PacketPasses.TrackingOf(view.State) } : states[i]);
        }

        return tracked;
    }

    private StateList Assume(StateList states, string text)
    {
        var assumed = new StateList();
        for (int i = 0; i < states.Count; i++)
        {
            assumed.Add(states[i].Assume(text, null, recorder.NewBranch()));
        }

        return assumed;
    }

    private StateList Walk(PacketView view, HookEntry entry, StateList states)
    {
        var after = new StateList();
        for (int i = 0; i < states.Count; i++)
        {
            WalkState state = states[i];
            if (state.Dropped || (entry.IsNat && !Asks(view, state)))
            {
                after.Add(state);
            }
            else
            {
                after.AddRange(new ChainWalker(view, entry, recorder, budget).Walk(state));
            }
        }

        return after;
    }

    /// <summary>nf_nat_inet_fn: new connections only, those that conntrack follows, and until one chain has
    /// translated.</summary>
    private static bool Asks(PacketView view, WalkState state) =>
        state.HasConnection
        && view.State is (ConnectionStates.New or ConnectionStates.Related)
        && !(view.Hook == "POSTROUTING" ? state.SourceBound : state.DestinationBound);
}
