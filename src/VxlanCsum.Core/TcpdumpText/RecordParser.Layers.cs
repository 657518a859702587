using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <content>Layers from what was read, and the tunnels behind them.</content>
internal sealed partial class RecordParser
{
    private static LayerRecord NewRecord(ChecksumProtocol protocol, int depth, TextEndpoint source,
        TextEndpoint destination) => new()
        {
            Protocol = protocol,
            Depth = (byte)depth,
            Offset = -1,
            SourcePort = source.Port ?? 0,
            DestinationPort = destination.Port ?? 0,
            Flags = source.Port is null || destination.Port is null ? LayerFlags.None : LayerFlags.HasPorts,
        };

    /// <summary>The right value as the header would hold it: tcpdump's own arithmetic leaves 0 and 0xffff, one number,
    /// as they come.</summary>
    private static ushort Canonical(ushort value, ChecksumProtocol protocol) =>
        value is not (0 or ushort.MaxValue) ? value
        : protocol == ChecksumProtocol.Udp ? ushort.MaxValue
        : (ushort)0;

    /// <summary>Adds a layer.</summary>
    /// <param name="record">As far as the words tell.</param>
    /// <param name="bad">tcpdump calls it wrong.</param>
    /// <param name="told">tcpdump gives a verdict.</param>
    /// <param name="pseudo">Protocol number of its pseudo-header, or 0.</param>
    /// <param name="ip">The header before it.</param>
    /// <param name="printed">The segment's length, where the transport's own words tell it.</param>
    /// <param name="source">Source.</param>
    /// <param name="destination">Destination.</param>
    private TextLayer Add(
        LayerRecord record, bool bad, bool told, byte pseudo, in IpHeaderText ip, uint? printed, TextEndpoint source,
        TextEndpoint destination)
    {
        IReadOnlyList<uint> lengths = PseudoLengths(in ip, printed);
        record.Length = lengths.Count == 1 ? (int)Math.Min(lengths[0], int.MaxValue) : -1;
        if (!told)
        {
            record.Status = ChecksumStatus.Unverified;
            record.Reason = ip.IsFragment ? LayerReason.Fragment
                : ip.IsTruncated ? LayerReason.Truncated : LayerReason.NoVerdict;
        }
        else if (bad)
        {
            record.Status = ChecksumStatus.Bad;
            record.Reason = LayerReason.Mismatch;
        }

        TextLayer layer = new()
        {
            Record = record,
            IsCalledBad = bad,
            Source = source,
            Destination = destination,
            PseudoProtocol = pseudo,
            IsIPv6 = ip.IsIPv6,
            PseudoLengths = lengths,
        };
        _packet.Layers.Add(layer);
        return layer;
    }

    private void AddUnverified(ChecksumProtocol protocol, LayerReason reason, in IpHeaderText ip, TextEndpoint source,
        TextEndpoint destination, int depth)
    {
        LayerRecord record = NewRecord(protocol, depth, source, destination);
        TextLayer layer = Add(record, bad: false, told: false, 0, in ip, null, source, destination);
        layer.Record.Reason = ip.IsFragment ? LayerReason.Fragment : reason;
    }

    private static IReadOnlyList<uint> PseudoLengths(in IpHeaderText ip, uint? printed)
    {
        if (printed is { } known)
        {
            return [known];
        }

        if (ip.Length is not { } length)
        {
            return [];
        }

        if (ip.IsIPv6)
        {
            return [length];
        }

        if (ip.OptionsLength is { } options)
        {
            return length >= 20 + options ? [length - 20 - (uint)options] : [];
        }

        // Options of a length that is not printed: 4 to 40 bytes.
        return [.. Enumerable.Range(1, 10).Select(words => 20 + (4 * (uint)words)).Where(header => header <= length)
            .Select(header => length - header)];
    }

    private void ReadUdpTunnel(ref TextCursor cursor, TextLayer layer, int depth)
    {
        TunnelType type;
        int vni = -1;
        if (cursor.TryRead("VXLAN, flags [") || cursor.TryRead("OTV, flags ["))
        {
            // "flags [I] (0x08), vni 4096", "flags [I] (0x08), overlay 0, instance 4096": of one line, which ends here.
            type = TunnelType.Vxlan;
            SkipTo(ref cursor, ']');
            if (!cursor.TryRead("] (0x") || !cursor.TryReadHex(out ushort _))
            {
                return;
            }

            vni = cursor.TryRead("), vni ")
                || (cursor.TryRead("), overlay ") && cursor.TryReadNumber(out _) && cursor.TryRead(", instance "))
                ? ReadVni(ref cursor)
                : -1;
            // Without a valid identifier tcpdump says so in capitals: the rest of that line is no frame.
            if (vni < 0)
            {
                SkipTo(ref cursor, '\n');
            }
        }
        else if (cursor.TryRead("VXLAN-GPE, "))
        {
            type = TunnelType.VxlanGpe;
            vni = ReadNamedVni(ref cursor);
        }
        else if (cursor.TryRead("Geneve, "))
        {
            type = TunnelType.Geneve;
            vni = ReadNamedVni(ref cursor);
            SkipGeneveOptions(ref cursor);
        }
        else
        {
            return;
        }

        layer.Record.Flags |= LayerFlags.Tunnel;
        Enter(type, vni, layer.Source!, layer.Destination!, overUdp: true);
        ReadInner(ref cursor, depth);
    }

