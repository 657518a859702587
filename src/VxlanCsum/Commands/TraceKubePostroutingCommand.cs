using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.Completers;
using VxlanCsum.Errors;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Rules;

namespace VxlanCsum.Commands;

/// <summary>Trace-KubePostrouting: walks a service packet, and the tunnel packet around it, through the rules as the
/// kernel does.</summary>
[Cmdlet(VerbsDiagnostic.Trace, "KubePostrouting", DefaultParameterSetName = NodeSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(RuleTrace))]
public sealed class TraceKubePostroutingCommand : RulesetCommand
{
    private const string RuleSet = "Rule";

    private readonly HashSet<NetfilterRuleset> _given = [];

    /// <summary>Rules of Get-KubePostroutingRule: all that was read with them is walked, also what was not given
    /// out.</summary>
    [Parameter(ParameterSetName = RuleSet, ValueFromPipeline = true)]
    public NetfilterRule? Rule { get; set; }

    /// <summary>
    /// The packet described is the tunnel's own, and only it is walked. Otherwise it is the service's, and the tunnel's
    /// follows from it.
    /// </summary>
    [Parameter]
    public SwitchParameter Encapsulated { get; set; }

    /// <summary>
    /// The mark with which the packet begins. Default: the masquerade mark that the rules themselves set; with
    /// -DestinationAddress 0, and the rules decide.
    /// </summary>
    [Parameter]
    public uint? Mark { get; set; }

    /// <summary>The device by which the packet leaves. Default: the VXLAN device; with -Encapsulated the device under
    /// it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? OutInterface { get; set; }

    /// <summary>tcp, udp, another name, or a number. Default: unknown; with -Encapsulated udp.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProtocolCompleter))]
    public string? Protocol { get; set; }

    /// <summary>The packet's source. Default: a node's address, outside the pod network.</summary>
    [Parameter]
    public IPAddress? SourceAddress { get; set; }

    /// <summary>
    /// The packet's destination, such as a service's address: it then starts at OUTPUT, and is marked and redirected by
    /// the rules. Default: some pod of another node, the packet marked already.
    /// </summary>
    [Parameter]
    public IPAddress? DestinationAddress { get; set; }

    /// <summary>The packet's source port. Default: unknown.</summary>
    [Parameter]
    public ushort? SourcePort { get; set; }

    /// <summary>The packet's destination port. Default: unknown; with -Encapsulated the tunnel's port.</summary>
    [Parameter]
    public ushort? DestinationPort { get; set; }

    /// <summary>What conntrack says of the packet. Default: NEW.</summary>
    [Parameter]
    [ValidateSet("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED")]
    public string State { get; set; } = "NEW";

    /// <summary>The VXLAN device. Default: each of this node's that is up; of a text, the one that the rules speak
    /// of.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? TunnelInterface { get; set; }

    /// <summary>The tunnel's UDP port. Default: the device's; of a text 8472.</summary>
    [Parameter]
    public ushort? TunnelPort { get; set; }

    /// <summary>The tunnel packet's source. Default: the device's local address.</summary>
    [Parameter]
    public IPAddress? TunnelSource { get; set; }

    /// <summary>The tunnel packet's destination. Default: the device's remote address, if it has one.</summary>
    [Parameter]
    public IPAddress? TunnelDestination { get; set; }

    /// <summary>The device by which the tunnel packet leaves. Default: the one under the VXLAN device.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? Uplink { get; set; }

    /// <summary>
    /// Which engine's nat rules the kernel asks first where several have any: it is the one that was set up last, which
    /// no rule tells. Default: every order that is possible; where they differ the verdict is Undecided.
    /// </summary>
    [Parameter]
    public NetfilterBackend[] BackendOrder { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Protocol is not null && IpProtocol.Parse(Protocol) is null)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException($"'{Text.SafeText.Escape(Protocol)}' is no IP protocol."), "ProtocolUnknown",
                ErrorCategory.InvalidArgument, Protocol)
            {
                ErrorDetails = new ErrorDetails(
                    $"'{Text.SafeText.Escape(Protocol)}' is no IP protocol.")
                {
                    RecommendedAction =
                            "Give tcp, udp, another name of /etc/protocols, or a number from 1 to 255."
                },
            });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != RuleSet)
        {
            base.ProcessRecord();
        }
        else if (Rule?.Owner.Table.Ruleset is { } rules && _given.Add(rules))
        {
            Process(rules);
        }
    }

    private protected override void Process(NetfilterRuleset rules)
    {
        if (rules.Tables.Any(static t => t.IsPartial))
        {
            WriteError(RulesetErrors.Partial());
            return;
        }

        foreach (TraceRequest request in Requests(rules))
        {
            bool live = ParameterSetName == NodeSet;
            WriteObject(Tracer.Trace(rules, request, Stopped) with
            {
                NodeName = live ? Environment.MachineName : null,
                Origin = live ? EvidenceOrigin.Live
                    : ParameterSetName == RuleSet ? EvidenceOrigin.Unknown : EvidenceOrigin.Saved,
            });
        }
    }

    private IEnumerable<TraceRequest> Requests(NetfilterRuleset rules)
    {
        TraceRequest given = Given(rules);
        if (ParameterSetName != NodeSet)
        {
            return [given];
        }

        try
        {
            IReadOnlyList<TraceRequest> tunnels = InNamespace(() => NodeTunnels.Requests(given, TunnelInterface));
            return tunnels.Count > 0 ? tunnels : [given];
        }
        catch (NodeException e)
        {
            WriteError(e);
            return [given];
        }
    }

    private TraceRequest Given(NetfilterRuleset rules)
    {
        NetfilterFamily family = Of(SourceAddress) ?? Of(DestinationAddress) ?? OnlyFamily ?? rules.DefaultFamily;
        return new TraceRequest
        {
            Inner = !Encapsulated,
            Family = family,
            TunnelFamily = Encapsulated ? family : Of(TunnelSource) ?? Of(TunnelDestination),
            Mark = Mark,
            OutInterface = OutInterface,
            Protocol = Protocol,
            Source = SourceAddress,
            Destination = DestinationAddress,
            SourcePort = SourcePort,
            DestinationPort = DestinationPort,
            State = State,
            TunnelDevice = TunnelInterface,
            TunnelPort = TunnelPort,
            TunnelSource = TunnelSource,
            TunnelDestination = TunnelDestination,
            Uplink = Uplink,
            BackendOrder = BackendOrder,
        };
    }

    private static NetfilterFamily? Of(IPAddress? address) => address is null ? null
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;
}
