using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using VxlanCsum.Clusters;
using VxlanCsum.Node.Counters;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Probes;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>
/// Defect B, live: a node with kube-proxy's rules of the first --random-fully generation, and behind a tunnel the node
/// of the pod that answers for the service 10.96.0.10. The way to the service addresses is a device that offloads, as
/// on
/// real nodes: otherwise the socket itself would complete the checksum of UDP.
/// </summary>
public sealed partial class FaultLab : IDisposable
{
    private const string Postrouting = """
        :KUBE-POSTROUTING - [0:0]
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
        """;

    private static readonly string[] s_programs = ["iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"];

    // In one run of the shell: a test looks dozens of times, and each program that it starts itself costs it more.
    private static readonly string s_look = $"""
        set -e
        for program in {string.Join(' ', s_programs)}; do $program-save; printf '\f'; done
        ip route show table all; printf '\f'; ip -6 route show table all; printf '\f'
        ethtool -k "$1"; printf '\f'; ethtool -k "$2"
        """;

    private static readonly IPEndPoint s_service = new(IPAddress.Parse("10.96.0.10"), 53);
    private readonly LabNamespace _peer = LabNamespace.Create();
    private readonly LabDns _dns;
    private readonly bool _overIPv6;
    private readonly string _uplink, _tunnel;
    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-lab-").FullName;

    public FaultLab(string backend, bool overIPv6 = false, string uplink = "up0", string tunnel = "vx")
    {
        (_overIPv6, _uplink, _tunnel) = (overIPv6, uplink, tunnel);
        Node = LabNamespace.Create();
        Backend = backend;
        LabNamespace.Require("iptables-legacy", "iptables-nft", "ethtool", "sysctl", "dnsmasq", "conntrack");

        // Addresses that IPv6 gives itself turn up in the routes only seconds later.
        string[] quiet = overIPv6 ? ["net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.addr_gen_mode=1"]
            : ["net.ipv6.conf.default.disable_ipv6=1"];
        Node.Run("sysctl", ["-qw", .. quiet]);
        _peer.Run("sysctl", ["-qw", .. quiet]);
        LabNamespace.Connect(Node, _uplink, _peer, _uplink);
        LabNamespace.Connect(Node, "svc0", _peer, "svc0");
        foreach (LabNamespace end in (LabNamespace[])[Node, _peer])
        {
            end.TryRun("ethtool", "-K", _uplink, "tx", "off", "sg", "off", "tso", "off", "gso", "off", "gro", "off");
        }

        (string near, string far) = overIPv6 ? ("fd00:10::14", "fd00:10::10") : ("10.0.10.14", "10.0.10.10");
        Node.IpBatch([.. Addresses(14), .. Tunnel(near, far, "10.244.1.0/16"), "route add 10.96.0.0/16 via 10.0.20.10"]);
        _peer.IpBatch([.. Addresses(10), .. Tunnel(far, near, "10.244.2.1/16")]);
        AddRules();
        _dns = LabDns.Start(_peer, "10.244.2.1", 5300);
    }

    public LabNamespace Node { get; }

    /// <summary>The node of the pod, which drops what is wrong.</summary>
    public LabNamespace Peer => _peer;

    public string Backend { get; }

    public string Journal => Path.Combine(_folder, "journal.jsonl");

    public string Iptables => $"iptables-{Backend}";

    /// <summary>Rules of both engines and families, routes and features: what undoing must bring back byte by
    /// byte.</summary>
    public string Snapshot()
    {
        string[] seen = Node.Run("sh", "-c", s_look, "sh", _tunnel, _uplink).Split('\f');
        string[] saves = [.. s_programs.Zip(seen, static (program, said) => $"# {program}\n{Rules(program, said)}")];
        return string.Join('\n', [.. saves, .. seen[saves.Length..]]);
    }

    /// <summary>Forgets all connections. Those that were made while a mitigation was in effect outlive it: a look-up that
    /// got the port of one of them by chance (4 look-ups, 28,000 ports) is not masqueraded, and is answered.</summary>
    public void Forget() => Node.Run("conntrack", "-F");

    /// <summary>Asks the service by UDP and TCP.</summary>
    public FaultTraffic Ask(int datagrams = 4, int connections = 1)
    {
        long before = Errors();
        FaultTraffic traffic = Node.Inside(() =>
        {
            int answers = Enumerable.Range(0, datagrams).Count(i => AskByUdp(i, TimeSpan.FromMilliseconds(500)));
            TimeSpan slowest = Enumerable.Range(0, connections).Select(_ => Connect()).DefaultIfEmpty().Max();
            return new FaultTraffic(answers, datagrams, slowest, 0);
        });
        return traffic with { ChecksumErrors = Errors() - before };
    }

