using System.Buffers.Binary;
using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Simulation;

/// <summary>
/// Builds tunnel packets and does to them what kernels do, straight from the definitions and with arithmetic of its
/// own, so that nothing under test checks itself.
/// </summary>
internal sealed record TunnelFrame
{
    private const int OuterIp = 14;

    public string Source { get; init; } = "10.0.10.14";
    public string Destination { get; init; } = "10.0.10.10";
    public int SourcePort { get; init; } = 40000;
    public int TunnelPort { get; init; } = 4789;
    public int Vni { get; init; } = 4096;
    public string InnerSource { get; init; } = "10.244.1.1";
    public string InnerDestination { get; init; } = "10.244.2.1";

    /// <summary>6, 17 or 1; 0 for ARP.</summary>
    public int Protocol { get; init; } = 17;

    /// <summary>Of the outer packet.</summary>
    public int Ttl { get; init; } = 64;
    public int InnerSourcePort { get; init; } = 50000;
    public int InnerDestinationPort { get; init; } = 53;
    public int Payload { get; init; } = 40;
    public int Seed { get; init; } = 1;

    private bool IsIPv6 => Source.Contains(':', StringComparison.Ordinal);
    private int OuterUdp => 14 + (IsIPv6 ? 40 : 20);
    private int InnerIp => OuterUdp + 8 + 8 + 14;
    private int InnerField => InnerIp + 20 + (Protocol == 6 ? 16 : Protocol == 17 ? 6 : 2);

    /// <summary>Everything right: outer checksum sent, inner one complete.</summary>
    public byte[] Healthy()
    {
        byte[] frame = Headers();
        Complete(frame);
        Put16(frame, OuterUdp + 6, OuterRight(frame));
        return frame;
    }

    /// <summary>The tunnel without outer checksums.</summary>
    public byte[] WithoutOuter()
    {
        byte[] frame = Headers();
        Complete(frame);
        return frame;
    }

    /// <summary>As the sender's capture shows it: the inner seed in place, the outer checksum right for the completed
    /// packet.</summary>
    public byte[] LocalOffload()
    {
        byte[] frame = Healthy();
        Put16(frame, InnerField, InnerSeed(frame));
        return frame;
    }

    /// <summary>
    /// Defect B: the kernel's PARTIAL branch on the complete outer checksum. The address delta is added to the
    /// uninverted
    /// value, the port delta is dropped (kernel-arithmetic, section 3).
    /// </summary>
    /// <param name="newSource">The address after NAT.</param>
    /// <param name="newPort">The source port after NAT.</param>
    /// <param name="completed">Whether a device has completed the inner checksum since.</param>
    public byte[] DefectB(string newSource, int newPort, bool completed = true)
    {
        byte[] frame = Healthy();
        int check = Manipulate(Get16(frame, OuterUdp + 6), Words(IPAddress.Parse(Source)),
            Words(IPAddress.Parse(newSource)));
        Rewrite(frame, newSource, newPort, check == 0 ? 0xffff : check);
        if (!completed)
        {
            Put16(frame, InnerField, InnerSeed(frame));
        }

        return frame;
    }

    /// <summary>Defect A: the same branch on a checksum of zero; then CSUM_MANGLED_0.</summary>
    public byte[] DefectA(string newSource, int newPort)
    {
        byte[] frame = WithoutOuter();
        int check = Manipulate(0, Words(IPAddress.Parse(Source)), Words(IPAddress.Parse(newSource)));
        Rewrite(frame, newSource, newPort, check == 0 ? 0xffff : check);
        return frame;
    }

    /// <summary>Rewritten by something that leaves the outer checksum alone.</summary>
    public byte[] LeftAlone(string newSource, int newPort)
    {
        byte[] frame = Healthy();
        Rewrite(frame, newSource, newPort, Get16(frame, OuterUdp + 6));
        return frame;
    }

    /// <summary>The inner destination rewritten, the inner checksum left alone, and the whole encapsulated rightly
    /// after that.</summary>
    public byte[] InnerLeftAlone(string newDestination, int newPort)
    {
        byte[] frame = Healthy();
        IPAddress.Parse(newDestination).GetAddressBytes().CopyTo(frame, InnerIp + 16);
        Put16(frame, InnerIp + 22, newPort);
        Put16(frame, InnerIp + 10, 0);
        Put16(frame, InnerIp + 10, ~Sum(frame.AsSpan(InnerIp, 20)));
        Put16(frame, OuterUdp + 6, 0);
        Put16(frame, OuterUdp + 6, OuterRight(frame));
        return frame;
    }

    /// <summary>The inner seed forgotten, the outer checksum computed over it.</summary>
    public byte[] OuterOverSeed()
    {
        byte[] frame = LocalOffload();
        Put16(frame, OuterUdp + 6, 0);
        Put16(frame, OuterUdp + 6, OuterRight(frame));
        return frame;
    }

