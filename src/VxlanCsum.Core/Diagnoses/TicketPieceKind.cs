namespace VxlanCsum;

/// <summary>What a piece of a ticket is, by the program that printed it.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum TicketPieceKind : byte
{
    /// <summary>Packets that tcpdump printed.</summary>
    Packets = 0,

    /// <summary>A capture: pcap or pcapng.</summary>
    Capture,

    /// <summary>iptables-save, iptables -S, iptables -L, nft list ruleset, ipset save.</summary>
    Rules,

    /// <summary>ethtool -k: offload features.</summary>
    Features,

    /// <summary>ethtool -i: a device's driver.</summary>
    Driver,

    /// <summary>ethtool -S: what a device counts.</summary>
    DeviceCounters,

    /// <summary>ip link, ip addr, in any detail.</summary>
    Links,

    /// <summary>ip route.</summary>
    Routes,

    /// <summary>bridge fdb: behind which address a tunnel finds which station.</summary>
    Forwarding,

    /// <summary>/proc/net/snmp, snmp6, nstat, netstat -s.</summary>
    Counters,

    /// <summary>conntrack -L, conntrack -E, /proc/net/nf_conntrack.</summary>
    Connections,

    /// <summary>conntrack -S.</summary>
    ConnectionCounters,

    /// <summary>dmesg, the journal: checksum complaints, and what a LOG rule wrote.</summary>
    KernelLog,

    /// <summary>kubectl get nodes or pods, as a table.</summary>
    ClusterTable,

    /// <summary>Objects of a cluster in YAML or JSON: nodes, pods, FelixConfiguration, ConfigMaps.</summary>
    ClusterObjects,

    /// <summary>uname, os-release, versions in words.</summary>
    Versions,

    /// <summary>ss, netstat -t: sockets, and what they wait for.</summary>
    Sockets,
}
