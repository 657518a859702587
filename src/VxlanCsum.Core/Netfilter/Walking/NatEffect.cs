using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>What a nat rule does to the packet and its connection.</summary>
internal static class NatEffect
{
    public static WalkState Apply(NatAction nat, NetfilterRule rule, PacketView view, WalkState state) =>
        view.Hook == "POSTROUTING" && nat.Kind is NatKind.Masquerade or NatKind.Source or NatKind.Netmap
            ? OnSource(nat, rule, view, state) : OnDestination(nat, rule, view, state);

    private static WalkState OnSource(NatAction nat, NetfilterRule rule, PacketView view, WalkState state)
    {
        Translation outcome = nat.SourceOutcome(view, state);
        return state with
        {
            SourceBound = true,
            Translation = outcome,
            TranslatedBy = rule,
            Source = outcome == Translation.Kept ? state.Source
                : nat is { Kind: NatKind.Source, Addresses: { IsSingle: true } given }
                    ? AddressKnowledge.Known(new NetAddress(given.V6, given.First))
                : AddressKnowledge.Nothing,
        };
    }

    private static WalkState OnDestination(NatAction nat, NetfilterRule rule, PacketView view, WalkState state)
    {
        AddressKnowledge destination = nat switch
        {
            { Kind: NatKind.Destination, Addresses: { IsSingle: true } to } =>
                AddressKnowledge.Known(new NetAddress(to.V6, to.First)),

            // What this machine sends is redirected to its loopback address (nf_nat_redirect).
            { Kind: NatKind.Redirect } =>
                AddressKnowledge.Known(NetAddress.Loopback(view.Family == NetfilterFamily.IPv6)),
            _ => AddressKnowledge.Nothing,
        };
        Answer kept = nat.DestinationKept(view, state);
        return state with
        {
            DestinationBound = true,
            DestinationTranslated = Answers.Not(kept),
            RedirectedBy = kept == Answer.Yes ? null : rule,
            Destination = nat.Addresses is null && nat.Kind == NatKind.Destination ? state.Destination : destination,
            DestinationPort = nat.Ports is { } ports ? new PortKnowledge(ports.First, ports.Last)
                : state.DestinationPort,

            // A service's endpoint may be a pod of this node or of another: the routes tell, not the rules.
            DestinationIsLocal = nat.Kind == NatKind.Redirect ? Answer.Yes
                : destination.Kind == AddressKind.Exact ? Answer.No : Answer.Unknown,
        };
    }

    public static string Describe(NatAction nat, WalkState after) => nat.Kind switch
    {
        NatKind.Destination => $"match: DNAT to {after.Destination}",
        NatKind.Redirect => "match: redirected to this machine",
        _ => after.Translation switch
        {
            Translation.Kept => $"match: {nat.Target}, which keeps address and port: nothing is translated",
            Translation.RandomPort => $"match: {nat.Target} to a port chosen anew",
            Translation.Address => $"match: {nat.Target} to another address or port",
            _ => $"match: {nat.Target}; whether anything changes cannot be told",
        },
    };
}
