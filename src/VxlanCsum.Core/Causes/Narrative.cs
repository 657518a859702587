using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Says in plain words what happened.</summary>
internal sealed partial class Narrative(Direction direction, DirectionVerdict verdict, string? source, string? destination)
{
    private string Way => direction.Key.Tunnel == TunnelType.None ? $"from {source ?? "several hosts"}" : $"from {source ?? "several hosts"} to {destination ?? "several others"}";

    private static string Be(long count) => count == 1 ? "is" : "are";

    private static string Have(long count) => count == 1 ? "has" : "have";

    public string Explain(bool isOverflow)
    {
        string text = verdict.Cause switch
        {
            ChecksumCause.NatLocalChecksum => Local(),
            ChecksumCause.NatZeroChecksum => Zero(),
            ChecksumCause.StaleAfterNat => Stale(),
            ChecksumCause.Corrupted => Corrupted(),
            ChecksumCause.OffloadPending or ChecksumCause.LcoPending or ChecksumCause.OffloadForgotten => Pending(),
            ChecksumCause.NotVerifiable => "Nothing could be verified: the packets are fragments, or the capture cut them short (snapshot length). Capture again with -s 0.",
            _ => $"Every checksum of {Words.Packets(direction.Packets)} {Way} is right or absent.",
        };
        if (verdict.SnatSuspected && verdict.Cause is not (ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum))
        {
            text += " Yet the outer packets were source-translated, as their source ports show: the tunnel itself is masqueraded, which is what the fault grows from. Packets whose inner checksum was complete, and super-packets, survive it; others do not.";
        }

        return isOverflow ? "Of many directions together: " + text : text;
    }

    private string Origin()
    {
        OuterVerdict outer = verdict.Outer!;
        return outer.Origin is { } origin && !outer.IsDestination ? $"the source address {origin.Address} " + (outer.Mechanism == OuterMechanism.TwiceAddress ? "" : "and the source port ") : "the source port ";
    }

    private string Local() =>
        $"The outer UDP checksum of {direction.Outer.Count} of {Words.Packets(direction.Packets)} {Way} is wrong{Inside()}, and each wrong value is right for what the packet was before NAT. "
        + $"The sender's kernel had completed the outer checksum (local checksum offload) while the inner one was still to be done by the device; then NAT on the sender rewrote {Origin()}of the encapsulated packet and took the complete checksum for a half-made one (defect B). "
        + (direction.SmallSeeds > 0 ? "The capture is the sender's own: the inner checksums are still to be completed, the outer ones are already spoilt. " : "")
        + "The receiver's kernel drops such packets without a word (UdpInCsumErrors in /proc/net/snmp counts them). "
        + Weak() + Stall();

    private string Inside() => direction.Outer.InnerUnknown == 0 ? ", while what is inside is intact" : "";

    private string Zero()
    {
        OuterVerdict outer = verdict.Outer!;
        string change = outer.Origin is { } origin ? $"rewrote the source address {origin.Address}" : outer.OriginUnknown ? "rewrote the source address" : "rewrote the source port, keeping the address,";
        return $"The outer UDP checksum of {outer.ConstantPackets} of {Words.Packets(direction.Packets)} {Way} is {Words.Hex(outer.Constant)}, whatever the packet holds. "
            + $"The tunnel sends no outer checksum (zero); NAT on the sender {change} and \"updated\" the zero, because the inner checksum was still to be done by the device (defect A). "
            + "The receiver's kernel sees a checksum that is not zero, finds it wrong and drops the packet without a word (UdpInCsumErrors in /proc/net/snmp counts them). "
            + Weak() + Stall();
    }

    private string Weak() => verdict.LogChance > Math.Log(0.05)
        ? $"The evidence is thin: chance alone explains it with probability {Words.Probability(verdict.LogChance)}; a longer capture settles it. "
        : "";

