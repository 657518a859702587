using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <content>The evidence for faults: the arithmetic of each bad packet.</content>
internal sealed partial class EvidenceWriter
{
    private void WriteOuter(OuterVerdict outer)
    {
        WriteSummary(outer);
        foreach (BadPacket packet in direction.Outer.Packets)
        {
            _evidence.Add(OfPacket(outer, in packet));
        }

        long impossible = direction.Outer.Bindings.Where(static b => !b.CouldBePartial).Sum(static b => b.Packets);
        if (impossible > 0 && outer.Cause is ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum)
        {
            Add(EvidenceKind.Damage, $"{Words.Packets(impossible)} with a bad outer checksum carry neither TCP nor UDP inside: the defect does not touch those, so they need another explanation");
        }
    }

    private void WriteSummary(OuterVerdict outer)
    {
        switch (outer.Mechanism)
        {
            case OuterMechanism.Constant:
                Add(EvidenceKind.ConstantChecksum, $"{outer.ConstantPackets} of {Words.Packets(direction.Outer.Count)} with a bad outer checksum carry {Words.Hex(outer.Constant)}, though {Words.Count(outer.ConstantExpected, "value", "different values")}{(outer.ConstantExpected >= WireValue.Enough ? " or more" : "")} would be right; chance does that with probability {Words.Probability(outer.LogChance)}");
                break;
            case OuterMechanism.OtherPort when !outer.OriginUnknown:
                Add(EvidenceKind.ImpliedRange, $"{outer.Hits} of {Words.Count(outer.Trials, "binding", "bindings")} (outer source port and inner flow) imply a source port within {_range}; a random value does so in {Words.Probability(Math.Log(_range.Share))} of cases, so chance does that with probability {Words.Probability(outer.LogChance - outer.AgreementLogChance)}{Hypotheses(outer)}");
                break;
            case OuterMechanism.TwiceAddress or OuterMechanism.OnceAddress:
                string what = outer.Mechanism == OuterMechanism.TwiceAddress ? "twice the change of address" : "the change of address";
                Add(EvidenceKind.ImpliedAddress, outer.OriginUnknown
                    ? (FormattableString)$"all {outer.Hits} bindings are off by the same {outer.Delta} (mod 65535), which chance does with probability {Words.Probability(outer.LogChance)}: the port was kept, the address was not"
                    : $"{outer.Hits} of {Words.Count(outer.Trials, "binding", "bindings")} are off by exactly {what} from {outer.Origin!.Value.Address} to {(outer.IsDestination ? direction.Key.Destination : direction.Key.Source)}; chance does that with probability {Words.Probability(outer.LogChance)}{Hypotheses(outer)}");
                break;
        }

        if (outer.AgreeingBindings > 0 && outer.Mechanism != OuterMechanism.None)
        {
            Add(EvidenceKind.AgreeingPort, $"{outer.AgreeingPackets} distinct packets of {Words.Count(outer.AgreeingBindings, "binding", "bindings")} agree on their binding's port; each after a binding's first does so by chance 1 in 65535 (identical retransmissions are not counted); with the rest that makes {Words.Probability(outer.LogChance)}");
        }

        WriteOrigin(outer);
    }

    private void WriteOrigin(OuterVerdict outer)
    {
        if (outer.Mechanism == OuterMechanism.None || !direction.Key.Source.IsAddress)
        {
            return;
        }

        if (outer.Origin is { } origin)
        {
            string why = origin.Reason switch
            {
                OriginReason.AddressedByPeer => Words.Text($"{direction.Key.Destination} sends its tunnel packets there, yet none comes from there"),
                OriginReason.NodeAddress => "given with -NodeAddress",
                OriginReason.TunnelAddress => "from the range that the inner packets come from",
                _ => "an address of the capture",
            };
            string kept = outer.KeptFitsToo ? "; the ports alone would fit a kept address as well" : "";
            _evidence.Add(new ChecksumEvidence(EvidenceKind.ImpliedAddress, Words.Text($"the {(outer.IsDestination ? "destination" : "source")} before NAT was {origin.Address}: {why}{kept}"))
            {
                ImpliedAddress = origin.Address.ToIPAddress(),
            });
        }
        else if (outer.OriginUnknown)
        {
            Add(EvidenceKind.ImpliedAddress, $"the address before NAT is not among the capture's; {UnknownOrigin(outer)}give the sending node's addresses with -NodeAddress");
        }
    }

