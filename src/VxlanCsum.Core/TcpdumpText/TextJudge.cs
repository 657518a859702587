using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>
/// The verdicts on a printed packet, innermost first, by the same rules as those on a captured one: tcpdump knows no
/// unfinished checksum and calls it bad, so what it calls bad is compared with the seed and with local checksum
/// offload.
/// </summary>
/// <param name="hosts">What is known of printed names.</param>
internal sealed class TextJudge(HostAddresses hosts)
{
    private static readonly TunnelPorts _tunnelPorts = new();

    /// <summary>Judges all layers; may be called again when more is known of the hosts.</summary>
    /// <returns>True where a layer waits for the address behind a name.</returns>
    public bool Judge(TextPacket packet)
    {
        List<TextLayer> layers = packet.Layers;
        // What completing everything unfinished inside adds to an outer checksum; and what it adds if the undecided are
        // unfinished, too.
        ushort known = 0, supposed = 0;
        bool pending = false;
        List<TextLayer> undecided = [];
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            TextLayer layer = layers[i];
            if (!layer.IsCalledBad || layer.PseudoProtocol == 0 || JudgeZero(layer))
            {
                continue;
            }

            ref LayerRecord record = ref layer.Record;
            ushort found = (ushort)record.Found, completed = Add((ushort)record.Expected, known);
            record.Flags &= ~(LayerFlags.HasCompleted | LayerFlags.Lco);
            if (record.Protocol == ChecksumProtocol.Tcp && found == 0)
            {
                Partial(layer, LayerReason.NeverFilled);
                known = Add(known, OnesComplement.Subtract(found, completed));
                pending = true;
                continue;
            }

            SeedMatch match = hosts.Match(layer);
            if (match is SeedMatch.Seed or SeedMatch.Agreement)
            {
                Partial(layer, match == SeedMatch.Seed ? LayerReason.Seed : LayerReason.SeedByAgreement);
                known = Add(known, OnesComplement.Subtract(found, completed));
                pending = true;
            }
            else if (undecided.Count > 0 && NatModel.AreEqual(found, Add(completed, supposed)))
            {
                // Right under the supposition that the inner field is a seed: that proves the supposition, too.
                undecided.ForEach(inner => Partial(inner, LayerReason.Seed));
                undecided.Clear();
                known = Add(known, supposed);
                pending = true;
                Lco(layer, found);
            }
            else if (pending && NatModel.AreEqual(found, completed))
            {
                Lco(layer, found);
            }
            else
            {
                if (pending)
                {
                    record.Completed = completed;
                    record.Flags |= LayerFlags.HasCompleted;
                }

                if (match != SeedMatch.NoSeed && IsNatZero(layers, i))
                {
                    match = SeedMatch.NoSeed;
                }

                Decide(layer, match);
                if (match == SeedMatch.NoSeed)
                {
                    HideBehindInner(layers, i);
                }
                else
                {
                    supposed = Add(supposed, OnesComplement.Subtract(found, completed));
                    undecided.Add(layer);
                }
            }
        }

