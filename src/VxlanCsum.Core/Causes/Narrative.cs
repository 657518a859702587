using VxlanCsum.Captures;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Says in plain words what happened.</summary>
internal sealed partial class Narrative(Direction direction, DirectionVerdict verdict, string? source,
    string? destination)
{
    private string Way => direction.Key.Tunnel == TunnelType.None ? $"from {source ?? "several hosts"}"
        : $"from {source ?? "several hosts"} to {destination ?? "several others"}";

    private static string Be(long count) => count == 1 ? "is" : "are";

    private static string Have(long count) => count == 1 ? "has" : "have";

    public string Explain(bool isOverflow)
    {
        string text = OfCause();
        if (direction.SnatSuspected
            && verdict.Cause is not (ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum))
        {
            text += " The outer source ports look source-translated: the tunnel itself may be masqueraded, which is "
                + "what the fault grows from. A sender that is no Linux, or a tunnel made with srcport, has such "
                + "ports as well (-SourcePortRange).";
        }

        return (isOverflow ? "Of many directions together: " + text : text).TrimEnd();
    }

    private string OfCause() => verdict.Cause switch
    {
        ChecksumCause.NatLocalChecksum => Local(),
        ChecksumCause.NatZeroChecksum => Zero(),
        ChecksumCause.StaleAfterNat => Stale(),
        ChecksumCause.Corrupted => Corrupted(),
        ChecksumCause.OffloadPending or ChecksumCause.LcoPending or ChecksumCause.OffloadForgotten => Pending(),
        ChecksumCause.NotVerifiable => NotVerifiable(),
        _ => Verified(),
    };

    private string Verified() => direction.Unverified == 0
        ? $"Every checksum of {Phrase.Packets(direction.Packets)} {Way} is right or absent."
        : $"Every checksum of {direction.Judged} of {Phrase.Packets(direction.Packets)} {Way} that could be verified is "
            + $"right or absent; {Phrase.Count(direction.Unverified, "could", "could")} not be verified: "
            + $"{WhyUnverified()}.";

    private string NotVerifiable() => direction.Judged == 0 && direction.InnerRightOnly == direction.Unverified
        ? $"The outer checksum of {Phrase.Packets(direction.Packets)} {Way} could not be verified: {WhyUnverified()}. "
            + $"What is inside is right."
        : direction.Judged == 0
        ? $"Nothing could be verified of {Phrase.Packets(direction.Packets)} {Way}: {WhyUnverified()}."
        : $"{direction.Unverified} of {Phrase.Packets(direction.Packets)} {Way} could not be verified: "
            + $"{WhyUnverified()}. The {direction.Judged} that could be {(direction.Judged == 1 ? "is" : "are")} "
            + $"right, which says little of the others.";

    /// <summary>"cut off by the snapshot length: capture with -s 0".</summary>
    private string WhyUnverified()
    {
        var layer = new LayerRecord { Reason = direction.UnverifiedReasons.Commonest };
        return layer.Reason switch
        {
            LayerReason.Truncated or LayerReason.BeyondCapture =>
                "they were cut off by the snapshot length. Capture again with -s 0",
            LayerReason.Fragment => "they are fragments, whose bytes are spread over several packets",
            LayerReason.NoVerdict => "the text has no verdict on them. Print it with tcpdump -n -vv",
            LayerReason.Unremarked => "tcpdump names only the wrong ones of these, and -vv says of UDP which are right",
            _ => LayerReasons.Describe(in layer) ?? "what they carry is not opened here",
        };
    }

    /// <summary>What else it may be, where that is not far behind.</summary>
    private string Unsure() => verdict.IsUnsure && verdict.Belief.Alternatives() is [{ } first, ..]
        ? Phrase.Text(
            $"This is unsure: {100 * verdict.Confidence:0} % for this, {100 * first.Probability:0} % for "
                + $"{first.Cause}. What would decide: {first.Decides}. ")
        : "";

    private string Origin()
    {
        OuterVerdict outer = verdict.Outer!;
        return outer.Origin is { } origin && !outer.IsDestination
            ? $"the source address {origin.Address} " + (outer.Mechanism == OuterMechanism.TwiceAddress ? ""
                : "and the source port ") : "the source port ";
    }

    private string Local() =>
        $"The outer UDP checksum of {direction.Outer.Count} of {Phrase.Packets(direction.Packets)} {Way} is wrong"
            + $"{Inside()}, and each wrong value is right for what the packet was before NAT. "
        + $"The sender's kernel had completed the outer checksum (local checksum offload) while the inner one was "
        + $"still to be done by the device; then NAT on the sender rewrote {Origin()}of the encapsulated packet and "
        + $"took the complete checksum for a half-made one (defect B). "
        + (direction.SmallSeeds > 0
            ? "The capture is the sender's own: the inner checksums are still to be completed, the outer ones are "
                + "already spoilt. " : "")
        + "The receiver's kernel drops such packets without a word (UdpInCsumErrors in /proc/net/snmp counts them). "
        + Unsure() + Stall();

    private string Inside() => direction.Outer.InnerUnknown == 0 ? ", while what is inside is intact" : "";

    private string Zero()
    {
        OuterVerdict outer = verdict.Outer!;
        string change = outer.Origin is { } origin ? $"rewrote the source address {origin.Address}"
            : outer.OriginUnknown ? "rewrote the source address" : "rewrote the source port, keeping the address,";
        return $"The outer UDP checksum of {direction.Outer.Count} of {Phrase.Packets(direction.Packets)} {Way} is wrong"
            + $"{Inside()}: {Phrase.Hex(outer.Constant)}, whatever the packet holds. "
            + $"The tunnel sends no outer checksum (zero); NAT on the sender {change} and \"updated\" the zero, "
            + $"because the inner checksum was still to be done by the device (defect A). "
            + "The receiver's kernel sees a checksum that is not zero, finds it wrong and drops the packet without a "
            + "word (UdpInCsumErrors in /proc/net/snmp counts them). "
            + Unsure() + Stall();
    }

    /// <summary>Why people see 1 s, 5 s or 63 s.</summary>
    private string Stall()
    {
        if (verdict.Answered)
        {
            return "Here they were answered all the same: over a virtual link (veth, virtio) half-made checksums are "
                + "not verified; over a wire they are.";
        }

        List<BrokenFlow> broken = [.. direction.Broken];
        List<long> delays = Delays(broken);
        string flows = Phrase.Count(broken.Count, "broken flow", "broken flows");
        int healedFlows = broken.Count(static f => f.IsHealed);
        if (delays.Count == 0)
        {
            return healedFlows == 0 ? NeverThrough(broken)
                : $"{healedFlows} of {flows} got through later, when a packet missed the spoilt NAT binding. ";
        }

        TimeSpan median = TimeSpan.FromTicks(delays[delays.Count / 2]);
        return $"{delays.Count} of {flows} got through after {Phrase.Seconds(median)}"
            + $"{(delays.Count > 1 ? " (median)" : "")}: " + Healed(median);
    }

    /// <summary>In ticks, the shortest first.</summary>
    private static List<long> Delays(List<BrokenFlow> broken)
    {
        List<long> delays = [];
        foreach (BrokenFlow flow in broken)
        {
            if (flow.Delay is { } delay)
            {
                delays.Add(delay.Ticks);
            }
        }

        delays.Sort();
        return delays;
    }

    private static string NeverThrough(List<BrokenFlow> broken)
    {
        string who = broken.Count == 1 ? "The broken flow never got through"
            : $"None of the {broken.Count} broken flows got through";
        return who + " within the capture" + (broken.Exists(static f => f.BadPorts > 1)
            ? ": retransmissions from new outer ports are spoilt as well, so the rule hits every packet and not only "
                + "marked ones."
            : ". Where a retransmission leaves from a new outer source port and without the mark, a connection "
                + "stalls for 1 s; where it keeps the port it stays in the spoilt NAT binding until that was "
                + "idle for 30 s, which makes 63 s (1+2+4+8+16+32). DNS over UDP waits for the resolver's retry, "
                + "5 s.");
    }

    private static string Healed(TimeSpan median) => median.TotalSeconds switch
    {
        < 0.5 => "another packet of the same flow took a way around the spoilt binding.",
        < 3.5 => "the retransmission carries no masquerade mark and left from a new outer source port, so it "
            + "missed the spoilt NAT binding. Kernels that keep the port over retransmissions need 63 s.",
        < 10 => "a retry of the application (resolvers take 5 s) carries no masquerade mark, so it missed the "
            + "spoilt NAT binding.",
        < 50 => "retransmissions stayed in the spoilt NAT binding until one left from another outer source port.",
        _ => "the retransmissions (1+2+4+8+16+32 s) kept the outer source port and with it the spoilt NAT "
            + "binding, which lives until no packet came for 30 s.",
    };

    private string Stale()
    {
        if (verdict.IsOuter && verdict.Outer is { } outer)
        {
            string change = outer.Mechanism == OuterMechanism.OtherPort ? "another source port"
                : outer.Origin is { } origin
                    ? $"the {(outer.IsDestination ? "destination" : "source")} address {origin.Address}"
                    : "another address";
            string reach = direction.Outer.Others > 0 ? ", whatever they carry" : "";
            return $"The outer UDP checksum of {direction.Outer.Count} of {Phrase.Packets(direction.Packets)} {Way} is "
                + $"right for {change}: one amount off{reach}. The packets were rewritten after they were sent and the "
                + $"checksum was left alone: by a translator on the way{Routed()}, or because the capture's addresses "
                + $"were edited or anonymised. Neither kernel defect does that. " + Unsure();
        }

        StaleName? first = verdict.Stale.FirstOrDefault(static s => !s.Address.IsNone);
        string what = first is not null ? $"the {(first.IsSource ? "source" : "destination")} {first.Address}"
            : verdict.Stale is [{ Port: not 0 }] ? "another port" : "another address or port";
        return $"The {Layers()} of {direction.Inner.Count} of {Phrase.Packets(direction.Packets)} {Way} is right for "
            + $"{what}: the packet was rewritten and its checksum left alone, by NAT, or because the capture's "
            + $"addresses were edited or anonymised. " + Unsure();
    }

    private string Routed() => direction.Outer.Routed > 0 ? " (their TTL shows that they passed a router)" : "";

    /// <summary>"inner TCP checksum", "outer IPv4 header checksum and inner UDP checksum".</summary>
    private string Layers() =>
        string.Join(" and ",
            direction.Inner.Layers.OrderBy(static l => l.Depth).ThenBy(static l => l.Protocol).Take(3)
                .Select(l => LayerWords.Of(l.Depth, l.Protocol, direction.Key.Tunnel != TunnelType.None)
                    + " checksum"));

    private bool DifferByAmount() =>
        direction.Outer.Deltas().Counts.Count + direction.Inner.Deltas().Counts.Count > 1;

    private string Corrupted()
    {
        string text = direction.Outer.Count > 0
            ? $"The outer UDP checksum of {direction.Outer.Count} of {Phrase.Packets(direction.Packets)} {Way} is wrong"
                + $"{Inside()}, and no one cause explains the values. "
            : "";
        if (direction.Inner.Illegal > 0)
        {
            text += $"{Phrase.Packets(direction.Inner.Illegal)} {Way} {Have(direction.Inner.Illegal)} a checksum of "
                + $"zero where it is forbidden: receivers drop {(direction.Inner.Illegal == 1 ? "it" : "them")}. ";
        }

        long damaged = direction.Inner.Count - direction.Inner.Illegal;
        if (damaged > 0)
        {
            text += $"{damaged} of {Phrase.Packets(direction.Packets)} {Way} {Have(damaged)} a wrong {Layers()}. ";
        }

        return text + (verdict.IsUnsure ? Unsure()
            : verdict.Outer is { Mechanism: OuterMechanism.OneBit }
                ? "They are all off by one and the same bit: that is damage at one place, not translation."
            : direction.Inner.YoungerThanTunnel > 0
                ? "Outside and inside are off alike: that is damage on the way, not translation."
            : !DifferByAmount() ? "" : "They are off by different amounts: that is damage, not translation.");
    }
}
