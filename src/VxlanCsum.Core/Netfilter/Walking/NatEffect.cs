using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>What a nat rule does to the packet and its connection.</summary>
internal static class NatEffect
{
    public static WalkState Apply(NatAction nat, NetfilterRule rule, PacketView view, WalkState state)
    {
        if (view.Hook == "POSTROUTING" && nat.Kind is NatKind.Masquerade or NatKind.Source or NatKind.Netmap)
        {
            return state with
            {
                SourceBound = true,
                Translation = nat.SourceOutcome(view, state),
                TranslatedBy = rule,
            };
        }

        AddressKnowledge destination = nat is { Kind: NatKind.Destination, Addresses: { IsSingle: true } to }
            ? AddressKnowledge.Known(new NetAddress(to.V6, to.First))
            : AddressKnowledge.Nothing;
        return state with
        {
            DestinationBound = true,
            DestinationTranslated = Answer.Yes,
            RedirectedBy = rule,
            Destination = nat.Addresses is null && nat.Kind == NatKind.Destination ? state.Destination : destination,
            DestinationPort = nat.Ports is { } ports ? new PortKnowledge(ports.First, ports.Last) : state.DestinationPort,

            // A service's endpoint may be a pod of this node or of another: the routes tell, not the rules.
            DestinationIsLocal = nat.Kind == NatKind.Redirect ? Answer.Yes : destination.Kind == AddressKind.Exact ? Answer.No : Answer.Unknown,
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
