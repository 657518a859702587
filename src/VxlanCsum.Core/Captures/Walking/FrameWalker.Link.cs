namespace VxlanCsum.Captures.Walking;

/// <content>Link layers and the tags between them and IP.</content>
internal sealed unsafe partial class FrameWalker
{
    private const ushort EtherTypeIPv4 = 0x0800, EtherTypeIPv6 = 0x86dd, EtherTypeBridge = 0x6558;

    private void Ethernet(int at, int end)
    {
        if (at + 14 <= _captured)
        {
            EtherType(U16(at + 12), at + 14, end);
        }
    }

    private bool OtherLink(LinkType link, int end)
    {
        switch (link)
        {
            case LinkType.LinuxSll when _captured >= 16:
                Cooked(U16(14), 16, end);
                return true;
            case LinkType.LinuxSll2 when _captured >= 20:
                Cooked(U16(0), 20, end);
                return true;
            case LinkType.Raw or LinkType.RawDlt12 or LinkType.RawDlt14 or LinkType.IPv4 or LinkType.IPv6:
                AnyIp(0, end);
                return true;
            case LinkType.Null or LinkType.Loop when _captured >= 4:
                // The family's number differs between systems and its byte order between writers; IP names itself.
                AnyIp(4, end);
                return true;
            case LinkType.Ppp or LinkType.PppHdlc when _captured >= 4 && _p[0] is 0x0f or 0x8f:
                // Cisco's HDLC: unicast or multicast, then an Ethernet type. PPP's own address is 0xff.
                EtherType(U16(2), 4, end);
                return true;
            case LinkType.Ppp or LinkType.PppHdlc:
                Ppp(_captured >= 2 && _p[0] == 0xff && _p[1] == 0x03 ? 2 : 0, end);
                return true;
            case LinkType.PppEther:
                PppoeSession(0, end);
                return true;
            case LinkType.CHdlc when _captured >= 4:
                EtherType(U16(2), 4, end);
                return true;
            case LinkType.Nflog:
                Nflog(end);
                return true;
            case LinkType.IPoIB when _captured >= 44:
                // The hardware address of InfiniBand (40 bytes), then its own header of four (RFC 4391, section 6).
                EtherType(U16(40), 44, end);
                return true;
            default:
                return IsKnown(link);
        }
    }

    /// <summary>Can frames of this link type be walked?</summary>
    public static bool IsKnown(LinkType link) =>
        link is LinkType.Null or LinkType.Ethernet or LinkType.Ppp or LinkType.RawDlt12
        or LinkType.RawDlt14 or LinkType.PppHdlc or LinkType.PppEther or LinkType.Raw or LinkType.CHdlc or LinkType.Loop
        or LinkType.LinuxSll or LinkType.IPv4 or LinkType.IPv6 or LinkType.Nflog or LinkType.IPoIB
        or LinkType.LinuxSll2;

    /// <summary>Linux cooked: the Ethernet type, or a small number for what has none.</summary>
    private void Cooked(ushort protocol, int at, int end)
    {
        // LINUX_SLL_P_802_2: an LLC header without the length that stands before it in 802.3.
        if (protocol > 1500 || (protocol == 4 && LogicalLink(ref protocol, ref at)))
        {
            EtherType(protocol, at, end);
        }
    }

    private void EtherType(ushort type, int at, int end)
    {
        while (true)
        {
            switch (type)
            {
                case EtherTypeIPv4:
                    IPv4(at, end);
                    return;
                case EtherTypeIPv6:
                    IPv6(at, end);
                    return;
                case 0x8100 or 0x88a8 or 0x9100 or 0x9200 or 0x9300:
                    if (at + 4 > _captured)
                    {
                        return;
                    }

                    type = U16(at + 2);
                    at += 4;
                    continue;
                case 0x8847 or 0x8848:
                    Mpls(at, end);
                    return;
                case 0x8864:
                    PppoeSession(at, end);
                    return;
                case 0x880b:
                    Ppp(at, end);
                    return;
                case EtherTypeBridge when MayEnterShim():
                    Ethernet(at, end);
                    return;
                case <= 1500:
                    // 802.3: the field is a length, an LLC header follows.
                    end = Math.Min(end, at + type);
                    if (!LogicalLink(ref type, ref at))
                    {
                        return;
                    }

                    continue;
                default:
                    OtherEtherType(type, at, end);
                    return;
            }
        }
    }

    /// <summary>LLC: SNAP with an Ethernet type, or the old IP service access point.</summary>
    private bool LogicalLink(ref ushort type, ref int at)
    {
        if (at + 8 <= _captured && U32(at) == 0xaaaa0300 && U16(at + 4) == 0)
        {
            type = U16(at + 6);
            at += 8;
            return type > 1500;
        }

        if (at + 3 <= _captured && _p[at] == 0x06 && _p[at + 1] == 0x06 && _p[at + 2] == 0x03)
        {
            type = EtherTypeIPv4;
            at += 3;
            return true;
        }

        return false;
    }

    private void Mpls(int at, int end)
    {
        while (at + 4 <= _captured)
        {
            bool bottom = (_p[at + 2] & 1) != 0;
            at += 4;
            if (bottom)
            {
                AnyIp(at, end);
                return;
            }
        }
    }

    private void PppoeSession(int at, int end)
    {
        if (at + 6 <= _captured && _p[at + 1] == 0)
        {
            Ppp(at + 6, Math.Min(end, at + 6 + U16(at + 4)));
        }
    }

    private void Ppp(int at, int end)
    {
        if (at + 2 > _captured)
        {
            return;
        }

        // Protocol field compression: an odd first byte is the whole protocol number.
        bool compressed = (_p[at] & 1) != 0;
        int protocol = compressed ? _p[at] : U16(at);
        at += compressed ? 1 : 2;
        switch (protocol)
        {
            case 0x0021:
                IPv4(at, end);
                break;
            case 0x0057:
                IPv6(at, end);
                break;
            case 0x0281 or 0x0283:
                Mpls(at, end);
                break;
            default:
                // From 0x8000 on the link's own talk (LCP, IPCP), which IP's checksums have no part in.
                _unopened |= protocol < 0x8000;
                break;
        }
    }

    private void AnyIp(int at, int end)
    {
        if (at < _captured)
        {
            switch (_p[at] >> 4)
            {
                case 4:
                    IPv4(at, end);
                    break;
                case 6:
                    IPv6(at, end);
                    break;
            }
        }
    }
}