    /// <summary>Has each end know the other's link-layer addresses for good, as flannel does: no ARP comes
    /// between.</summary>
    public void SetNeighbours()
    {
        static string MacOf(LabNamespace node, string device) =>
            node.Ip("-o", "link", "show", device).Split("link/ether ")[1].Split(' ')[0];
        foreach ((LabNamespace node, LabNamespace other, string inside,
            string outside) in ((LabNamespace, LabNamespace, string, string)[])[
                (Node, _peer, "10.244.2.1", "10.0.10.10"), (_peer, Node, "10.244.1.0", "10.0.10.14")])
        {
            node.Ip("neigh", "replace", inside, "lladdr", MacOf(other, _tunnel), "dev", _tunnel, "nud", "permanent");
            node.Ip("neigh", "replace", outside, "lladdr", MacOf(other, _uplink), "dev", _uplink, "nud", "permanent");
        }
    }

    /// <summary>A socket that asks the service from one port all the while.</summary>
    public Socket OpenFlow() => Node.Inside(static () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(s_service);
        return socket;
    });

    /// <summary>Asks once more; whether an answer came.</summary>
    public static bool AskAgain(Socket flow)
    {
        flow.Send(DnsMessage.Query(1, "again.cluster.local.", DnsMessage.TypeOf("A")));
        return flow.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectRead);
    }

    /// <summary>The pod that answers for the service is gone.</summary>
    public void StopPod() => _dns.Dispose();

    /// <summary>Does something while the service is asked by UDP, again and again.</summary>
    public async Task WhileAskingAsync(Func<Task> work)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        Task traffic = Task.Factory.StartNew(() => KeepAsking(end.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await work();
        }
        finally
        {
            await end.CancelAsync();
            await traffic;
        }
    }

    /// <summary>Looks at something meanwhile.</summary>
    public async Task<T> WhileAskingAsync<T>(Func<T> look)
    {
        T seen = default!;
        await WhileAskingAsync(() =>
        {
            seen = look();
            return Task.CompletedTask;
        });
        return seen;
    }

    private void KeepAsking(CancellationToken end) => Node.Inside(() =>
    {
        for (int i = 0; !end.IsCancellationRequested; i++)
        {
            AskByUdp(i % 60, TimeSpan.FromMilliseconds(100));
        }

        return true;
    });

    public void Dispose()
    {
        _dns.Dispose();
        Node.Dispose();
        _peer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<string> Addresses(int host)
    {
        yield return $"addr add 10.0.10.{host}/24 dev {_uplink}";
        yield return $"addr add 10.0.20.{host}/24 dev svc0";
        if (_overIPv6)
        {
            yield return $"addr add fd00:10::{host}/64 dev {_uplink} nodad";
        }
    }

    private string[] Tunnel(string local, string remote, string address) =>
    [
        $"link add {_tunnel} type vxlan id 1 dstport 8472 local {local} remote {remote} dev {_uplink} udpcsum",
        $"addr add {address} dev {_tunnel}",
        $"link set {_tunnel} up",
    ];

    private void AddRules()
    {
        // What comes from the pod network needs no masquerading: kube-proxy's --cluster-cidr.
        string services = string.Concat(((string[])["udp", "tcp"]).Select(static protocol => $"""
            -A KUBE-SERVICES ! -s 10.244.0.0/16 -d 10.96.0.10 -p {protocol} -j KUBE-MARK-MASQ
            -A KUBE-SERVICES -d 10.96.0.10 -p {protocol} --dport 53 -j DNAT --to-destination 10.244.2.1:5300

            """));
        Restore(Iptables, $"""
            :KUBE-MARK-MASQ - [0:0]
            :KUBE-SERVICES - [0:0]
            -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
            -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            {services}{Postrouting}
            """);
        if (_overIPv6)
        {
            Restore("ip6" + Iptables[2..], Postrouting);
        }
    }

    private void Restore(string program, string rules) =>
        Node.Feed($"*nat\n{rules}\nCOMMIT\n", program + "-restore", "-w", "20", "--noflush");

    /// <summary>Datagrams of different lengths have different checksums.</summary>
    private static bool AskByUdp(int number, TimeSpan patience)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo(
            DnsMessage.Query((ushort)number, new string('x', number + 1) + ".cluster.local.", DnsMessage.TypeOf("A")),
            s_service);
        return socket.Poll(patience, SelectMode.SelectRead);
    }

    private static TimeSpan Connect()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        long start = Stopwatch.GetTimestamp();
        socket.Connect(s_service);
        return Stopwatch.GetElapsedTime(start);
    }

    private long Errors() =>
        NetworkNamespace.Within(_peer.Name, ChecksumCounters.Read).Where(static c => c.Protocol is "Udp" or "Udp6")
            .Sum(static c => (long)c.Value);

    /// <summary>The counters of policies run on; and a table of iptables-legacy stays, empty, once it was asked
    /// for.</summary>
    private static string Rules(string program, string said)
    {
        string plain = Counters().Replace(
            string.Join('\n', said.Split('\n').Where(static l => !l.StartsWith('#'))), "[0:0]");
        return program.EndsWith("nft", StringComparison.Ordinal) ? plain : EmptyTable().Replace(plain, string.Empty);
    }

    [GeneratedRegex(@"\[\d+:\d+\]")]
    private static partial Regex Counters();

    [GeneratedRegex(@"^\*\w+\n(?::(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) ACCEPT \[0:0\]\n)+COMMIT\n?",
        RegexOptions.Multiline)]
    private static partial Regex EmptyTable();
}
