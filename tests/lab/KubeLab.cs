using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.Captures.Files;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Rules;
using Xunit;

namespace VxlanCsum.LabTests;

/// <summary>
/// A node and another one's pod behind a VXLAN tunnel: service traffic goes from the node's own address to a service,
/// is
/// redirected to the pod, and enters the tunnel. The rules are the test's; the addresses are those of tests/data/rules.
/// </summary>
/// <remarks>
/// The uplink's offloads are off, or the far end would trust a half-made checksum; the service's route goes by a second
/// device whose offloads are on, or UDP would complete its checksum before it is redirected into the tunnel.
/// </remarks>
public sealed class KubeLab : IDisposable
{
    private const int TunnelPort = 8472, ServicePort = 53, Datagrams = 3;
    private readonly bool _v6;

    private KubeLab(bool v6, string device)
    {
        _v6 = v6;
        Device = device;
        Node = LabNamespace.Create();
        Far = LabNamespace.Create();
    }

    /// <summary>The node whose rules are tested.</summary>
    public LabNamespace Node { get; }

    /// <summary>The node that has the pod.</summary>
    public LabNamespace Far { get; }

    /// <summary>The VXLAN device's name.</summary>
    public string Device { get; }

    private string Service => _v6 ? "fd00:96::a" : "10.96.0.10";

    /// <summary>Builds it.</summary>
    /// <param name="v6">Everything over IPv6.</param>
    /// <param name="device">The VXLAN device's name on the node.</param>
    /// <param name="secondary">The tunnel's address is a second one of the uplink, which MASQUERADE does not
    /// choose.</param>
    public static KubeLab Create(bool v6 = false, string device = "vx", bool secondary = false)
    {
        LabNamespace.Require("ip", "ethtool", "conntrack", "iptables-legacy", "iptables-nft", "nft", "ipset");
        var lab = new KubeLab(v6, device);
        string Underlay(int host) => v6 ? $"fd00:10::{host}" : $"10.0.10.{host}";
        string Side(int host) => v6 ? $"fd00:20::{host}" : $"10.0.20.{host}";
        string length = v6 ? "/64" : "/24";
        string nodad = v6 ? " nodad" : "", port = TunnelPort.ToString(CultureInfo.InvariantCulture);
        LabNamespace.Connect(lab.Node, "eth0", lab.Far, "eth0");
        LabNamespace.Connect(lab.Node, "side0", lab.Far, "side0");
        foreach (LabNamespace place in (LabNamespace[])[lab.Node, lab.Far])
        {
            place.Run("ethtool", "-K", "eth0", "tx", "off", "sg", "off", "tso", "off", "gso", "off", "gro", "off");
        }

        if (!v6)
        {
            // MLD reports carry a random mark: sk_buff keeps it where they keep reserved_tailroom.
            lab.Node.Run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
        }

        string[] Addresses(int host) => [$"addr add {Underlay(host)}{length} dev eth0{nodad}",
            $"addr add {Side(host)}{length} dev side0{nodad}"];
        string[] Tunnel(string name, string local, string remote, string address) =>
            [$"link add {name} type vxlan id 1 dstport {port} local {local} remote {remote} dev eth0",
                $"addr add {address} dev {name}{nodad}", $"link set {name} up"];
        string local = Underlay(secondary ? 15 : 14);
        lab.Node.IpBatch([.. Addresses(14), .. secondary ? (string[])[$"addr add {local}{length} dev eth0{nodad}"] : [],
            .. Tunnel(device, local, Underlay(10), v6 ? "fd00:244:1::/32" : "10.244.1.0/16"),
            $"route add {(v6 ? "fd00:96::/64" : "10.96.0.0/16")} via {Side(10)}"]);
        lab.Far.IpBatch([.. Addresses(10), .. Tunnel("vx", Underlay(10), local, v6 ? "fd00:244:2::1/32" : "10.244.2.1/16")]);
        return lab;
    }