    /// <summary>A checksum knows an address only by the sum of its words; of IPv4 that is half of it.</summary>
    private string UnknownOrigin(OuterVerdict outer)
    {
        HostId source = direction.Key.Source;
        int? sum = outer.Mechanism switch
        {
            OuterMechanism.Constant => Residue.Of(source.WordSum - outer.Constant),
            OuterMechanism.TwiceAddress => Residue.Of(source.WordSum - Residue.Half(outer.Delta)),
            OuterMechanism.OnceAddress => Residue.Of(source.WordSum - outer.Delta),
            _ => null,
        };
        if (sum is null)
        {
            return "";
        }

        int high = (int)(source.Low >> 16);
        int low = Residue.Of(sum.Value - high);
        return source.Size == 4
            ? Words.Text($"the sum of its words is {Words.Hex(sum.Value)} (were it of {high >> 8}.{high & 0xff}.0.0/16, it would be {high >> 8}.{high & 0xff}.{low >> 8}.{low & 0xff}); ")
            : Words.Text($"the sum of its words is {Words.Hex(sum.Value)}; ");
    }

    private static string Hypotheses(OuterVerdict outer) =>
        outer.Hypotheses > 1 ? Words.Text($" (corrected for {outer.Hypotheses} hypotheses)") : "";

    private ChecksumEvidence OfPacket(OuterVerdict outer, in BadPacket packet)
    {
        string head = $"outer checksum {Words.Hex(packet.Found)}, right is {Words.Hex(packet.Right)}";
        bool fits = packet.CouldBePartial || outer.Cause == ChecksumCause.StaleAfterNat;
        string repeat = packet.Repeat ? " (identical to an earlier packet: not counted)" : "";
        if (outer.Mechanism == OuterMechanism.Constant && packet.Found == outer.Constant)
        {
            string made = outer.Origin is { } from
                ? $"zero updated from {from.Address} to {direction.Key.Source}: fold(~old + new)"
                : outer.OriginUnknown ? "the same on packets that need different values" : "zero updated with the address kept: fold(~a + a)";
            return Packet(EvidenceKind.ConstantChecksum, in packet, $"{head}; {Words.Hex(packet.Found)} is {made}{repeat}", implied: null, outer.Origin);
        }

        if (outer.Mechanism is OuterMechanism.None or OuterMechanism.Constant || !fits)
        {
            int kept = packet.Implied(0);
            return Packet(EvidenceKind.Damage, in packet, Words.Text($"{head}; with the address kept it would be right for source port {kept}, {(_range.Contains(kept) ? "within" : "outside of")} {_range}{repeat}"), implied: null, origin: null);
        }

        int port = packet.Implied(outer.Shift);
        string sum = Words.Text($"{packet.SourcePort} + {Words.Hex(packet.Right)} - {Words.Hex(packet.Found)}");
        string undone = outer.Shift == 0 ? "" : Words.Text($" + {outer.Shift}");
        string with = outer.Origin is { } origin && !outer.IsDestination ? Words.Text($"{origin.Address} port {port}") : Words.Text($"source port {port}");
        string where = outer.Mechanism == OuterMechanism.OtherPort ? $", {(_range.Contains(port) ? "within" : "outside of")} {_range}" : " (kept)";
        string change = outer.Shift == 0 ? ""
            : outer.Mechanism == OuterMechanism.OnceAddress || outer.Cause == ChecksumCause.StaleAfterNat ? Words.Text($"; {outer.Shift} is new - old address")
            : Words.Text($"; {outer.Shift} is twice new - old address");
        return Packet(EvidenceKind.ImpliedPort, in packet, Words.Text($"{head}; {Words.Hex(packet.Found)} came from {with} = {sum}{undone} mod 65535{where}{change}{repeat}"), port, outer.IsDestination ? null : outer.Origin);
    }

