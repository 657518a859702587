using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Verdicts;
using static VxlanCsum.Captures.Templates.CommonFrame;

namespace VxlanCsum.Captures.Walking;

/// <content>
/// A short cut for what most frames of an overlay are: Ethernet, IPv4, TCP or UDP, perhaps once more inside VXLAN,
/// whole, without options, and right. It only ever says "good"; every other frame takes the long way, and a test
/// holds the two against each other.
/// </content>
internal sealed unsafe partial class FrameWalker
{
    // A copy of the static: methods compiled once, up front, would check for its initialisation at every frame.
    private readonly LayerRecord* _templates = FrameTemplates.Layers(FrameShape.Any);

    /// <summary>False to take the long way for every frame.</summary>
    internal bool ShortCut { get; init; } = true;

    private static ushort IPv4TypeRaw => BitConverter.IsLittleEndian ? (ushort)0x0008 : (ushort)0x0800;

    /// <summary>
    /// True to leave the layers, addresses and ports of common frames unfilled: their shape says all that counting
    /// needs.
    /// </summary>
    internal bool ShapesSuffice { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryCommon(byte* p, int captured, uint wire)
    {
        if (captured < EthernetSize + IPv4Size + UdpSize || wire != (uint)captured || *(ushort*)(p + 12) != IPv4TypeRaw)
        {
            return false;
        }

        byte* ip = p + EthernetSize;
        int length = PlainIPv4(ip, captured - EthernetSize) - IPv4Size;
        byte* l4 = ip + IPv4Size;
        if (!IsWhole(ip[9], l4, length))
        {
            return false;
        }

        TunnelType tunnel = ip[9] == 17 ? _ports[U16At(l4 + 2)] : TunnelType.None;
        if (tunnel != TunnelType.None)
        {
            return tunnel == TunnelType.Vxlan && TryCommonVxlan(ip, l4, length);
        }

        ushort check = *(ushort*)(l4 + TransportChecksum(ip[9] == 6));
        if (check == 0 || OnesComplement.Fold(OnesComplement.Accumulate(l4, length) + Pseudo(ip, length)) != 0xffff)
        {
            return false;
        }

        FrameVerdict v = _verdict;
        v.Shape = FrameShapes.Of(tcp: ip[9] == 6);
        v.Status = ChecksumStatus.Good;
        v.Cause = ChecksumCause.None;
        v.Tunnel = TunnelType.None;
        v.Vni = -1;
        if (!ShapesSuffice)
        {
            Start(p, layerCount: 2, addressCount: 1);
            Fill(v.Layers, ip, length, check);
            v.TunnelAddress = -1;
            v.TunnelSourcePort = v.TunnelDestinationPort = 0;
            v.SourcePort = v.Layers[1].SourcePort;
            v.DestinationPort = v.Layers[1].DestinationPort;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryCommonVxlan(byte* ip, byte* udp, int length)
    {
        byte* vxlan = udp + UdpSize;
        byte* innerIp = udp + Encapsulation - IPv4Size;
        byte* innerL4 = udp + Encapsulation;
        int innerLength = length - Encapsulation;
        if (innerLength < UdpSize || (vxlan[0] & 0x08) == 0 || *(ushort*)(innerIp - 2) != IPv4TypeRaw
            || PlainIPv4(innerIp, innerLength + IPv4Size) - IPv4Size != innerLength
            || !IsWhole(innerIp[9], innerL4, innerLength)
            || (innerIp[9] == 17 && _ports[U16At(innerL4 + 2)] != TunnelType.None))
        {
            return false;
        }

        ulong innerSum = OnesComplement.Accumulate(innerL4, innerLength);
        ushort innerCheck = *(ushort*)(innerL4 + TransportChecksum(innerIp[9] == 6));
        ushort outerCheck = *(ushort*)(udp + TransportChecksum(tcp: false));
        if (innerCheck == 0 || OnesComplement.Fold(innerSum + Pseudo(innerIp, innerLength)) != 0xffff
            || (outerCheck != 0
                && OnesComplement.Fold(SumBeforeInnerIPv4(udp) + innerSum + Pseudo(ip, length)) != 0xffff))
        {
            return false;
        }

        FrameVerdict v = _verdict;
        bool zero = outerCheck == 0;
        v.Shape = FrameShapes.OfVxlan(tcp: innerIp[9] == 6, hasOuterChecksum: !zero);
        v.Status = zero ? ChecksumStatus.NotPresent : ChecksumStatus.Good;
        v.Cause = ChecksumCause.None;
        v.Tunnel = TunnelType.Vxlan;
        v.Vni = (int)(BinaryPrimitives.ReverseEndianness(*(uint*)(vxlan + 4)) >> 8);
        if (!ShapesSuffice)
        {
            LayerRecord* layers = v.Layers;
            Start(ip - EthernetSize, layerCount: 4, addressCount: 2);
            Fill(layers, ip, length, outerCheck);
            Fill(layers + 2, innerIp, innerLength, innerCheck);
            v.TunnelAddress = 0;
            v.TunnelSourcePort = layers[1].SourcePort;
            v.TunnelDestinationPort = layers[1].DestinationPort;
            v.SourcePort = layers[3].SourcePort;
            v.DestinationPort = layers[3].DestinationPort;
        }

        return true;
    }

    /// <summary>Total length of a right IPv4 header without options, of an unfragmented packet that fits; else
    /// 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlainIPv4(byte* ip, int available)
    {
        ulong first = *(ulong*)ip, second = *(ulong*)(ip + 8);
        int total = U16At(ip + 2);
        ulong sum = (first & uint.MaxValue) + (first >> 32) + (second & uint.MaxValue) + (second >> 32)
            + *(uint*)(ip + 16);
        return ip[0] == 0x45 && (U16At(ip + 6) & 0x3fff) == 0 && total <= available
            && OnesComplement.Fold(sum) == 0xffff ? total : 0;
    }

    /// <summary>The outer UDP, VXLAN and inner Ethernet headers. The inner IP header is right, so it sums to zero and
    /// needs no second look.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumBeforeInnerIPv4(byte* udp)
    {
        ulong a = *(ulong*)udp, b = *(ulong*)(udp + 8), c = *(ulong*)(udp + 16);
        return (a & uint.MaxValue) + (a >> 32) + (b & uint.MaxValue) + (b >> 32) + (c & uint.MaxValue) + (c >> 32)
            + *(uint*)(udp + 24) + *(ushort*)(udp + 28);
    }

    /// <summary>TCP, or UDP whose length is all there is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWhole(byte protocol, byte* l4, int length) =>
        protocol == 17 ? length >= UdpSize && U16At(l4 + 4) == length : protocol == 6 && length >= 20;

    /// <summary>Raw, unfolded sum of the pseudo-header of a packet without options.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pseudo(byte* ip, int length) =>
        (ulong)*(uint*)(ip + Addresses) + *(uint*)(ip + Addresses + 4) + ((ulong)ip[9] << 24)
            + BinaryPrimitives.ReverseEndianness((uint)length);

    /// <summary>Copies what is always the same in frames of this shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Start(byte* frame, int layerCount, int addressCount)
    {
        FrameVerdict v = _verdict;
        v.Frame = frame;
        v.LayerCount = layerCount;
        v.AddressCount = addressCount;
        v.HasPorts = true;
        Unsafe.CopyBlockUnaligned(v.Layers, _templates + ((int)v.Shape * FrameTemplates.LayersEach),
            (uint)(FrameTemplates.LayersEach * sizeof(LayerRecord)));
        v.Addresses[0] = FrameTemplates.Outer;
        v.Addresses[1] = FrameTemplates.Inner;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(LayerRecord* layers, byte* ip, int length, ushort check) =>
        FrameTemplates.Fill(layers, Ports(ip), length, U16At(ip + IPv4Checksum), OnesComplement.ToHost(check));
}
