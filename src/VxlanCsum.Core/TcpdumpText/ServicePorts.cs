namespace VxlanCsum.TcpdumpText;

/// <summary>The service names that tcpdump prints for ports without -n: those that cluster nodes speak. Others stay
/// names.</summary>
internal static class ServicePorts
{
    // IANA's service name registry, and /etc/services of Debian and RHEL, from which tcpdump takes the names.
    private static readonly Dictionary<string, ushort> _ports = new(StringComparer.Ordinal)
    {
        ["ftp"] = 21,
        ["ssh"] = 22,
        ["telnet"] = 23,
        ["smtp"] = 25,
        ["domain"] = 53,
        ["bootps"] = 67,
        ["bootpc"] = 68,
        ["tftp"] = 69,
        ["http"] = 80,
        ["kerberos"] = 88,
        ["kerberos-sec"] = 88,
        ["sunrpc"] = 111,
        ["ntp"] = 123,
        ["netbios-ns"] = 137,
        ["netbios-dgm"] = 138,
        ["netbios-ssn"] = 139,
        ["snmp"] = 161,
        ["snmp-trap"] = 162,
        ["snmptrap"] = 162,
        ["bgp"] = 179,
        ["ldap"] = 389,
        ["https"] = 443,
        ["microsoft-ds"] = 445,
        ["isakmp"] = 500,
        ["syslog"] = 514,
        ["dhcpv6-client"] = 546,
        ["dhcpv6-server"] = 547,
        ["ldaps"] = 636,
        ["domain-s"] = 853,
        ["nfs"] = 2049,
        ["etcd-client"] = 2379,
        ["etcd-server"] = 2380,
        ["iscsi-target"] = 3260,
        ["mysql"] = 3306,
        ["ipsec-nat-t"] = 4500,
        ["ipsec-msft"] = 4500,
        ["vxlan"] = 4789,
        ["mdns"] = 5353,
        ["hostmon"] = 5355,
        ["postgresql"] = 5432,
        ["vxlan-gpe"] = 4790,
        ["geneve"] = 6081,
        ["sun-sr-https"] = 6443,
        ["http-alt"] = 8080,
        ["webcache"] = 8080,
        ["otv"] = 8472,
        ["pcsync-https"] = 8443,
        ["websm"] = 9090,
        ["jetdirect"] = 9100,
    };

    /// <summary>The port behind a name; null where it is not known.</summary>
    public static ushort? Find(string name) => _ports.TryGetValue(name, out ushort port) ? port : null;
}