        return undecided.Exists(layer => layer.Record.Reason == LayerReason.AddressUnknown);
    }

    /// <summary>The packet as the pipeline gets it.</summary>
    public static PacketChecksum ToPacket(TextPacket packet, CaptureInterface origin)
    {
        ChecksumStatus worst = packet.IsUnread ? ChecksumStatus.Unverified
            : packet.Layers.Count == 0 ? ChecksumStatus.NotPresent : ChecksumStatus.Good;
        foreach (TextLayer layer in packet.Layers)
        {
            worst = layer.Record.Status > worst ? layer.Record.Status : worst;
        }

        ChecksumCause cause = worst <= ChecksumStatus.NotPresent ? ChecksumCause.None : NameCause(packet.Layers, worst);
        TextFacts facts = new(
            packet.Source?.ToString(), packet.Destination?.ToString(), packet.OuterSource?.ToString(),
            packet.OuterDestination?.ToString(),
            packet.Layers.Select(layer => layer.ToLayer()).ToArray())
        {
            Tunnel = packet.Tunnel,
            Vni = packet.Vni,
            TunnelTtl = packet.TunnelTtl,
            Status = worst,
            Cause = cause,
        };
        return new PacketChecksum(origin, facts)
        {
            FrameNumber = packet.Number,
            TimestampNanoseconds = packet.TimestampNanoseconds,
            WireLength = packet.WireLength,
        };
    }

    /// <summary>By the rule for captured packets; only that nothing is called corrupted while a name hides an
    /// address.</summary>
    private static unsafe ChecksumCause NameCause(List<TextLayer> layers, ChecksumStatus worst)
    {
        int count = Math.Min(layers.Count, FrameVerdict.MaxLayers);
        LayerRecord* records = stackalloc LayerRecord[FrameVerdict.MaxLayers];
        for (int i = 0; i < count; i++)
        {
            records[i] = layers[i].Record;
        }

        ChecksumCause cause = PacketCause.Of(records, count, worst);
        for (int i = 0; i < count; i++)
        {
            layers[i].Record.Reason = PacketCause.ReasonOf(records, i, count);
        }

        return cause == ChecksumCause.Corrupted && layers.Exists(IsUndecided) ? ChecksumCause.NotVerifiable : cause;
    }

    private static bool IsUndecided(TextLayer layer) =>
        layer.Record.Reason is LayerReason.AddressUnknown or LayerReason.LengthUnknown;

    /// <summary>Defect A needs no address: all ones in a tunnel's checksum over a packet that is right.</summary>
    private static bool IsNatZero(List<TextLayer> layers, int index)
    {
        ref LayerRecord record = ref layers[index].Record;
        return (record.Flags & LayerFlags.Tunnel) != 0 && record.Found == ushort.MaxValue
            && layers.Skip(index + 1).Any(layer => layer.Record.Status is ChecksumStatus.Good or ChecksumStatus.Partial)
            && layers.Skip(index + 1).All(layer => layer.Record.Status <= ChecksumStatus.Partial);
    }

    /// <summary>
    /// A tunnel's checksum that is no seed may still wait for the inner one, if the text has no verdict on that: the
    /// inner packet was not pasted, or is cut. Then only what NAT leaves speaks against it: all ones, or a port that no
    /// tunnel device takes.
    /// </summary>
    private static void HideBehindInner(List<TextLayer> layers, int index)
    {
        ref LayerRecord record = ref layers[index].Record;
        if ((record.Flags & LayerFlags.Tunnel) == 0 || (layers.Count > index + 1 && layers.Skip(index + 1).All(IsTold)))
        {
            return;
        }

        LayerReason nat = NatModel.IsLocalPort(record.SourcePort) && record.Found != ushort.MaxValue
            ? LayerReason.Mismatch : PacketCause.OfTunnel(in record);
        record.Status = nat == LayerReason.Mismatch ? ChecksumStatus.Unverified : ChecksumStatus.Bad;
        record.Reason = nat == LayerReason.Mismatch ? LayerReason.InnerUnknown : nat;
    }

    private static bool IsTold(TextLayer layer) =>
        layer.Record.Reason is not (LayerReason.NoVerdict or LayerReason.Truncated or LayerReason.BadLength);

    /// <summary>A UDP checksum of zero over IPv6, which tcpdump calls bad: tunnels may (RFC 6935).</summary>
    private static bool JudgeZero(TextLayer layer)
    {
        ref LayerRecord record = ref layer.Record;
        if (record.Protocol != ChecksumProtocol.Udp || record.Found != 0)
        {
            return false;
        }

        bool tunnel = (record.Flags & LayerFlags.Tunnel) != 0
            || _tunnelPorts[record.DestinationPort] != TunnelType.None;
        record.Status = tunnel ? ChecksumStatus.NotPresent : ChecksumStatus.Illegal;
        record.Reason = tunnel ? LayerReason.ZeroTunnelIPv6 : LayerReason.ZeroForbidden;
        return true;
    }

    private static void Partial(TextLayer layer, LayerReason reason)
    {
        layer.Record.Status = ChecksumStatus.Partial;
        layer.Record.Reason = reason;
    }

    private static void Lco(TextLayer layer, ushort found)
    {
        Partial(layer, LayerReason.Lco);
        layer.Record.Completed = found;
        layer.Record.Flags |= LayerFlags.HasCompleted;
    }

    private static void Decide(TextLayer layer, SeedMatch match)
    {
        layer.Record.Status = match == SeedMatch.NoSeed ? ChecksumStatus.Bad : ChecksumStatus.Unverified;
        layer.Record.Reason = match switch
        {
            SeedMatch.AddressUnknown => LayerReason.AddressUnknown,
            SeedMatch.LengthUnknown => LayerReason.LengthUnknown,
            _ => LayerReason.Mismatch,
        };
    }

    private static ushort Add(ushort left, ushort right) => OnesComplement.Fold((ulong)left + right);
}
