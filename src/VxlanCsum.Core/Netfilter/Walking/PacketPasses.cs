using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>What is known of the packet on each of its two passes.</summary>
internal sealed class PacketPasses(NetfilterRuleset rules, TraceRequest request, MasqueradeMark mark,
    string? tunnelDevice)
{
    private static readonly string[] s_loopback = ["lo"];

    private readonly Dictionary<NetfilterFamily, IReadOnlyList<AddressSpan>> _pods = [];
    private readonly Dictionary<NetfilterFamily, IReadOnlySet<NetAddress>> _services = [];
    private readonly SetMembers _sets = new(rules.Sets);

    /// <summary>The sets that rules may ask for.</summary>
    public SetMembers Sets => _sets;

    public string? TunnelDevice => tunnelDevice;

    private PortKnowledge TunnelPorts
    {
        get
        {
            PortRange range = request.TunnelPorts ?? PortRange.Default;
            return new PortKnowledge(range.Min, range.Max);
        }
    }

    public NetfilterFamily TunnelFamily => request.TunnelFamily ?? request.Family;

    /// <summary>A packet to a given service starts where every packet does; without, it starts as one already
    /// marked.</summary>
    public bool InnerStartsAtOutput => request.Destination is not null;

    public TracePacket Inner => new()
    {
        Family = request.Family,
        Mark = request.Mark ?? (InnerStartsAtOutput ? 0 : mark.Bits),
        Protocol = request.Protocol,
        Source = request.Source,
        Destination = request.Destination,
        SourcePort = request.SourcePort,
        DestinationPort = request.DestinationPort,
        OutInterface = request.OutInterface ?? tunnelDevice,
        State = request.State,
    };

    public TracePacket Tunnel(uint carried) => request.Inner
        ? new TracePacket
        {
            Family = TunnelFamily,
            Mark = carried,
            Protocol = "udp",
            Source = request.TunnelSource,
            Destination = request.TunnelDestination,
            DestinationPort = request.TunnelPort ?? TraceRequest.DefaultTunnelPort,
            OutInterface = request.Uplink,
        }
        : new TracePacket
        {
            Family = TunnelFamily,
            Mark = request.Mark ?? mark.Bits,
            Protocol = request.Protocol ?? "udp",
            Source = request.Source ?? request.TunnelSource,
            Destination = request.Destination ?? request.TunnelDestination,
            SourcePort = request.SourcePort,
            DestinationPort = request.DestinationPort ?? request.TunnelPort ?? TraceRequest.DefaultTunnelPort,
            OutInterface = request.OutInterface ?? request.Uplink,
            State = request.State,
        };

    public PacketView InnerView(string hook) => new()
    {
        Family = request.Family,
        Hook = hook,
        Protocol = Number(request.Protocol),
        SourcePort = Port(request.SourcePort, PortKnowledge.Nothing),

        // OUTPUT sees the route to the service's address, which DNAT then changes.
        OutInterface = hook == "OUTPUT" && InnerStartsAtOutput ? null : Inner.OutInterface,
        State = State(request.State),
        PodNetworks = Pods(request.Family),
        ServiceAddresses = Services(request.Family),
        Sets = _sets,
        SourceIsMasqueradeAddress = Answer.Unknown,

        // Unless told otherwise the packet has an address of the uplink: one of the tunnel's device needs no
        // masquerading.
        SourceIsOfOutDevice = request.Source is null ? Answer.No : Answer.Unknown,
        NotOutInterfaces = s_loopback,
    };

    public PacketView TunnelView(TracePacket packet, string hook)
    {
        bool isMasquerade = request.MasqueradeAddress is null || packet.Source is null
            || request.MasqueradeAddress.Equals(packet.Source);
        return new PacketView
        {
            Family = packet.Family,
            Hook = hook,
            Protocol = Number(packet.Protocol),
            SourcePort = Port(packet.SourcePort, TunnelPorts),
            OutInterface = packet.OutInterface,

            // ip_output gives POSTROUTING the device from which the packet came, since Linux 5.7; before, none.
            InInterface = hook == "OUTPUT" ? string.Empty : tunnelDevice,
            NotOutInterfaces = tunnelDevice is null ? s_loopback : [tunnelDevice, "lo"],
            SourceIsOfOutDevice = isMasquerade ? Answer.Yes : Answer.Unknown,
            State = State(packet.State),
            SourceIsMasqueradeAddress = request.KeepsSource ?? Answers.Of(isMasquerade),
            DestinationIsGroup = packet.Destination is { } to && IsGroup(NetAddress.Of(to)) ? Answer.Yes : Answer.No,
            PodNetworks = Pods(packet.Family),
            ServiceAddresses = Services(packet.Family),
            Sets = _sets,
        };
    }

    public WalkState InnerState => new()
    {
        Mark = new MarkKnowledge(Inner.Mark, 0),
        ConnectionMark = ConnectionMark(request.State),
        Source = Address(request.Source, AddressKnowledge.Node),
        Destination = Address(request.Destination, AddressKnowledge.Pod),
        DestinationPort = Port(request.DestinationPort, PortKnowledge.Nothing),

        Tracking = InnerStartsAtOutput ? Tracking.NotYet : TrackingOf(State(request.State)),
        OriginalDestination = InnerStartsAtOutput ? Address(request.Destination, AddressKnowledge.Nothing)
            : AddressKnowledge.Nothing,
        OriginalPort = InnerStartsAtOutput ? Port(request.DestinationPort, PortKnowledge.Nothing)
            : PortKnowledge.Nothing,

        // kube-proxy's ipvs mode gives the node every service's address.
        DestinationIsLocal = InnerStartsAtOutput ? Answer.Unknown : Answer.No,
        DestinationTranslated = InnerStartsAtOutput
            ? (State(request.State) == ConnectionStates.New ? Answer.No : Answer.Unknown) : Answer.Yes,
    };

    public static WalkState TunnelState(TracePacket packet, MarkKnowledge carried) => new()
    {
        Mark = carried,
        ConnectionMark = ConnectionMark(packet.State),
        Source = Address(packet.Source, AddressKnowledge.Node),
        Destination = Address(packet.Destination, AddressKnowledge.Node),
        DestinationPort = Port(packet.DestinationPort, PortKnowledge.Nothing),
        OriginalDestination = Address(packet.Destination, AddressKnowledge.Node),
        OriginalPort = Port(packet.DestinationPort, PortKnowledge.Nothing),
        Tracking = Tracking.NotYet,
        DestinationIsLocal = Answer.No,
        DestinationTranslated = State(packet.State) == ConnectionStates.New ? Answer.No : Answer.Unknown,
    };

    private IReadOnlyList<AddressSpan> Pods(NetfilterFamily family)
    {
        if (!_pods.TryGetValue(family, out IReadOnlyList<AddressSpan>? networks))
        {
            _pods[family] = networks = PodNetworks.Derive(rules, family);
        }

        return networks;
    }

    private IReadOnlySet<NetAddress> Services(NetfilterFamily family)
    {
        if (!_services.TryGetValue(family, out IReadOnlySet<NetAddress>? addresses))
        {
            _services[family] = addresses = ServiceAddresses.Derive(rules, family);
        }

        return addresses;
    }

    public static ConnectionStates State(string name) =>
        ConnectionStateNames.Parse(name) is not ConnectionStates.None and var state
        ? state
        : throw new ArgumentException($"'{name}' is no connection state.", nameof(name));

    /// <summary>What conntrack makes of a packet of which this is said.</summary>
    public static Tracking TrackingOf(ConnectionStates state) => state switch
    {
        ConnectionStates.Invalid => Tracking.Invalid,
        ConnectionStates.Untracked => Tracking.Untracked,
        _ => Tracking.Followed,
    };

    private static MarkKnowledge ConnectionMark(string state) =>
        State(state) == ConnectionStates.New ? new MarkKnowledge(0, 0) : new MarkKnowledge(0, uint.MaxValue);

    private static byte? Number(string? protocol) => protocol is null ? null : IpProtocol.Parse(protocol)
        ?? throw new ArgumentException($"'{protocol}' is no protocol.", nameof(protocol));

    private static PortKnowledge Port(int? port, PortKnowledge otherwise) =>
        port is { } known ? PortKnowledge.Known((ushort)known) : otherwise;

    private static AddressKnowledge Address(System.Net.IPAddress? address, AddressKnowledge otherwise) =>
        address is null ? otherwise : AddressKnowledge.Known(NetAddress.Of(address));

    private static bool IsGroup(NetAddress address) =>
        address.IsMulticast || (!address.V6 && address.Bits == uint.MaxValue);
}
