namespace VxlanCsum.UnitTests.Frames;

internal sealed partial class ReferenceParser
{
    private void Transport(int protocol, int at, int end, Network network)
    {
        switch (protocol)
        {
            case 6:
                Checked(ChecksumProtocol.Tcp, at, end, end, 16, network, network.TooLong, network.Pseudo(6, end - at));
                break;
            case 17:
                Udp(at, end, network);
                break;
            case 136:
                UdpLite(at, end, network);
                break;
            case 1 when !network.IsV6:
                Checked(ChecksumProtocol.Icmp, at, end, end, 2, network, network.TooLong || network.SuperPacket, []);
                break;
            case 58 when network.IsV6:
                Checked(ChecksumProtocol.IcmpV6, at, end, end, 2, network, network.TooLong || network.SuperPacket,
                    network.Pseudo(58, end - at));
                break;
            case 2 when !network.IsV6:
                Checked(ChecksumProtocol.Igmp, at, end, end, 2, network, network.TooLong || network.SuperPacket, []);
                break;
            case 132:
                Checked(ChecksumProtocol.Sctp, at, end, end, 8, network, network.TooLong || network.SuperPacket, []);
                break;
            case 51 when !network.IsV6 && !network.Later && Has(at, 12):
                Transport(U8(at), at + ((U8(at + 1) + 2) * 4), end, network);
                break;
            case 4 when !network.Later && at < end && Has(at, 1) && EnterTunnel():
                IPv4(at, end);
                break;
            case 41 when !network.Later && at < end && Has(at, 1) && EnterTunnel():
                IPv6(at, end);
                break;
            case 47 when !network.Later:
                Gre(at, end, network);
                break;
        }
    }

    private bool EnterTunnel() => _tunnels++ < MostTunnels;

    private Coverage Checked(
        ChecksumProtocol protocol, int at, int end, int coveredEnd, int field, Network network, bool contradiction,
        byte[] pseudo, ChecksumStatus? zero = null)
    {
        int size = protocol == ChecksumProtocol.Sctp ? 4 : 2;
        Coverage coverage = new(protocol, at + field, at, coveredEnd, pseudo)
        {
            Hopeless = network.Fragment || contradiction || coveredEnd < at + field + size || end < at + field + size,
            Zero = network.Later ? null : zero,
        };
        _found.Add(network.Later ? coverage with { Field = int.MaxValue / 2 } : coverage);
        return coverage;
    }

    private void Udp(int at, int end, Network network)
    {
        bool contradiction = network.TooLong, seen = !network.Later && Has(at, 8);
        int tunnel = 0;
        if (seen)
        {
            int length = U16(at + 4);
            if (length == 0)
            {
                contradiction |= !network.IsV6 && !network.SuperPacket;
            }
            else
            {
                contradiction = length < 8 || at + length > end;
                end = contradiction ? end : at + length;
            }

            tunnel = U16(at + 2) is 4789 or 8472 or 4790 or 6081 ? U16(at + 2) : 0;
        }

        Checked(
            ChecksumProtocol.Udp, at, end, end, 6, network, contradiction, network.Pseudo(17, end - at),
            zero: network.IsV6 && tunnel == 0 ? ChecksumStatus.Illegal : ChecksumStatus.NotPresent);
        int inside = at + 8;
        if (!seen || tunnel == 0 || !Has(inside, 8) || inside + 8 > end)
        {
            return;
        }

        switch (tunnel)
        {
            case 6081 when U8(inside) < 64 && EnterTunnel():
                int payload = inside + 8 + (U8(inside) % 64 * 4);
                if (payload <= end && payload <= _f.Length)
                {
                    Type(U16(inside + 2), payload, end);
                }

                break;
            case 4790 when EnterTunnel():
                GpeNext((U8(inside) & 4) == 0 ? 3 : U8(inside + 3), inside + 8, end);
                break;
            case 4789 or 8472 when (U8(inside) & 8) != 0 && EnterTunnel():
                Ethernet(inside + 8, end);
                break;
        }
    }

    private void UdpLite(int at, int end, Network network)
    {
        int covered = end;
        bool contradiction = network.TooLong;
        if (!network.Later && Has(at, 8))
        {
            int coverage = U16(at + 4);
            contradiction |= coverage is > 0 and < 8 || at + coverage > end;
            covered = coverage == 0 || contradiction ? end : at + coverage;
        }

        Checked(ChecksumProtocol.UdpLite, at, end, covered, 6, network, contradiction, network.Pseudo(136, end - at),
            zero: ChecksumStatus.Illegal);
    }

    private void Gre(int at, int end, Network network)
    {
        if (!Has(at, 4))
        {
            return;
        }

        int flags = U16(at), type = U16(at + 2), version = flags % 8;
        bool sum = (flags & 0x8000) != 0, route = (flags & 0x4000) != 0, key = (flags & 0x2000) != 0,
            sequence = (flags & 0x1000) != 0;
        if (sum && version == 0)
        {
            Checked(ChecksumProtocol.Gre, at, end, end, 4, network, network.TooLong, []);
        }

        int inside = at + 4 + (sum ? 4 : 0) + (key ? 4 : 0) + (sequence ? 4 : 0);
        if (route || version != 0 || inside > end || inside > _f.Length || !EnterTunnel())
        {
            return;
        }

        switch (type)
        {
            case 0x88be:
                Ethernet(inside + (sequence ? 8 : 0), end);
                break;
            case 0x22eb when Has(inside, 12):
                int more = U8(inside + 11) % 2 * 8;
                if (U16(inside + 10) / 1024 % 32 != 2)
                {
                    Ethernet(inside + 12 + more, end);
                }
                else
                {
                    Ip(inside + 12 + more, end);
                }

                break;
            case 0x883e:
                IPv4(inside + (Has(inside, 1) && U8(inside) / 16 == 4 ? 0 : 4), end);
                break;
            case 0x8909 when Has(inside, 8):
                Type(U16(inside), inside + 8, end);
                break;
            default:
                Type(type, inside, end);
                break;
        }
    }
}