    /// <summary>A line ends behind the identifier. Only digits in the next line are a wrapped part of it.</summary>
    private static int ReadVni(ref TextCursor cursor)
    {
        TextCursor wrapped = cursor;
        bool read = wrapped.TryReadNumber(out uint vni) && (wrapped.AtEnd || wrapped.Current == '\n');
        if (read)
        {
            cursor = wrapped;
        }
        else
        {
            read = cursor.TryReadNumber(out vni, wraps: false);
        }

        return read && vni <= 0xffffff ? (int)vni : -1;
    }

    /// <summary>", vni 0x1389" or ", vni 5001" a few words on.</summary>
    private static int ReadNamedVni(ref TextCursor cursor)
    {
        TextCursor at = cursor;
        SkipWords(ref at, " vni ");
        if (at.AtEnd)
        {
            return -1;
        }

        cursor = at;
        if (!cursor.TryRead("0x"))
        {
            return ReadVni(ref cursor);
        }

        return cursor.TryReadHex(out uint vni) && vni <= 0xffffff ? (int)vni : -1;
    }

    private static void SkipGeneveOptions(ref TextCursor cursor)
    {
        // "vni 0x1, proto TEB (0x6558), options [class …]": the bracket may hold anything.
        TextCursor at = cursor;
        if (at.TryRead(", rsvd "))
        {
            at.ReadWord();
        }

        if (at.TryRead(", proto "))
        {
            SkipTo(ref at, ')');
            at.Position += at.AtEnd ? 0 : 1;
        }

        if (at.TryRead(", options "))
        {
            at.TrySkipGroup();
        }

        _ = at.TryRead(":");
        cursor = at;
    }

    private void ReadGre(ref TextCursor cursor, in IpHeaderText ip, TextEndpoint source, TextEndpoint destination,
        int depth)
    {
        // "GREv0, Flags [checksum present, key present], sum 0x1234, off 0x0, key=0x1389, proto TEB (0x6558), length
        // 88".
        if (!cursor.TryRead("GREv0"))
        {
            return;
        }

        TextCursor words = cursor;
        int end = words.Rest.IndexOf(", length ");
        ReadOnlySpan<char> line = words.Rest[..Math.Max(end, 0)];
        if (end < 0)
        {
            return;
        }

        if (line.Contains(", sum 0x", StringComparison.Ordinal))
        {
            AddUnverified(ChecksumProtocol.Gre, LayerReason.NotChecked, in ip, source, destination, depth);
        }

        // RFC 7637: Ethernet under a key, whose upper 24 bits are the virtual subnet.
        bool ethernet = line.Contains("(0x6558)", StringComparison.Ordinal);
        int key = line.IndexOf(", key=0x");
        words.Position += Math.Max(key, 0);
        int vni = ethernet && key >= 0 && words.TryRead(", key=0x") && words.TryReadHex(out uint value)
            ? (int)(value >> 8) : -1;
        cursor.Position += end;
        cursor.TryRead(", length ");
        cursor.TryReadNumber(out _, wraps: false);
        _ = cursor.TryRead(":");
        Enter(vni < 0 ? TunnelType.Gre : TunnelType.Nvgre, vni, source, destination, overUdp: false);
        ReadInner(ref cursor, depth);
    }

    private void ReadIpTunnel(ref TextCursor cursor, bool outerIPv6, bool innerIPv6, TextEndpoint source,
        TextEndpoint destination, int depth)
    {
        Enter(
            outerIPv6 ? (innerIPv6 ? TunnelType.SixInSix : TunnelType.FourInSix)
                : (innerIPv6 ? TunnelType.SixInFour : TunnelType.IpIp),
            -1,
            source,
            destination,
            overUdp: false);
        ReadInner(ref cursor, depth);
    }

    /// <summary>The first tunnel over UDP is the one people ask about; without any, the first.</summary>
    private void Enter(TunnelType type, int vni, TextEndpoint source, TextEndpoint destination, bool overUdp)
    {
        // As long as nothing is known to be inside, the tunnel's addresses are the innermost ones; its ports are not.
        (_packet.Source, _packet.Destination) = (source.WithoutPort(), destination.WithoutPort());
        if (_packet.Tunnel == TunnelType.None || (overUdp && _packet.OuterDestination?.PortText is null))
        {
            _packet.Tunnel = type;
            _packet.Vni = vni;
            _packet.OuterSource = source;
            _packet.OuterDestination = destination;
        }
    }

    private void ReadInner(ref TextCursor cursor, int depth)
    {
        if (!ReadFrame(ref cursor, depth + 1))
        {
            _problem = $"inside the tunnel {_problem}";
        }
    }
}
