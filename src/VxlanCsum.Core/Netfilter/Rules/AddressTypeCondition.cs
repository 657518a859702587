namespace VxlanCsum.Netfilter.Rules;

/// <summary>-m addrtype; fib daddr type: is the address one of this machine's own?</summary>
/// <param name="isSource">Of the two addresses.</param>
/// <param name="types">Any of these.</param>
/// <param name="negated">None of them.</param>
/// <param name="isModule">xt_addrtype asks, which has a way of its own with IPv6; nft asks the routes.</param>
/// <param name="onDevice">LOCAL means an address of the device by which the packet leaves (--limit-iface-out).</param>
internal sealed class AddressTypeCondition(bool isSource, string[] types, bool negated, bool isModule,
    bool onDevice = false) : RuleCondition
{
    // A packet that is on its way has a route, and none of these leads out.
    private static readonly string[] s_never =
        ["UNSPEC", "ANYCAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW", "NAT", "XRESOLVE"];

    public AddressTypeCondition OnDevice => new(isSource, types, negated, isModule, onDevice: true);

    public override Answer Test(PacketView packet, WalkState state)
    {
        if (isModule && packet.Family == NetfilterFamily.IPv6)
        {
            return InIPv6(packet, state).NotIf(negated);
        }

        Answer any = Answer.No;
        foreach (string type in types)
        {
            any = Answers.Or(any, Is(type.ToUpperInvariant(), packet, state));
        }

        return any.NotIf(negated);
    }

    /// <summary>
    /// match_type6: what kind of address it is comes first, and each kind asked for must be its own; the routes are
    /// asked where they are meant, too.
    /// </summary>
    private Answer InIPv6(PacketView packet, WalkState state)
    {
        Answer group = isSource ? Answer.No : packet.DestinationIsGroup, all = Answer.Yes, routes = Answer.No;
        bool asksRoutes = false;
        foreach (string type in types)
        {
            switch (type.ToUpperInvariant())
            {
                case "MULTICAST":
                    all = Answers.And(all, group);
                    break;
                case "UNICAST":
                    all = Answers.And(all, Answers.Not(group));
                    break;
                case "UNSPEC":
                    return Answer.No;
                case "LOCAL" or "ANYCAST" or "UNREACHABLE":
                    asksRoutes = true;
                    routes = Answers.Or(routes, Is(type.ToUpperInvariant(), packet, state));
                    break;
            }
        }

        return asksRoutes ? Answers.And(all, routes) : all;
    }

    private Answer Is(string type, PacketView packet, WalkState state)
    {
        Answer local = IsLocal(packet, state);
        Answer group = isSource ? Answer.No : packet.DestinationIsGroup;
        return type switch
        {
            "LOCAL" => local,
            "UNICAST" => Answers.And(Answers.Not(local), Answers.Not(group)),
            "MULTICAST" => Answers.And(group, Multicast(state)),
            "BROADCAST" => Answers.And(group, Answers.Not(Multicast(state))),
            _ => Array.IndexOf(s_never, type) >= 0 ? Answer.No : Answer.Unknown,
        };
    }

    private Answer IsLocal(PacketView packet, WalkState state)
    {
        if (onDevice)
        {
            return isSource ? packet.SourceIsOfOutDevice : Answer.Unknown;
        }

        return !isSource ? state.DestinationIsLocal
            : state.Translation is Translation.None or Translation.Kept ? packet.SourceIsLocal : Answer.Unknown;
    }

    private static Answer Multicast(WalkState state) =>
        state.Destination.Kind == AddressKind.Exact ? Answers.Of(state.Destination.Exact.IsMulticast) : Answer.Unknown;
}