    /// <summary>No outer checksum, the inner one left to the device.</summary>
    public byte[] SeedOnly()
    {
        byte[] frame = WithoutOuter();
        Put16(frame, InnerField, InnerSeed(frame));
        return frame;
    }

    /// <summary>Other outer addresses in a finished frame, as an editor of captures or a translator that mends nothing
    /// but, at most, the IP header leaves it.</summary>
    public byte[] Readdress(byte[] frame, string source, string destination, bool mendHeader = true)
    {
        int size = IsIPv6 ? 16 : 4, at = OuterIp + (IsIPv6 ? 8 : 12);
        IPAddress.Parse(source).GetAddressBytes().CopyTo(frame, at);
        IPAddress.Parse(destination).GetAddressBytes().CopyTo(frame, at + size);
        if (!IsIPv6 && mendHeader)
        {
            Put16(frame, OuterIp + 10, 0);
            Put16(frame, OuterIp + 10, ~Sum(frame.AsSpan(OuterIp, 20)));
        }

        return frame;
    }

    /// <summary>The same of the inner addresses; nothing is mended but, at most, the IP header.</summary>
    public byte[] ReaddressInner(byte[] frame, string source, string destination, bool mendHeader = true)
    {
        if (Protocol == 0)
        {
            return frame;
        }

        IPAddress.Parse(source).GetAddressBytes().CopyTo(frame, InnerIp + 12);
        IPAddress.Parse(destination).GetAddressBytes().CopyTo(frame, InnerIp + 16);
        if (mendHeader)
        {
            Put16(frame, InnerIp + 10, 0);
            Put16(frame, InnerIp + 10, ~Sum(frame.AsSpan(InnerIp, 20)));
        }

        return frame;
    }

    /// <summary>The inner checksum of a finished frame left to the device again; without an outer one nothing else
    /// depends on it.</summary>
    public byte[] Unfinish(byte[] frame)
    {
        Put16(frame, InnerField, InnerSeed(frame));
        return frame;
    }

    /// <summary>Whether the inner checksum is not the one for its bytes.</summary>
    public bool InnerIsWrong(byte[] frame)
    {
        byte[] copy = [.. frame];
        Complete(copy);
        return !copy.AsSpan().SequenceEqual(frame);
    }

    /// <summary>Offsets of bytes that can be damaged without the packet becoming another: the outer checksum, the VNI,
    /// inner Ethernet addresses, the inner payload.</summary>
    public int[] DamageablePlaces(byte[] frame) =>
    [
        OuterUdp + 6, OuterUdp + 7, OuterUdp + 12, OuterUdp + 13, OuterUdp + 14,
        .. Enumerable.Range(OuterUdp + 16, 12),
        .. Enumerable.Range(InnerField + 2, Math.Max(0, frame.Length - InnerField - 2))
            .Where(i => Protocol != 0 && i >= InnerIp + 20 + (Protocol == 6 ? 20 : 8)),
    ];

    public int OuterField => OuterUdp + 6;

    /// <summary>Another outer checksum.</summary>
    public byte[] WithOuterChecksum(int value)
    {
        byte[] frame = Healthy();
        Put16(frame, OuterUdp + 6, value);
        return frame;
    }

    /// <summary>The outer checksum of a frame, and the one right for its bytes.</summary>
    public (int Found, int Right) Outer(byte[] frame)
    {
        int found = Get16(frame, OuterUdp + 6);
        byte[] copy = [.. frame];
        Put16(copy, OuterUdp + 6, 0);
        return (found, OuterRight(copy));
    }

