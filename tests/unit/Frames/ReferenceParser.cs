using VxlanCsum.Clusters;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>
/// Finds the checksums of a frame as the RFCs describe its headers: a second, plain reading of the same documents,
/// slow and without pointers, that shares no code with the product.
/// </summary>
internal sealed partial class ReferenceParser
{
    private const int MostTunnels = 16;

    private readonly byte[] _f;
    private readonly int _wire;
    private readonly List<Coverage> _found = [];
    private int _tunnels;
    private bool _inFragment;

    private ReferenceParser(byte[] frame, int wire)
    {
        _f = frame;
        _wire = Math.Max(wire, frame.Length);
    }

    /// <summary>The checksums of a frame, outer to inner, with verdicts.</summary>
    public static List<ReferenceLayer> Verdicts(byte[] frame, int wire, LinkType link)
    {
        ReferenceParser parser = new(frame, wire);
        parser.Link(link);
        return ReferenceJudge.Judge(frame, wire, parser._found);
    }

    private bool Has(int at, int count) => at >= 0 && at + count <= _f.Length;
    private int U8(int at) => _f[at];
    private int U16(int at) => (_f[at] << 8) | _f[at + 1];
    private byte[] Bytes(int at, int count) => _f[at..(at + count)];

    private void Link(LinkType link)
    {
        switch (link)
        {
            case LinkType.Ethernet:
                Ethernet(0, _wire);
                break;
            case LinkType.LinuxSll when Has(0, 16):
                Cooked(U16(14), 16);
                break;
            case LinkType.LinuxSll2 when Has(0, 20):
                Cooked(U16(0), 20);
                break;
            case LinkType.Raw or LinkType.RawDlt12 or LinkType.RawDlt14 or LinkType.IPv4 or LinkType.IPv6:
                Ip(0, _wire);
                break;
            case LinkType.Null or LinkType.Loop:
                Ip(4, _wire);
                break;
            case LinkType.Ppp or LinkType.PppHdlc when Has(0, 4) && (U16(0) | 0x80ff) == 0x8fff:
                Type(U16(2), 4, _wire);
                break;
            case LinkType.Ppp or LinkType.PppHdlc:
                Ppp(Has(0, 2) && U16(0) == 0xff03 ? 2 : 0, _wire);
                break;
            case LinkType.PppEther:
                Pppoe(0, _wire);
                break;
            case LinkType.CHdlc when Has(0, 4):
                Type(U16(2), 4, _wire);
                break;
            case LinkType.IPoIB when Has(0, 44):
                Type(U16(40), 44, _wire);
                break;
        }
    }

    private void Ethernet(int at, int end)
    {
        if (Has(at, 14))
        {
            Type(U16(at + 12), at + 14, end);
        }
    }

    private void Cooked(int protocol, int at)
    {
        if (protocol == 4)
        {
            Llc(at, _wire);
        }
        else if (protocol > 1500)
        {
            Type(protocol, at, _wire);
        }
    }

    /// <summary>An Ethernet type, or an 802.3 length.</summary>
    private void Type(int type, int at, int end)
    {
        switch (type)
        {
            case <= 1500:
                Llc(at, Math.Min(end, at + type));
                break;
            case 0x0800:
                IPv4(at, end);
                break;
            case 0x86dd:
                IPv6(at, end);
                break;
            case 0x8100 or 0x88a8 or 0x9100 or 0x9200 or 0x9300 when Has(at, 4):
                Type(U16(at + 2), at + 4, end);
                break;
            case 0x8847 or 0x8848:
                Mpls(at, end);
                break;
            case 0x8864:
                Pppoe(at, end);
                break;
            case 0x880b:
                Ppp(at, end);
                break;
            case 0x6558:
                Ethernet(at, end);
                break;
            case 0x8909 when Has(at, 8):
                Type(U16(at + 6), at + 8, end);
                break;
            case 0x894f when Has(at, 8):
                GpeNext(U8(at + 3), at + (4 * Math.Max(2, U8(at + 1) % 64)), end);
                break;
        }
    }

    private void Llc(int at, int end)
    {
        if (Has(at, 8) && U16(at) == 0xaaaa && U8(at + 2) == 3 && U8(at + 3) == 0 && U16(at + 4) == 0
            && U16(at + 6) > 1500)
        {
            Type(U16(at + 6), at + 8, end);
        }
        else if (Has(at, 3) && U16(at) == 0x0606 && U8(at + 2) == 3)
        {
            IPv4(at + 3, end);
        }
    }

    private void Mpls(int at, int end)
    {
        for (; Has(at, 4); at += 4)
        {
            if (U8(at + 2) % 2 == 1)
            {
                Ip(at + 4, end);
                return;
            }
        }
    }

    private void Pppoe(int at, int end)
    {
        if (Has(at, 6) && U8(at + 1) == 0)
        {
            Ppp(at + 6, Math.Min(end, at + 6 + U16(at + 4)));
        }
    }

    private void Ppp(int at, int end)
    {
        if (!Has(at, 2))
        {
            return;
        }

        bool compressed = U8(at) % 2 == 1;
        int protocol = compressed ? U8(at) : U16(at), next = at + (compressed ? 1 : 2);
        switch (protocol)
        {
            case 0x21:
                IPv4(next, end);
                break;
            case 0x57:
                IPv6(next, end);
                break;
            case 0x281 or 0x283:
                Mpls(next, end);
                break;
        }
    }

    private void Ip(int at, int end)
    {
        if (Has(at, 1) && U8(at) / 16 == 4)
        {
            IPv4(at, end);
        }
        else if (Has(at, 1) && U8(at) / 16 == 6)
        {
            IPv6(at, end);
        }
    }

    /// <summary>VXLAN-GPE's and NSH's numbers of what follows.</summary>
    private void GpeNext(int next, int at, int end)
    {
        int type = next switch { 1 => 0x0800, 2 => 0x86dd, 3 => 0x6558, 4 => 0x894f, 5 => 0x8847, _ => -1 };
        if (type > 0)
        {
            Type(type, at, end);
        }
    }
}
