using VxlanCsum.Verdicts;

namespace VxlanCsum.Diagnoses;

/// <summary>What devices say of the size of packets: a tunnel whose largest packets do not fit through what is
/// below.</summary>
internal static class SizeFindings
{
    /// <summary>The finding's id.</summary>
    public const string Id = "TunnelPacketsTooLarge";

    /// <summary>Inner Ethernet, VXLAN and UDP headers, and the outer IP header (RFC 7348, section 5).</summary>
    private const int OverIPv4 = 14 + 8 + 8 + 20, OverIPv6 = 14 + 8 + 8 + 40;

    public static void Add(FindingList findings, IReadOnlyList<VxlanInterface> tunnels)
    {
        foreach (VxlanInterface tunnel in tunnels)
        {
            if (tunnel is { Up: true, Kind: "vxlan", Mtu: > 0, UnderlyingMtu: { } below }
                && tunnel.Mtu + Overhead(tunnel) is var size && size > below)
            {
                findings.Add(Id, FindingSeverity.Information, DiagnosisSource.Devices, Phrase.Text(
                    $"{tunnel.Name} takes packets of {tunnel.Mtu} bytes, which are {size} below it, and ")
                    + Phrase.Text($"{tunnel.UnderlyingDevice} carries {below}: large packets are cut in pieces or ")
                    + "lost, small ones (SYNs, look-ups, pings) pass. That is not this fault, and no cure of it "
                    + "helps.",
                    Phrase.Text($"ip link set {tunnel.Name} mtu {below - Overhead(tunnel)} on every node, in the ")
                    + "network plugin's settings for good");
            }
        }
    }

    /// <summary>The segment that was lost though the service answers small questions at once; null where none was.
    /// Where small ones are lost as well, its size is not why.</summary>
    public static LargePacketProbe? Lost(NodeEvidence evidence) => evidence.LargePackets.FirstOrDefault(l => l.IsLost
        && evidence.Probes.Any(p => p.Transport == DnsTransport.Tcp && p.Symptom == DnsSymptom.Healthy
            && p.Server == l.Server && p.Port == l.Port));

    /// <summary>What was seen of such a segment.</summary>
    public static string Describe(LargePacketProbe lost) => Phrase.Text(
        $"a TCP segment of {lost.Bytes} bytes to {lost.Server} port {lost.Port} was sent {lost.Retransmissions + 1} ")
        + "times and never acknowledged, small ones pass";

    /// <summary>Says so where it is not what the diagnosis comes to.</summary>
    public static void AddLost(FindingList findings, NodeEvidence evidence)
    {
        if (Lost(evidence) is { } lost)
        {
            findings.Add("LargePacketsLost", FindingSeverity.Information, DiagnosisSource.Probe,
                $"Large packets are lost on the way to the service: {Describe(lost)}. A smaller MTU on the way does "
                + "that, not this fault.");
        }
    }

    /// <summary>What the tunnel puts before a packet.</summary>
    public static int Overhead(VxlanInterface tunnel) =>
        (tunnel.Local ?? tunnel.Remote)?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? OverIPv6
            : OverIPv4;
}
