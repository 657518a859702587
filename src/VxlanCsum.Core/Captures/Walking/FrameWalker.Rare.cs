namespace VxlanCsum.Captures.Walking;

/// <content>What mirrors, fabrics and netfilter put around the packets that people ask about; off the common
/// path.</content>
internal sealed unsafe partial class FrameWalker
{
    private const ushort EtherTypeCiscoMetadata = 0x8909, EtherTypeNsh = 0x894f;
    private const ushort GreWccp = 0x883e, GreErspan = 0x88be, GreErspan3 = 0x22eb;

    private void OtherEtherType(ushort type, int at, int end)
    {
        switch (type)
        {
            case EtherTypeCiscoMetadata when at + 8 <= _captured && MayEnterShim():
                // Security group tag: six bytes, then the type of what follows.
                EtherType(U16(at + 6), at + 8, end);
                break;
            case EtherTypeNsh when at + 8 <= _captured && MayEnterShim():
                // RFC 8300: the length counts 32-bit words; the next protocol's numbers are VXLAN-GPE's.
                EtherType(GpeProtocol(_p[at + 3]), at + (Math.Max(_p[at + 1] & 0x3f, 2) * 4), end);
                break;
            default:
                _unopened |= !IsWithoutChecksum(type);
                break;
        }
    }

    /// <summary>ARP, RARP, slow protocols, EAPOL, LLDP, PPPoE discovery, loopback: nothing of these has a checksum that
    /// is asked about here.</summary>
    private static bool IsWithoutChecksum(ushort type) =>
        type is 0x0806 or 0x8035 or 0x8809 or 0x888e or 0x88cc or 0x8863 or 0x9000;

    /// <summary>Headers that some GRE protocols have of their own: how long, and what follows.</summary>
    private int GreShim(ref ushort protocol, int at, bool hasSequence)
    {
        switch (protocol)
        {
            case GreErspan:
                // Type I is bare; type II, told by the sequence number, has eight bytes (draft-foschiano-erspan).
                protocol = EtherTypeBridge;
                return hasSequence ? 8 : 0;
            case GreErspan3 when at + 12 <= _captured:
                int last = U16(at + 10);
                protocol = ((last >> 10) & 31) == 2 ? IpVersion(at + 12 + ((last & 1) * 8)) : EtherTypeBridge;
                return 12 + ((last & 1) * 8);
            case GreWccp:
                // As the kernel's gre_parse_header: version 2 has four bytes, unless an IPv4 header follows at once.
                bool bare = at < _captured && _p[at] >> 4 == 4;
                protocol = EtherTypeIPv4;
                return bare ? 0 : 4;
            case EtherTypeCiscoMetadata when at + 8 <= _captured:
                protocol = U16(at);
                return 8;
            default:
                return 0;
        }
    }

    private ushort IpVersion(int at) => at < _captured && _p[at] >> 4 == 6 ? EtherTypeIPv6 : EtherTypeIPv4;

    /// <summary>A header of four bytes, then attributes in the byte order of the host that captured; one of them is the
    /// packet.</summary>
    private void Nflog(int end)
    {
        int at = 4;
        while (at + 4 <= _captured)
        {
            int length = *(ushort*)(_p + at), type = *(ushort*)(_p + at + 2);
            if (type > byte.MaxValue)
            {
                // No type is as great: so the other byte order.
                (length, type) = (U16(at), U16(at + 2));
            }

            if (type == 9)
            {
                AnyIp(at + 4, Math.Min(end, at + length));
                return;
            }

            if (length < 4)
            {
                return;
            }

            at += (length + 3) & ~3;
        }
    }
}
