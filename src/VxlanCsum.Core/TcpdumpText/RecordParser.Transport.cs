using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <content>What IP carries: the words of each protocol's checksum, and extension headers before it.</content>
internal sealed partial class RecordParser
{
    private static readonly (string Words, byte Protocol)[] _transports =
    [
        ("Flags [", IpHeaderText.Tcp),
        ("tcp ", IpHeaderText.Tcp),
        ("[udp sum ok]", IpHeaderText.Udp),
        ("[bad udp cksum ", IpHeaderText.Udp),
        ("[no cksum]", IpHeaderText.Udp),
        ("UDP,", IpHeaderText.Udp),
        ("VXLAN,", IpHeaderText.Udp),
        ("VXLAN-GPE,", IpHeaderText.Udp),
        ("OTV,", IpHeaderText.Udp),
        ("Geneve,", IpHeaderText.Udp),
        ("ICMP6,", IpHeaderText.IcmpV6),
        ("[icmp6 sum ok]", IpHeaderText.IcmpV6),
        ("[bad icmp6 cksum ", IpHeaderText.IcmpV6),
        ("ICMP ", IpHeaderText.Icmp),
        ("igmp ", IpHeaderText.Igmp),
        ("sctp", IpHeaderText.Sctp),
        ("GREv", IpHeaderText.Gre),
        ("IP6 ", IpHeaderText.IPv6InIp),
        ("IP ", IpHeaderText.IpIp),
    ];

    /// <summary>The protocol by the words behind the addresses; null where they tell nothing.</summary>
    private static byte? TransportOf(in TextCursor cursor)
    {
        TextCursor at = cursor;
        at.SkipSpace();
        foreach ((string words, byte protocol) in _transports)
        {
            if (at.IsAt(words))
            {
                return protocol;
            }
        }

        return null;
    }

    /// <summary>Do the words behind a colon name a protocol?</summary>
    public static bool NamesTransport(ReadOnlySpan<char> text) => TransportOf(new TextCursor(text)) is not null;

    private void ReadTransport(ref TextCursor cursor, ref IpHeaderText ip, TextEndpoint source,
        TextEndpoint destination, int depth)
    {
        if (ip.Protocol is 0 or IpHeaderText.Routing or 44 or IpHeaderText.Ah or 60 or 135 or 139 or 140)
        {
            SkipExtensions(ref cursor, ref ip);
            ReadPorts(ref cursor, ref source, ref destination);
            (_packet.Source, _packet.Destination) = (source, destination);
            ip.Protocol = TransportOf(in cursor);
            // Their lengths are not printed.
            ip.Length = null;
            _packet.IsUnread |= ip.Protocol is null && ip.IsFragment;
        }

        switch (ip.Protocol)
        {
            case IpHeaderText.Tcp:
                ReadTcp(ref cursor, in ip, source, destination, depth);
                break;
            case IpHeaderText.Udp:
                ReadUdp(ref cursor, in ip, source, destination, depth);
                break;
            case IpHeaderText.Icmp when !ip.IsIPv6:
                ReadPlain(ChecksumProtocol.Icmp, " (wrong icmp cksum ", ref cursor, in ip, source, destination, depth);
                break;
            case IpHeaderText.Igmp when !ip.IsIPv6:
                ReadPlain(ChecksumProtocol.Igmp, " bad igmp cksum ", ref cursor, in ip, source, destination, depth);
                break;
            case IpHeaderText.IcmpV6 when ip.IsIPv6:
                ReadIcmpV6(ref cursor, in ip, source, destination, depth);
                break;
            case IpHeaderText.Sctp:
                AddUnverified(ChecksumProtocol.Sctp, LayerReason.NotChecked, in ip, source, destination, depth);
                break;
            case IpHeaderText.UdpLite:
                AddUnverified(ChecksumProtocol.UdpLite, LayerReason.NotChecked, in ip, source, destination, depth);
                break;
            case IpHeaderText.IpIp or IpHeaderText.IPv6InIp when !ip.IsLaterFragment:
                ReadIpTunnel(ref cursor, ip.IsIPv6, ip.Protocol == IpHeaderText.IPv6InIp, source, destination, depth);
                break;
            case IpHeaderText.Gre when !ip.IsLaterFragment:
                ReadGre(ref cursor, in ip, source, destination, depth);
                break;
            case null when !ip.IsVerbose:
                _packet.IsUnread = true;
                break;
        }
    }

