using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <content>The innocent and the hardware cases, and what to do.</content>
internal sealed partial class Narrative
{
    private static readonly LayerReason[] s_wrapped =
        [LayerReason.None, LayerReason.NotOpened, LayerReason.NotChecked, LayerReason.TooDeep];

    private string Pending()
    {
        if (verdict.Cause == ChecksumCause.OffloadForgotten)
        {
            return Forgotten();
        }

        string what = WhatIsUnfinished();
        if (verdict.IsUnfinishedOnArrival)
        {
            return what + " WARNING: this is where they arrive, no answer to them is seen, and they should have been "
                + "completed on the way here."
                + " If they did not come over a virtual link (veth, virtio), no NAT is to blame but a network card "
                + "or hypervisor that promises to complete tunnelled checksums and does not (vmxnet3 and some mlx5 "
                + "firmware are known for it): ICMP through the tunnel works, TCP and UDP do not. The receiver drops "
                + "these packets.";
        }

        if (verdict.Vantage == CaptureVantage.Receiver)
        {
            return what + (direction.SmallSeeds == 0
                ? " They are long packets, merged on arrival (GRO leaves such a sum on purpose); the short ones are "
                    + "complete."
                : " They were captured where they arrive, yet they were answered: so they came over a virtual link "
                    + "(veth, virtio), which hands such packets on as they are.");
        }

        return what + " That is what a capture on the sending side shows; tcpdump and Wireshark call it bad."
            + OfBothDirections() + " It says nothing about what reaches the wire. " + Unsure();
    }

    private string WhatIsUnfinished()
    {
        string packets = $"{Phrase.Packets(direction.Pending)} {Way}";
        if (verdict.Cause == ChecksumCause.LcoPending)
        {
            return $"{packets} {Be(direction.Pending)} unfinished, not wrong: the inner checksums are still "
                + "pseudo-header sums, and the outer ones are right once those are completed (local checksum offload).";
        }

        if (direction.SeedValues.Count > 0)
        {
            return $"{packets} {Be(direction.Pending)} unfinished, not wrong: their checksum fields still hold the "
                + "pseudo-header sum that offloading starts from.";
        }

        return direction.NeverFilled > 0
            ? $"The TCP checksum of {Phrase.Packets(direction.NeverFilled)} {Way} is zero: it was never filled in, by "
                + "a device or a program that leaves it to another. That is no damage."
            : $"{packets} {Have(direction.Pending)} no IPv4 header checksum: header offload, or a packet generator.";
    }

    private string OfBothDirections() => (verdict.BothUnfinished, verdict.Answered) switch
    {
        (true, false) => " The opposite direction is unfinished as well, and no answer to these packets is seen: if "
            + "they arrive over a real wire, the sending card forgets to complete them; say where the capture was "
            + "taken with -LocalAddress.",
        (true, true) => " So is the opposite direction, and packets were answered: both ends are on this machine, or "
            + "joined by a virtual link.",
        _ => "",
    };

    private string Forgotten() =>
        $"{Phrase.Packets(direction.Pending)} {Way} {Be(direction.Pending)} unfinished where they arrive: "
        + (direction.OuterRightOverSeed > 0
            ? "their outer checksum was completed on the way and the inner one forgotten, which still holds the "
                + "pseudo-header sum that offloading starts from. "
            : "their checksum fields still hold the pseudo-header sum that offloading starts from"
                + (verdict.UnansweredFlows > 0 ? ", and none of their flows was answered, while others were. " : ". "))
        + Unsure()
        + "No NAT is to blame but a network card or hypervisor that promises to complete tunnelled checksums and "
        + "does not (vmxnet3 and some mlx5 firmware are known for it): ICMP through the tunnel works, TCP and UDP do "
        + "not. The receiver drops these packets.";

    public string[] Mitigations() => verdict.Cause switch
    {
        ChecksumCause.OffloadForgotten => ["DisableTunnelSegmentation"],
        ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum => HitsUnmarked
            ? ["NoTrackTunnel", "AcceptTunnelPort", "DisableTxChecksum"]
            : ["UnmarkTunnel", "NoTrackTunnel", "AcceptTunnelPort", "DisableTxChecksum"],
        _ => [],
    };

    public string Recommend() => verdict.Cause switch
    {
        ChecksumCause.NatLocalChecksum => Cure(SendingNode(), Port())
            + " A kernel upgrade doesn't cure this: defect B is in every kernel from 4.6 to at least 6.18.",
        ChecksumCause.NatZeroChecksum => Cure(SendingNode(), Port())
            + " A kernel with commit ea64d8d6c675 (5.7, 5.6.13, 5.4.41, 4.19.123, 4.14.181, and distributions' "
            + "backports) cures defect A, though not the double NAT behind it.",
        ChecksumCause.StaleAfterNat =>
            "If the capture's addresses were edited, capture again, or give the original addresses with "
            + "-NodeAddress. If not, find what rewrites these packets on the way without correcting their "
            + "checksum: a translator, a load balancer, tc or XDP programs between the two.",
        ChecksumCause.Corrupted => AgainstDamage(),
        ChecksumCause.OffloadForgotten or ChecksumCause.OffloadPending or ChecksumCause.LcoPending =>
            OnUnfinished(),
        ChecksumCause.NotVerifiable => WhatIsMissing() + Snat(),
        _ => OnRight() + Snat(),
    };