    /// <summary>Why people see 1 s, 5 s or 63 s.</summary>
    private string Stall()
    {
        if (verdict.Answered)
        {
            return "Here they were answered all the same: over a virtual link (veth, virtio) half-made checksums are not verified; over a wire they are.";
        }

        List<BrokenFlow> broken = [.. direction.Broken];
        List<TimeSpan> delays = [.. broken.Where(static f => f.Delay is not null).Select(static f => f.Delay!.Value).Order()];
        int healedFlows = broken.Count(static f => f.IsHealed);
        if (healedFlows > 0 && delays.Count == 0)
        {
            return $"{healedFlows} of {Words.Count(broken.Count, "broken flow", "broken flows")} got through later, when a packet missed the spoilt NAT binding. ";
        }

        if (delays.Count == 0)
        {
            bool always = broken.Exists(static f => f.BadPorts > 1);
            return (broken.Count == 1 ? "The broken flow never got through" : $"None of the {broken.Count} broken flows got through") + " within the capture"
                + (always ? ": retransmissions from new outer ports are spoilt as well, so the rule hits every packet and not only marked ones." : ". Where a retransmission leaves from a new outer source port and without the mark, a connection stalls for 1 s; where it keeps the port it stays in the spoilt NAT binding until that was idle for 30 s, which makes 63 s (1+2+4+8+16+32). DNS over UDP waits for the resolver's retry, 5 s.");
        }

        TimeSpan median = delays[delays.Count / 2];
        string healed = $"{delays.Count} of {Words.Count(broken.Count, "broken flow", "broken flows")} got through after {Words.Seconds(median)}{(delays.Count > 1 ? " (median)" : "")}: ";
        return healed + median.TotalSeconds switch
        {
            < 0.5 => "another packet of the same flow took a way around the spoilt binding.",
            < 3.5 => "the retransmission carries no masquerade mark and left from a new outer source port, so it missed the spoilt NAT binding. Kernels that keep the port over retransmissions need 63 s.",
            < 10 => "a retry of the application (resolvers take 5 s) carries no masquerade mark, so it missed the spoilt NAT binding.",
            < 50 => "retransmissions stayed in the spoilt NAT binding until one left from another outer source port.",
            _ => "the retransmissions (1+2+4+8+16+32 s) kept the outer source port and with it the spoilt NAT binding, which lives until no packet came for 30 s.",
        };
    }

    private string Stale()
    {
        if (verdict.Outer is { Mechanism: not OuterMechanism.None } outer)
        {
            string change = outer.Mechanism == OuterMechanism.OtherPort ? "another source port"
                : outer.Origin is { } origin ? $"the {(outer.IsDestination ? "destination" : "source")} address {origin.Address}" : "another address";
            return $"The outer UDP checksum of {direction.Outer.Count} of {Words.Packets(direction.Packets)} {Way} is right for {change}: something on the way rewrote the packet and left the checksum alone. Neither kernel defect does that; look for a device or a rule (also XDP, tc, a load balancer) that translates without correcting. " + Weak();
        }

        StaleName first = verdict.Stale[0];
        string what = first.Address.IsNone ? "another port" : $"the {(first.IsSource ? "source" : "destination")} {first.Address}";
        string place = direction.Key.Tunnel == TunnelType.None ? "" : "inner ";
        return $"The {place}checksum of {direction.Inner.Count} of {Words.Packets(direction.Packets)} {Way} is right for {what}: NAT rewrote the packet and left its checksum alone. " + Weak();
    }

    private string Corrupted()
    {
        string text = direction.Outer.Count > 0
            ? $"The outer UDP checksum of {direction.Outer.Count} of {Words.Packets(direction.Packets)} {Way} is wrong{Inside()}, and neither defect nor another address or port in the capture explains the values. "
            : "";
        if (direction.Inner.Illegal > 0)
        {
            text += $"{Words.Packets(direction.Inner.Illegal)} {Way} with a checksum of zero where it is forbidden: receivers drop them. ";
        }

        long damaged = direction.Inner.Count - direction.Inner.Illegal;
        if (damaged > 0)
        {
            text += $"{damaged} of {Words.Packets(direction.Packets)} {Way} {Have(damaged)} a wrong {(direction.Key.Tunnel == TunnelType.None ? "" : "inner ")}checksum, and no other address or port in the capture explains it. ";
        }

        return text + (verdict.LogChance > Math.Log(0.1)
            ? "An address that the capture does not show could still explain it: give the addresses before NAT with -NodeAddress."
            : "Packets of one flow are off by different amounts, or outside and inside alike: that is damage, not translation.");
    }
}