    /// <summary>"HBH (rtalert: 0x0000) (padn) ", "DSTOPT (…) ", "srcrt (…) ", "frag (0x00000001:0|8) ", "AH(…):
    /// ".</summary>
    private static void SkipExtensions(ref TextCursor cursor, ref IpHeaderText ip)
    {
        while (!cursor.AtEnd)
        {
            cursor.SkipSpace();
            if (cursor.TryRead("frag ("))
            {
                ip.IsFragment = true;
                SkipTo(ref cursor, ':');
                ip.IsLaterFragment = cursor.TryRead(":") && cursor.TryReadNumber(out uint offset) && offset > 0;
                SkipTo(ref cursor, ')');
                cursor.Position += cursor.AtEnd ? 0 : 1;
            }
            else if (cursor.TryRead("HBH ") || cursor.TryRead("DSTOPT ") || cursor.TryRead("srcrt ")
                || cursor.TryRead("RT6 ") || cursor.IsAt("AH("))
            {
                SkipTo(ref cursor, '(');
            }
            else if (cursor.Current == '(')
            {
                if (!cursor.TrySkipGroup())
                {
                    return;
                }
            }
            else if (!cursor.TryRead(":"))
            {
                return;
            }
        }
    }

    private static void SkipTo(ref TextCursor cursor, char c)
    {
        int distance = cursor.Rest.IndexOf(c);
        cursor.Position += distance < 0 ? cursor.Rest.Length : distance;
    }

    /// <summary>Behind extension headers tcpdump prints the ports apart: "4444 > 5555: ".</summary>
    private static void ReadPorts(ref TextCursor cursor, ref TextEndpoint source, ref TextEndpoint destination)
    {
        TextCursor at = cursor;
        string from = ReadSource(ref at);
        if (from.Contains('.', StringComparison.Ordinal) || !at.TryRead("> "))
        {
            return;
        }

        string to = ReadDestination(ref at);
        if (TextEndpoint.Parse($"port.{from}", hasPort: true) is { } a
            && TextEndpoint.Parse($"port.{to}", hasPort: true) is { } b)
        {
            source = source with { PortText = a.PortText, Port = a.Port };
            destination = destination with { PortText = b.PortText, Port = b.Port };
            cursor = at;
            cursor.SkipSpace();
        }
    }

    private void ReadTcp(ref TextCursor cursor, in IpHeaderText ip, TextEndpoint source, TextEndpoint destination,
        int depth)
    {
        LayerRecord record = NewRecord(ChecksumProtocol.Tcp, depth, source, destination);
        bool bad = false, told = false;
        // "Flags [S], cksum 0x…"; tcpdump 3 has "S, cksum 0x…".
        TextCursor at = cursor;
        if (at.TryRead("Flags ["))
        {
            SkipTo(ref at, ']');
            at.Position += at.AtEnd ? 0 : 1;
        }
        else if (at.Rest.IndexOf(',') is >= 0 and < 12 and int comma)
        {
            at.Position += comma;
        }

        if (at.TryRead(", cksum 0x") && at.TryReadHex(out ushort found))
        {
            record.Found = found;
            record.Flags |= LayerFlags.HasFound;
            if (at.TryRead(" (correct)"))
            {
                told = true;
                record.Expected = found;
                record.Flags |= LayerFlags.HasExpected;
            }
            else if ((at.TryRead(" (incorrect -> 0x") || at.TryRead(" (incorrect (-> 0x"))
                && at.TryReadHex(out ushort expected))
            {
                told = bad = true;
                record.Expected = Canonical(expected, ChecksumProtocol.Tcp);
                record.Flags |= LayerFlags.HasExpected;
            }
        }

        uint? printed = told && ip.Length is null ? TcpLengthText.Read(at.Rest) : null;
        Add(record, bad, told, IpHeaderText.Tcp, in ip, printed, source, destination);
    }

    private void ReadUdp(ref TextCursor cursor, in IpHeaderText ip, TextEndpoint source, TextEndpoint destination,
        int depth)
    {
        LayerRecord record = NewRecord(ChecksumProtocol.Udp, depth, source, destination);
        bool bad = false, told = true;
        if (cursor.TryRead("[no cksum]"))
        {
            record.Flags |= LayerFlags.HasFound;
            record.Status = ChecksumStatus.NotPresent;
            record.Reason = LayerReason.ZeroAllowed;
        }
        else if (cursor.TryRead("[udp sum ok]"))
        {
            record.Status = ChecksumStatus.Good;
        }
        else
        {
            bad = told = TryReadBad(ref cursor, "[bad udp cksum 0x", ref record);
        }

        cursor.SkipSpace();
        TextCursor tunnel = cursor;
        uint? printed = cursor.TryRead("UDP, length ") && cursor.TryReadNumber(out uint payload) ? payload + 8
            : source.Port is 53 or 5353 || destination.Port is 53 or 5353 ? DnsLength(cursor.Rest)
            : null;
        TextLayer layer = Add(record, bad, told, IpHeaderText.Udp, in ip, printed, source, destination);
        if (cursor.IsAt("UDP, bad length "))
        {
            // tcpdump verified what the IP header leaves of the segment; the receiver will not.
            layer.IsCalledBad = false;
            layer.Record.Status = ChecksumStatus.Unverified;
            layer.Record.Reason = LayerReason.BadLength;
        }

        if (!ip.IsLaterFragment)
        {
            ReadUdpTunnel(ref tunnel, layer, depth);
            _packet.TunnelTtl = _packet.OuterSource == layer.Source ? ip.Ttl : _packet.TunnelTtl;
        }
    }