    private string SendingNode() => verdict is { IsOuter: true, Outer: { Origin: { } origin, IsDestination: false } }
        ? origin.Address.ToString() : source ?? "the sending nodes";

    private string Port() => direction.TunnelPort == 0 ? "<tunnel port>" : Phrase.Text($"{direction.TunnelPort}");

    private string AgainstDamage() => verdict.IsUnsure
        ? "Capture more packets of the same flows, on both ends if you can, and test those: two distinct packets of "
            + "one flow decide more than many single ones."
        : "Capture on both ends and compare: if the packets are right where they leave, look at cables, cards and "
            + "firmware on the way.";

    private string OnUnfinished()
    {
        if (verdict.Cause == ChecksumCause.OffloadForgotten || verdict.IsUnfinishedOnArrival)
        {
            return $"On {SendingNode()}: ethtool -K <uplink> tx-udp_tnl-segmentation off tx-udp_tnl-csum-segmentation "
                + "off; update the card's firmware or the hypervisor.";
        }

        return (verdict.Vantage == CaptureVantage.Receiver ? "Nothing is to be done."
            : "Nothing is to be mended here. To see what reaches the wire, capture on the receiving node's uplink "
                + $"(tcpdump -i <uplink> -s 0 -w tunnel.pcap udp port {Port()}) and test that.") + Snat();
    }

    private string OnRight() => verdict.Cause == ChecksumCause.None && direction.Unverified > 0
        ? "Nothing is to be done about what was verified. For the rest: " + WhatIsMissing() : "Nothing is to be done.";

    /// <summary>What would make the packets verifiable, by what most of them lack.</summary>
    private string WhatIsMissing() => direction.UnverifiedReasons.Commonest switch
    {
        LayerReason.NoVerdict or LayerReason.Unremarked => "Print the packets again with tcpdump -n -vv, or test the "
            + "capture itself (tcpdump -s 0 -w tunnel.pcap).",
        LayerReason.AddressUnknown => "Print the packets again with tcpdump -n -vv, or say which address the name "
            + "stands for (-HostAddress, -SourceAddress).",
        LayerReason.LengthUnknown or LayerReason.InnerUnknown => "Paste every line that tcpdump -n -vv prints of a "
            + "packet: the header line before and the inner lines after it are missing.",
        LayerReason.Fragment => "Capture where the packets are not fragmented, or lower the tunnel's MTU and test "
            + "again.",
        var reason when Array.IndexOf(s_wrapped, reason) >= 0 =>
            "Test the packets where they are not wrapped in it, on the tunnel's own device for instance.",
        _ => "Capture whole packets (tcpdump -s 0) and test again.",
    };

    /// <summary>A flow whose retransmissions from new outer ports are spoilt as well: they carry no mark, so the rule
    /// needs none.</summary>
    private bool HitsUnmarked => direction.Broken.Any(static f => f.BadPorts > 1);

    private string Cure(string node, string port)
    {
        string iptables = direction.Key.Source.IsIPv6 ? "ip6tables" : "iptables";
        string unmark =
            $"UnmarkTunnel ({iptables} -t mangle -A OUTPUT -p udp --dport {port} -j MARK --set-xmark 0x0/0x4000, "
            + $"where 0x4000 is kube-proxy's masqueradeBit), ";
        return $"On {node}, keep NAT away from the tunnel: {(HitsUnmarked ? "" : unmark)}NoTrackTunnel ({iptables} "
            + $"-t raw -A OUTPUT -p udp --dport {port} -j NOTRACK) or "
            + $"AcceptTunnelPort ({iptables} -t nat -I POSTROUTING -p udp --dport {port} -j ACCEPT); then conntrack "
            + $"-D -p udp --dport {port}, since old bindings keep the NAT. "
            + (HitsUnmarked ? "UnmarkTunnel will hardly help: the rule translates packets without a mark as well. "
                : "")
            + "DisableTxChecksum (ethtool -K <tunnel device> tx-checksum-ip-generic off) cures as well, at the price "
            + "of segmentation offload. "
            + "For good: kube-proxy 1.16.13, 1.17.9, 1.18.6, 1.19 or later, with no older MASQUERADE rule left in or "
            + "before KUBE-POSTROUTING (Trace-KubePostrouting names it).";
    }

    private string Snat() => verdict.SnatSuspected
        ? " If the outer packets are source-translated, as their ports suggest, let Trace-KubePostrouting on the "
            + "sending node name the rule, and keep the tunnel out of it (UnmarkTunnel, NoTrackTunnel or "
            + "AcceptTunnelPort)."
        : "";
}
