using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace VxlanCsum.Captures.Templates;

/// <summary>What stands where in most frames of an overlay: Ethernet, IPv4 without options, TCP or UDP, perhaps once
/// more inside VXLAN. Sizes and offsets are in bytes.</summary>
internal static unsafe class CommonFrame
{
    public const int EthernetSize = 14, IPv4Size = 20, UdpSize = 8, VxlanSize = 8;

    /// <summary>From an outer header to the inner one of the same layer.</summary>
    public const int Encapsulation = UdpSize + VxlanSize + EthernetSize + IPv4Size;

    /// <summary>Where the headers begin: the outer (or only) ones, and the inner ones.</summary>
    public const int Ip = EthernetSize, Transport = Ip + IPv4Size, InnerIp = Ip + Encapsulation,
        InnerTransport = Transport + Encapsulation;

    /// <summary>In an IPv4 header.</summary>
    public const int Ttl = 8, IPv4Checksum = 10, Addresses = 12;

    /// <summary>The checksum in a transport header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TransportChecksum(bool tcp) => tcp ? 16 : 6;

    /// <summary>Both addresses of an IPv4 header, as they stand in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hosts(byte* ip) => *(ulong*)(ip + Addresses);

    /// <summary>Both ports behind an IPv4 header, as they stand in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Ports(byte* ip) => *(uint*)(ip + IPv4Size);

    /// <summary>Bytes behind an IPv4 header: those that the transport checksum covers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TransportLength(byte* ip) => U16At(ip + 2) - IPv4Size;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort U16At(byte* at) => BinaryPrimitives.ReverseEndianness(*(ushort*)at);
}