    /// <summary>Loads a ruleset of tests/data/rules, or of a file, with the tool that its name says.</summary>
    public void Load(string file, string tool)
    {
        string path = Path.IsPathRooted(file) ? file : PathOf(file);
        switch (tool)
        {
            case "nft":
                Node.Run("nft", "-f", path);
                break;
            case "ipset":
                Node.Run("ipset", "restore", "-f", path);
                break;
            default:
                Node.Run($"{tool}-restore", path);
                break;
        }
    }

    /// <summary>Loads the sets that a recorded ruleset speaks of.</summary>
    public void LoadSets(string scenario, string tool)
    {
        if (scenario == "ipvs")
        {
            Load($"ipvs.{tool}-ipset.txt", "ipset");
        }
        else if (scenario.StartsWith("calico", StringComparison.Ordinal))
        {
            Load($"calico.{tool}-ipset.txt", "ipset");
        }
    }

    /// <summary>The VXLAN device that a recorded ruleset speaks of.</summary>
    public static string DeviceOf(string scenario) =>
        scenario.StartsWith("calico", StringComparison.Ordinal) ? "vxlan.calico"
        : scenario.StartsWith("flannel", StringComparison.Ordinal) ? "flannel.1" : "vx";

    /// <summary>The full path of a recorded ruleset.</summary>
    public static string PathOf(string file)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VxlanCsum.psd1")))
            {
                return Path.Combine(folder.FullName, "tests", "data", "rules", file);
            }
        }

        throw new InvalidOperationException("The tests run from the checkout.");
    }

    /// <summary>The node's rules, as the cmdlets read them.</summary>
    internal NetfilterRuleset ReadRules()
    {
        (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = NetworkNamespace.Within(
            Node.Name, () => NodeRules.Read(
                new RulesetReadOptions { Cancellation = TestContext.Current.CancellationToken }, [],
                TimeSpan.FromSeconds(60)));
        Assert.Empty(failures);
        Assert.Empty(rules.Problems);
        return rules;
    }

    /// <summary>Walks a packet to the service, and one already marked, through the node's rules; both must come out
    /// alike.</summary>
    internal RuleTrace Trace(NetfilterRuleset rules, string protocol, params NetfilterBackend[] order)
    {
        var given = new TraceRequest
        {
            Family = _v6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
            Destination = IPAddress.Parse(Service),
            DestinationPort = ServicePort,
            Protocol = protocol,
            BackendOrder = order,
        };
        return Tracer.Trace(rules, Assert.Single(Requests(given)), TestContext.Current.CancellationToken);
    }

    /// <summary>The walk of a marked service packet of which nothing else is known.</summary>
    internal RuleTrace TraceByDefault(NetfilterRuleset rules, params NetfilterBackend[] order) => Tracer.Trace(
        rules, Assert.Single(
            Requests(new TraceRequest
            {
                Family = _v6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
                BackendOrder = order
            })));

    /// <summary>The walk of tunnel packets without a mark, such as those that carry ARP.</summary>
    internal RuleTrace TraceUnmarked(NetfilterRuleset rules) => Tracer.Trace(
        rules, Assert.Single(
            Requests(new TraceRequest
            {
                Family = _v6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
                Inner = false,
                Mark = 0
            })));

    /// <summary>Sends service traffic and watches what becomes of it.</summary>
    internal KubeLabResult Send()
    {
        AddressFamily family = _v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        using Socket tap = Far.Inside(
            () => new Socket(family, SocketType.Raw, ProtocolType.Udp) { ReceiveTimeout = 700 });
        long before = ChecksumErrors();
        var service = new IPEndPoint(IPAddress.Parse(Service), ServicePort);
        for (int i = 0; i < Datagrams; i++)
        {
            using Socket udp = Node.Inside(() => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
            udp.SendTo(new byte[40 + i], service);
        }

        using Socket tcp = Node.Inside(
            () => new Socket(family, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
        try
        {
            tcp.Connect(service);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The SYN is on its way; nothing more is wanted.
        }

        IReadOnlyList<int> ports = Seen(tap);
        return new KubeLabResult(ports, Connections(), ChecksumErrors() - before);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Node.Dispose();
        Far.Dispose();
    }

    private static IReadOnlyList<TraceRequest> RequestsOf(TraceRequest given, string device) =>
        NodeTunnels.Requests(given, device);

    private IReadOnlyList<TraceRequest> Requests(TraceRequest given) =>
        NetworkNamespace.Within(Node.Name, () => RequestsOf(given, Device));

    /// <summary>The outer source ports that arrived, until it has been quiet for a while. A raw socket sees what fails
    /// its checksum, too.</summary>
    private List<int> Seen(Socket tap)
    {
        var ports = new List<int>();
        byte[] buffer = new byte[2048];
        try
        {
            while (ports.Count < 200)
            {
                int length = tap.Receive(buffer);
                int start = _v6 ? 0 : (buffer[0] & 0xf) * 4;
                if (length >= start + 8 && Port(buffer, start + 2) == TunnelPort)
                {
                    ports.Add(Port(buffer, start));
                }
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            // Quiet.
        }

        return ports;
    }

    private static int Port(byte[] buffer, int at) => (buffer[at] << 8) | buffer[at + 1];

    /// <summary>What conntrack on the node made of the tunnel's own connections: before and after.</summary>
    private IReadOnlyList<KubeLabConnection> Connections()
    {
        string[] family = _v6 ? ["-f", "ipv6"] : ["-f", "ipv4"];
        string list = Node.TryRun("conntrack",
            ["-L", "-p", "udp", "--dport", TunnelPort.ToString(CultureInfo.InvariantCulture),
                .. family]).Output;
        string far = _v6 ? "dst=fd00:10::10" : "dst=10.0.10.10";
        return
        [
            .. list.Split('\n')
                .Where(l => l.Contains(far, StringComparison.Ordinal)
                    && l.IndexOf(far, StringComparison.Ordinal) < l.IndexOf("sport", StringComparison.Ordinal))
                    .Select(static line =>
            {
                string[] Values(string key) =>
                    [.. line.Split(' ').Where(w => w.StartsWith(key, StringComparison.Ordinal))
                        .Select(w => w[key.Length..])];
                return new KubeLabConnection(Values("src=")[0],
                    int.Parse(Values("sport=")[0], CultureInfo.InvariantCulture),
                    Values("dst=")[1],
                    int.Parse(Values("dport=")[1], CultureInfo.InvariantCulture));
            }),
        ];
    }

    private long ChecksumErrors()
    {
        string file = Far.Inside(
            () => File.ReadAllText(_v6 ? "/proc/thread-self/net/snmp6" : "/proc/thread-self/net/snmp"));
        if (_v6)
        {
            return long.Parse(
                file.Split('\n').First(static l => l.StartsWith("Udp6InCsumErrors", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                    CultureInfo.InvariantCulture);
        }

        string[][] udp = [.. file.Split('\n').Where(static l => l.StartsWith("Udp:", StringComparison.Ordinal))
            .Select(static l => l.Split(' '))];
        return long.Parse(udp[1][Array.IndexOf(udp[0], "InCsumErrors")],
            CultureInfo.InvariantCulture);
    }
}

/// <summary>One tunnel connection of the node, before and after nat.</summary>
internal sealed record KubeLabConnection(string Source, int SourcePort, string NewSource, int NewSourcePort)
{
    public bool PortChanged => SourcePort != NewSourcePort;

    public bool AddressChanged => Source != NewSource;
}

/// <summary>What the kernel did.</summary>
/// <param name="Ports">Outer source ports that arrived at the far end.</param>
/// <param name="Connections">The tunnel's connections in the node's conntrack.</param>
/// <param name="ChecksumErrors">How many tunnel packets the far end dropped for their checksum.</param>
internal sealed record KubeLabResult(IReadOnlyList<int> Ports, IReadOnlyList<KubeLabConnection> Connections,
    long ChecksumErrors)
{
    /// <summary>In the walk's words.</summary>
    public TraceVerdict Verdict => Connections.Any(static c => c.PortChanged) ? TraceVerdict.DoubleSnatWithRandomPort
        : Connections.Any(static c => c.AddressChanged) ? TraceVerdict.DoubleSnat
        : TraceVerdict.Safe;
}