    private byte[] Headers()
    {
        int l4 = (Protocol == 6 ? 20 : 8) + Payload;
        byte[] frame = new byte[InnerIp + (Protocol == 0 ? 28 : 20 + l4)];
        frame[0] = frame[6] = 2;
        Span<byte> outer = frame.AsSpan(OuterIp);
        int udpLength = frame.Length - OuterUdp;
        byte[] source = IPAddress.Parse(Source).GetAddressBytes(),
            destination = IPAddress.Parse(Destination).GetAddressBytes();
        if (IsIPv6)
        {
            Put16(frame, 12, 0x86dd);
            outer[0] = 0x60;
            Put16(frame, OuterIp + 4, udpLength);
            outer[6] = 17;
            outer[7] = (byte)Ttl;
            source.CopyTo(outer[8..]);
            destination.CopyTo(outer[24..]);
        }
        else
        {
            Put16(frame, 12, 0x0800);
            IPv4(frame, OuterIp, 17, 20 + udpLength, source, destination, Ttl);
        }

        Put16(frame, OuterUdp, SourcePort);
        Put16(frame, OuterUdp + 2, TunnelPort);
        Put16(frame, OuterUdp + 4, udpLength);
        int tunnel = OuterUdp + 8;
        if (TunnelPort == 6081)
        {
            Put16(frame, tunnel + 2, 0x6558);
        }
        else
        {
            frame[tunnel] = 8;
        }

        Put16(frame, tunnel + 4, Vni >> 8);
        frame[tunnel + 6] = (byte)Vni;
        if (Protocol == 0)
        {
            Put16(frame, InnerIp - 2, 0x0806);
            new byte[] { 0, 1, 8, 0, 6, 4, 0, 1 }.CopyTo(frame, InnerIp);
            Put16(frame, InnerIp + 8, Seed);
            IPAddress.Parse(InnerSource).GetAddressBytes().CopyTo(frame, InnerIp + 14);
            IPAddress.Parse(InnerDestination).GetAddressBytes().CopyTo(frame, InnerIp + 24);
            return frame;
        }

        Put16(frame, InnerIp - 2, 0x0800);
        IPv4(frame, InnerIp, Protocol, 20 + l4, IPAddress.Parse(InnerSource).GetAddressBytes(),
            IPAddress.Parse(InnerDestination).GetAddressBytes());
        Transport(frame, l4);
        return frame;
    }

    private void Transport(byte[] frame, int length)
    {
        int at = InnerIp + 20;
        new Random(Seed).NextBytes(frame.AsSpan(at + (Protocol == 6 ? 20 : 8)));
        if (Protocol == 1)
        {
            frame[at] = 8;
            return;
        }

        Put16(frame, at, InnerSourcePort);
        Put16(frame, at + 2, InnerDestinationPort);
        if (Protocol == 6)
        {
            frame[at + 12] = 0x50;
            frame[at + 13] = 0x18;
        }
        else
        {
            Put16(frame, at + 4, length);
        }
    }

    private void Complete(byte[] frame)
    {
        if (Protocol == 0)
        {
            return;
        }

        Put16(frame, InnerField, 0);
        int sum = Sum(frame.AsSpan(InnerIp + 20)) + (Protocol == 1 ? 0 : InnerSeed(frame));
        int right = ~Fold(sum) & 0xffff;
        Put16(frame, InnerField, right == 0 && Protocol == 17 ? 0xffff : right);
    }

    private int InnerSeed(byte[] frame) =>
        Fold(Sum(frame.AsSpan(InnerIp + 12, 8)) + Protocol + frame.Length - InnerIp - 20);

    private int OuterRight(byte[] frame)
    {
        Span<byte> addresses = IsIPv6 ? frame.AsSpan(OuterIp + 8, 32) : frame.AsSpan(OuterIp + 12, 8);
        int right = ~Fold(Sum(addresses) + 17 + frame.Length - OuterUdp + Sum(frame.AsSpan(OuterUdp))) & 0xffff;
        return right == 0 ? 0xffff : right;
    }

    private void Rewrite(byte[] frame, string source, int port, int check)
    {
        IPAddress.Parse(source).GetAddressBytes().CopyTo(frame, OuterIp + (IsIPv6 ? 8 : 12));
        Put16(frame, OuterUdp, port);
        Put16(frame, OuterUdp + 6, check);
        if (!IsIPv6)
        {
            Put16(frame, OuterIp + 10, 0);
            Put16(frame, OuterIp + 10, ~Sum(frame.AsSpan(OuterIp, 20)));
        }
    }

    private static void IPv4(byte[] frame, int at, int protocol, int total, byte[] source, byte[] destination,
        int ttl = 64)
    {
        frame[at] = 0x45;
        Put16(frame, at + 2, total);
        frame[at + 8] = (byte)ttl;
        frame[at + 9] = (byte)protocol;
        source.CopyTo(frame, at + 12);
        destination.CopyTo(frame, at + 16);
        Put16(frame, at + 10, ~Sum(frame.AsSpan(at, 20)));
    }

    /// <summary>inet_proto_csum_replace4 and 16 in the PARTIAL branch: fold(check + ~old + new), not
    /// inverted.</summary>
    private static int Manipulate(int check, IEnumerable<int> old, IEnumerable<int> @new) =>
        Fold(check + old.Sum(static w => ~w & 0xffff) + @new.Sum());

    private static IEnumerable<int> Words(IPAddress address) =>
        address.GetAddressBytes().Chunk(2).Select(static p => (p[0] << 8) | p[1]);

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? bytes[i] << 8 : bytes[i];
        }

        return Fold(sum);
    }

    private static int Fold(int sum)
    {
        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }

    private static int Get16(byte[] frame, int at) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at));

    private static void Put16(byte[] frame, int at, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), (ushort)value);
}
