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

        if (direction.Outer.Others > 0
            && outer.Cause is ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum)
        {
            string packets = Phrase.Count(direction.Outer.Others, "packet with a bad outer checksum carries",
                "packets with a bad outer checksum carry");
            Add(EvidenceKind.Damage, $"{packets} neither TCP nor UDP inside: the defect does not touch those, so they "
                + $"need another explanation");
        }
    }

    private void WriteSummary(OuterVerdict outer)
    {
        switch (outer.Mechanism)
        {
            case OuterMechanism.Constant:
                Tally constant = direction.Outer.Wires()[outer.Constant];
                Add(EvidenceKind.ConstantChecksum,
                    $"{Phrase.Count(constant.Total, "distinct packet carries", "distinct packets carry")} "
                        + $"{Phrase.Hex(outer.Constant)}, though "
                        + $"{Phrase.Count(constant.DistinctRights, "value", "different values")}"
                        + $"{(constant.DistinctRights >= 48 ? " or more" : "")} would be right; damage gives one value "
                        + $"twice in 1 of 65535 cases");
                break;
            case OuterMechanism.OtherPort:
                WritePorts(outer);
                break;
            case OuterMechanism.TwiceAddress or OuterMechanism.OnceAddress:
                WriteDelta(outer);
                break;
            case OuterMechanism.OneBit:
                Add(EvidenceKind.Damage,
                    $"every wrong value differs from the right one by {1 << outer.Delta} or -{1 << outer.Delta} (mod "
                        + $"65535): by one bit, always the same");
                break;
        }

        WriteOrigin(outer);
    }

    private void WritePorts(OuterVerdict outer)
    {
        List<Binding> bindings = direction.Outer.Bindings.FindAll(
            b => b.CouldBePartial || outer.Cause == ChecksumCause.StaleAfterNat);
        int inRange = bindings.Count(b => _range.Contains(Residue.Of(b.Implied + outer.Shift)));
        Add(EvidenceKind.ImpliedRange,
            $"{inRange} of {Phrase.Count(bindings.Count, "binding", "bindings")} (outer source port and inner flow) "
                + $"{(inRange == 1 ? "implies" : "imply")} a source port within {_range}; of random values "
                + $"{Phrase.Probability(Math.Log(_range.Share))} do");
        List<Binding> agreeing = bindings.FindAll(static b => b.Agreeing > 1);
        if (agreeing.Count > 0)
        {
            Add(EvidenceKind.AgreeingPort,
                $"{agreeing.Sum(static b => b.Agreeing)} distinct packets of "
                    + $"{Phrase.Count(agreeing.Count, "binding", "bindings")} agree on their binding's port; each after "
                    + $"a binding's first does so by chance 1 in 65535 (identical retransmissions are not counted)");
        }

        long apart = bindings.Sum(static b => b.Disagreeing);
        if (apart > 0)
        {
            Add(EvidenceKind.Damage,
                $"{Phrase.Count(apart, "distinct packet contradicts", "distinct packets contradict")} the port of the "
                    + $"binding: damage besides, or another cause");
        }
    }

    private void WriteDelta(OuterVerdict outer)
    {
        Tally tally = (outer.IsAsCaptured ? direction.Outer.DeltasAsCaptured()
            : direction.Outer.Deltas())[(ushort)outer.Delta];
        string inside = tally.Others == 0 ? "all with TCP or UDP inside"
            : tally.Local == 0 ? "none with TCP or UDP inside"
                : Phrase.Text($"{tally.Others} of them with neither TCP nor UDP inside");
        string what = outer.Mechanism == OuterMechanism.TwiceAddress ? "twice a change of address"
            : "a change of address, or of a port";
        Add(EvidenceKind.ImpliedAddress,
            $"{Phrase.Count(tally.Total, "distinct packet is", "distinct packets are")} off by the same {outer.Delta} "
                + $"(mod 65535), {inside}: {what}. An original port for each binding would need "
                + $"{Phrase.Count(direction.Outer.Bindings.Count, "port", "ports")} to explain what one number does");
    }

    private void WriteOrigin(OuterVerdict outer)
    {
        if (outer.Mechanism is OuterMechanism.None or OuterMechanism.OneBit || !direction.Key.Source.IsAddress)
        {
            return;
        }

        if (outer.Origin is { } origin)
        {
            string side = outer.IsDestination ? "destination" : "source";
            _evidence.Add(
                new ChecksumEvidence(EvidenceKind.ImpliedAddress,
                    Phrase.Text($"the {side} before NAT was {origin.Address}: {Why(origin.Reason)}"))
                {
                    ImpliedAddress = origin.Address.ToIPAddress(),
                });
        }
        else if (outer.OriginUnknown)
        {
            Add(EvidenceKind.ImpliedAddress,
                $"the address before NAT is not among the capture's; {UnknownOrigin(outer)}give the sending node's "
                    + $"addresses with -NodeAddress");
        }
    }

    private string Why(OriginReason reason) => reason switch
    {
        OriginReason.AddressedByPeer =>
            Phrase.Text($"{direction.Key.Destination} sends its tunnel packets there, yet none comes from there"),
        OriginReason.ConnectionTable => "the sender's connection table has it so",
        OriginReason.NodeAddress => "given with -NodeAddress",
        OriginReason.TunnelAddress => "from the range that the inner packets come from",
        _ => "an address of the capture",
    };

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
            ? Phrase.Text(
                $"the sum of its words is {Phrase.Hex(sum.Value)} (were it of {high >> 8}.{high & 0xff}.0.0/16, it "
                    + $"would be {high >> 8}.{high & 0xff}.{low >> 8}.{low & 0xff}); ")
            : Phrase.Text($"the sum of its words is {Phrase.Hex(sum.Value)}; ");
    }

    private ChecksumEvidence OfPacket(OuterVerdict outer, in BadPacket packet)
    {
        string head = $"outer checksum {Phrase.Hex(packet.Found)}, right is {Phrase.Hex(packet.Right)}";
        string repeat = packet.Repeat ? " (identical to an earlier packet: not counted)" : "";
        if (outer.Mechanism == OuterMechanism.Constant && packet.Found == outer.Constant)
        {
            return Packet(EvidenceKind.ConstantChecksum, in packet,
                $"{head}; {Phrase.Hex(packet.Found)} is {MadeOfZero(outer)}{repeat}", implied: null, outer.Origin);
        }

        if (outer.Mechanism == OuterMechanism.OnceAddress)
        {
            return OffByAddress(outer, in packet, repeat);
        }

        bool fits = packet.CouldBePartial || outer.Cause == ChecksumCause.StaleAfterNat;
        if (outer.Mechanism is OuterMechanism.None or OuterMechanism.Constant or OuterMechanism.OneBit || !fits)
        {
            int kept = packet.Implied(0);
            return Packet(EvidenceKind.Damage, in packet,
                Phrase.Text($"{head}; with the address kept it would be right for source port {kept}, {InRange(kept)}"
                    + $"{repeat}"),
                implied: null, origin: null);
        }

        return Implied(outer, in packet, head, repeat);
    }

    private string InRange(int port) => Phrase.Text($"{(_range.Contains(port) ? "within" : "outside of")} {_range}");

    private string MadeOfZero(OuterVerdict outer) =>
        outer.Origin is { } from ? $"zero updated from {from.Address} to {direction.Key.Source}: fold(~old + new)"
            : outer.OriginUnknown ? "the same on packets that need different values"
                : "zero updated with the address kept: fold(~a + a)";

    /// <summary>A packet where one address or port was rewritten and the checksum left.</summary>
    private ChecksumEvidence OffByAddress(OuterVerdict outer, in BadPacket packet, string repeat)
    {
        ushort right = outer.IsAsCaptured ? packet.AsCaptured : packet.Right;
        int off = Residue.Of(packet.Found - right);
        string bytes = outer.IsAsCaptured ? "right for the bytes as captured" : "right";
        BadPacket seen = packet with { Right = right };
        return Packet(off == outer.Delta ? EvidenceKind.Stale : EvidenceKind.Damage, in seen,
            Phrase.Text($"outer checksum {Phrase.Hex(packet.Found)}, {bytes} is {Phrase.Hex(right)}: off by {off} "
                + $"(mod 65535){repeat}"),
            implied: null, outer.IsDestination || off != outer.Delta ? null : outer.Origin);
    }

    /// <summary>A packet whose checksum is right for another source port.</summary>
    private ChecksumEvidence Implied(OuterVerdict outer, in BadPacket packet, string head, string repeat)
    {
        int port = packet.Implied(outer.Shift);
        string sum = Phrase.Text($"{packet.SourcePort} + {Phrase.Hex(packet.Right)} - {Phrase.Hex(packet.Found)}");
        string undone = outer.Shift == 0 ? "" : Phrase.Text($" + {outer.Shift}");
        string with = outer.Origin is { } origin && !outer.IsDestination ? Phrase.Text($"{origin.Address} port {port}")
            : Phrase.Text($"source port {port}");
        string where = outer.Mechanism == OuterMechanism.OtherPort ? $", {InRange(port)}" : " (kept)";
        string change = outer.Shift == 0 ? "" : Phrase.Text($"; {outer.Shift} is twice new - old address");
        return Packet(EvidenceKind.ImpliedPort, in packet,
            $"{head}; {Phrase.Hex(packet.Found)} came from {with} = {sum}{undone} mod 65535{where}{change}{repeat}",
            port, outer.IsDestination ? null : outer.Origin);
    }

    private ChecksumEvidence Packet(EvidenceKind kind, in BadPacket packet, string text, int? implied,
        OriginCandidate? origin) => new(kind, text)
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
        if (verdict.InnerDelta is { } delta && direction.Inner.Deltas()[(ushort)delta].Total is > 1 and int alike)
        {
            Add(EvidenceKind.Stale,
                $"{Phrase.Count(alike, "distinct packet is", "distinct packets are")} off by the same {delta} "
                + $"(mod 65535): one address or port rewritten in all of them");
        }

        foreach (StaleName name in verdict.Stale)
        {
            _evidence.Add(new ChecksumEvidence(EvidenceKind.Stale, Stale(name))
            {
                ImpliedAddress = name.Address.ToIPAddress(),
                ImpliedPort = name.Port == 0 ? null : name.Port,
            });
        }

        WriteDamaged();
        AddWhere(direction.Inner.OlderThanTunnel > 0, EvidenceKind.Damage,
            $"{Phrase.Count(direction.Inner.OlderThanTunnel, "packet has", "packets have")} an outer checksum that is "
            + $"right for the damaged inner bytes: they went wrong before they were encapsulated");
        AddWhere(direction.Inner.YoungerThanTunnel > 0, EvidenceKind.Damage,
            $"{Phrase.PacketsAre(direction.Inner.YoungerThanTunnel)} off by the same amount outside and inside: they "
            + $"went wrong after they were encapsulated");
    }

    private void WriteDamaged()
    {
        HashSet<FlowKey> stale = [];
        foreach (StaleName name in verdict.Stale)
        {
            stale.Add(name.Flow.Key);
        }

        foreach (DamagedPacket packet in direction.Inner.Packets)
        {
            _evidence.Add(OfDamaged(packet,
                stale.Contains(packet.Flow) ? EvidenceKind.Stale : EvidenceKind.Damage));
        }
    }

    private ChecksumEvidence OfDamaged(DamagedPacket packet, EvidenceKind kind)
    {
        LayerRecord layer = packet.Layer;
        bool isSctp = layer.Protocol == ChecksumProtocol.Sctp;
        int? expected = Expected(in layer);
        string found = isSctp ? Phrase.Text($"0x{layer.Found:x8}") : Phrase.Hex((int)layer.Found);
        string right = expected is null ? "unknown"
            : isSctp ? Phrase.Text($"0x{layer.Expected:x8}") : Phrase.Hex(expected.Value);
        string head = $"{Flow(packet.Flow)}: {LayerWords.Of(in layer)} checksum {found}";
        return new ChecksumEvidence(kind, layer.Status == ChecksumStatus.Illegal
            ? $"{head}: {LayerReasons.Describe(in layer) ?? "forbidden here"}" : $"{head}, right is {right}")
        {
            Path = path(packet.Path),
            FrameNumber = packet.Frame,
            Found = isSctp ? null : (int)layer.Found,
            Expected = isSctp ? null : expected,
        };
    }

    private string Stale(StaleName name)
    {
        FlowKey key = name.Flow.Key;
        string side = name.IsSource ? "source" : "destination";
        string what = name.Address.IsNone && name.Port == 0 ? "another address" : name.Address.IsNone
            ? Phrase.Text(
                $"{side} port {name.Port} (or {(name.IsSource ? "destination" : "source")} port {name.OtherPort})")
            : name.Port == 0 ? $"{side} {name.Address}" : $"{side} {Endpoint(name.Address, name.Port)}";
        string tries = name.Tried > 0 && name.Flow.Agreeing < 2 && !name.Address.IsNone
            ? Phrase.Text(
                $"; one hit among {name.Tried} tries is chance in "
                    + $"{Phrase.Probability(Math.Log(Math.Min(1, name.Tried / 65535.0)))}") : "";
        return Phrase.Text(
            $"{Flow(in key)}: {Phrase.Count(name.Flow.Agreeing, "distinct packet is", "distinct packets are")} right "
                + $"for {what}: found - right = {name.Flow.Delta} = new - old (mod 65535){tries}");
    }
}