    private ChecksumEvidence Packet(EvidenceKind kind, in BadPacket packet, string text, int? implied, OriginCandidate? origin) => new(kind, text)
    {
        Path = path(packet.Path),
        FrameNumber = packet.Frame,
        Found = packet.Found,
        Expected = packet.Right,
        SourcePort = packet.SourcePort,
        ImpliedPort = implied,
        ImpliedAddress = origin?.Address.ToIPAddress(),
    };

    private void WriteInner()
    {
        Dictionary<FlowKey, StaleName> stale = verdict.Stale.ToDictionary(static s => s.Flow.Key);
        foreach (StaleName name in verdict.Stale)
        {
            _evidence.Add(new ChecksumEvidence(EvidenceKind.Stale, Stale(name))
            {
                ImpliedAddress = name.Address.ToIPAddress(),
                ImpliedPort = name.Port == 0 ? null : name.Port,
            });
        }

        foreach (DamagedPacket packet in direction.Inner.Packets)
        {
            LayerRecord layer = packet.Layer;
            string found = layer.Protocol == ChecksumProtocol.Sctp ? Words.Text($"0x{layer.Found:x8}") : Words.Hex((int)layer.Found);
            int? expected = Expected(in layer);
            string text = layer.Status == ChecksumStatus.Illegal
                ? $"{Flow(packet.Flow)}: checksum {found}: {LayerReasons.Describe(in layer) ?? "forbidden here"}"
                : $"{Flow(packet.Flow)}: checksum {found}, right is {(expected is null ? "unknown" : layer.Protocol == ChecksumProtocol.Sctp ? Words.Text($"0x{layer.Expected:x8}") : Words.Hex(expected.Value))}";
            _evidence.Add(new ChecksumEvidence(stale.ContainsKey(packet.Flow) ? EvidenceKind.Stale : EvidenceKind.Damage, text)
            {
                Path = path(packet.Path),
                FrameNumber = packet.Frame,
                Found = layer.Protocol == ChecksumProtocol.Sctp ? null : (int)layer.Found,
                Expected = layer.Protocol == ChecksumProtocol.Sctp ? null : expected,
            });
        }

        if (direction.Inner.OlderThanTunnel > 0)
        {
            Add(EvidenceKind.Damage, $"{Words.Packets(direction.Inner.OlderThanTunnel)} have an outer checksum that is right for the damaged inner bytes: they went wrong before they were encapsulated");
        }

        if (direction.Inner.YoungerThanTunnel > 0)
        {
            Add(EvidenceKind.Damage, $"{Words.Packets(direction.Inner.YoungerThanTunnel)} are off by the same amount outside and inside: they went wrong after they were encapsulated");
        }
    }

    private string Stale(StaleName name)
    {
        FlowKey key = name.Flow.Key;
        string side = name.IsSource ? "source" : "destination";
        string what = name.Address.IsNone
            ? Words.Text($"{side} port {name.Port} (or {(name.IsSource ? "destination" : "source")} port {name.OtherPort})")
            : name.Port == 0 ? $"{side} {name.Address}" : $"{side} {Endpoint(name.Address, name.Port)}";
        return Words.Text($"{Flow(in key)}: {Words.Count(name.Flow.Agreeing, "distinct packet is", "distinct packets are")} right for {what}: found - right = {name.Flow.Delta} = new - old (mod 65535); by chance {Words.Probability(name.LogChance)}");
    }
}
