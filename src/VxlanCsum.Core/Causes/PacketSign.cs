using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Something that packets show beside their checksums: a sign, and no proof.</summary>
/// <param name="Id">A stable word for it.</param>
/// <param name="Message">In a sentence or two; escaped.</param>
internal sealed record PacketSign(string Id, string Message)
{
    public static PacketSign SynSentAgain(string flow, int count, TimeSpan within, bool isAnswered) =>
        new("SynSentAgain", $"The SYN {flow} was sent {Phrase.Count(count, "time", "times")} within "
            + $"{Phrase.Seconds(within)}, {(isAnswered ? "and answered then" : "and no answer is seen")}: the first was "
            + "lost, or its answer. The fault does that: a retransmitted SYN carries no mark, and misses the NAT; so "
            + "does any other loss.");

    public static PacketSign IcmpPassesTcpDoesNot(long replies, long unanswered) => new("IcmpPassesTcpDoesNot",
        $"Pings are answered ({replies}), {Phrase.Count(unanswered, "SYN is", "SYNs are")} not: what is lost depends "
            + "on the protocol, not on the way. Wrong checksums do that, and so do policies and ports that nobody "
            + "listens on.");

    /// <summary>Null for a time to live that shows no way of some routers.</summary>
    public static PacketSign? Routed(int ttl)
    {
        // Senders begin with one of these (net.ipv4.ip_default_ttl, and what others use).
        int begin = ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255, hops = begin - ttl;
        return ttl <= 1 || hops is <= 0 or >= 32 ? null : new PacketSign("TunnelPacketsRouted",
            Phrase.Text($"ttl {ttl}: the tunnel packet passed {Phrase.Count(hops, "router", "routers")} before it was ")
                + "captured. What changed it may stand on the way, and need not be its sender.");
    }
}
