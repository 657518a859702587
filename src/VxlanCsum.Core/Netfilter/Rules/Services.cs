namespace VxlanCsum.Netfilter.Rules;

/// <summary>Service names that people write instead of ports in scripts and that old tools print
/// (/etc/services).</summary>
internal static class Services
{
    private static readonly (string Name, ushort Port)[] s_ports =
    [
        ("ftp", 21), ("ssh", 22), ("telnet", 23), ("smtp", 25), ("domain", 53), ("bootps", 67), ("bootpc", 68),
        ("tftp", 69), ("http", 80), ("pop3", 110), ("sunrpc", 111), ("ntp", 123), ("imap", 143), ("imap2", 143),
        ("snmp", 161), ("bgp", 179), ("ldap", 389), ("https", 443), ("submission", 587), ("ldaps", 636),
        ("imaps", 993), ("pop3s", 995), ("vxlan", 4789), ("geneve", 6081), ("mdns", 5353), ("otv", 8472),
    ];

    public static bool TryFind(ReadOnlySpan<char> name, out ushort port)
    {
        foreach ((string known, ushort number) in s_ports)
        {
            if (name.SequenceEqual(known))
            {
                port = number;
                return true;
            }
        }

        port = 0;
        return false;
    }
}