    private void ReadIcmpV6(ref TextCursor cursor, in IpHeaderText ip, TextEndpoint source, TextEndpoint destination,
        int depth)
    {
        LayerRecord record = NewRecord(ChecksumProtocol.IcmpV6, depth, source, destination);
        bool ok = cursor.TryRead("[icmp6 sum ok]");
        bool bad = !ok && TryReadBad(ref cursor, "[bad icmp6 cksum 0x", ref record);
        uint? printed = null;
        if (ip.Length is null)
        {
            SkipWords(ref cursor, ", length ");
            printed = cursor.TryReadNumber(out uint length) ? length : null;
        }

        Add(record, bad, ok || bad, IpHeaderText.IcmpV6, in ip, printed, source, destination);
    }

    /// <summary>"[bad udp cksum 0x5fd1 -> 0x4e7f!]".</summary>
    private static bool TryReadBad(ref TextCursor cursor, string words, ref LayerRecord record)
    {
        TextCursor at = cursor;
        if (!at.TryRead(words) || !at.TryReadHex(out ushort found) || !at.TryRead(" -> 0x")
            || !at.TryReadHex(out ushort expected) || !at.TryRead("!]"))
        {
            return false;
        }

        cursor = at;
        record.Found = found;
        record.Expected = Canonical(expected, record.Protocol);
        record.Flags |= LayerFlags.HasFound | LayerFlags.HasExpected;
        return true;
    }

    /// <summary>ICMP and IGMP: tcpdump -v speaks up only where the checksum is wrong, behind the rest of the
    /// line.</summary>
    private void ReadPlain(ChecksumProtocol protocol, string words, ref TextCursor cursor, in IpHeaderText ip,
        TextEndpoint source, TextEndpoint destination, int depth)
    {
        LayerRecord record = NewRecord(protocol, depth, source, destination);
        TextCursor at = cursor;
        // In front of what an ICMP error quotes, which is another line.
        SkipWords(ref at, words);
        bool bad = at.TryReadHex(out ushort found);
        if (bad)
        {
            record.Found = found;
            record.Flags |= LayerFlags.HasFound;
            if (at.TryRead(" (->") && at.TryReadHex(out ushort expected))
            {
                record.Expected = Canonical(expected, protocol);
                record.Flags |= LayerFlags.HasExpected;
            }
        }

        bool cut = cursor.IsAt("[|") || cursor.Rest.Contains(" [|icmp", StringComparison.Ordinal)
            || cursor.Rest.Contains("[|igmp", StringComparison.Ordinal);
        if (!bad && ip.IsVerbose && !ip.IsFragment && !ip.IsTruncated && !cut)
        {
            record.Status = ChecksumStatus.Good;
            record.Reason = LayerReason.Unremarked;
            Add(record, bad: false, told: true, 0, in ip, null, source, destination);
            return;
        }

        Add(record, bad, bad, 0, in ip, null, source, destination);
    }

    private static void SkipWords(ref TextCursor cursor, string words)
    {
        const int Reach = 2048;
        ReadOnlySpan<char> rest = cursor.Rest;
        for (int i = 0; i < Math.Min(rest.Length, Reach); i++)
        {
            TextCursor at = cursor;
            at.Position += i;
            if (at.TryRead(words))
            {
                cursor = at;
                return;
            }
        }

        cursor.Position += rest.Length;
    }

    /// <summary>tcpdump closes a DNS message with its length: "A? kubernetes.default.svc.cluster.local.
    /// (54)".</summary>
    private static uint? DnsLength(ReadOnlySpan<char> text)
    {
        int open = text.TrimEnd().EndsWith(")", StringComparison.Ordinal) ? text.LastIndexOf('(') : -1;
        return open >= 0 && uint.TryParse(text[(open + 1)..].TrimEnd()[..^1], out uint length) ? length + 8 : null;
    }
}
