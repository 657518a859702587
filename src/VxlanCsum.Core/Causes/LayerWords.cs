using VxlanCsum.Captures;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Which checksum of a packet is meant, as people say it.</summary>
internal static class LayerWords
{
    // What the enum's own name does not say as people do.
    private static readonly Dictionary<ChecksumProtocol, string> s_names = new()
    {
        [ChecksumProtocol.IPv4] = "IPv4 header",
        [ChecksumProtocol.Tcp] = "TCP",
        [ChecksumProtocol.Udp] = "UDP",
        [ChecksumProtocol.UdpLite] = "UDP-Lite",
        [ChecksumProtocol.Icmp] = "ICMP",
        [ChecksumProtocol.IcmpV6] = "ICMPv6",
        [ChecksumProtocol.Igmp] = "IGMP",
        [ChecksumProtocol.Gre] = "GRE",
        [ChecksumProtocol.Sctp] = "SCTP",
    };

    /// <summary>"outer IPv4 header", "inner TCP"; without a tunnel "IPv4 header", "TCP".</summary>
    public static string Of(in LayerRecord layer) =>
        Of(layer.Depth, layer.Protocol, tunnel: layer.Depth > 0 || (layer.Flags & LayerFlags.Tunnel) != 0);

    public static string Of(byte depth, ChecksumProtocol protocol, bool tunnel) =>
        (tunnel ? depth == 0 ? "outer " : "inner " : "") + (s_names.GetValueOrDefault(protocol) ?? protocol.ToString());
}
