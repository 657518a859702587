using System.Buffers.Binary;
using System.Net;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// A host by value: its address, 4 or 16 bytes in <see cref="High"/> and <see cref="Low"/>. <see cref="Size"/> 0 marks
/// a host that text named by something else than an address; then the numbers stand for its name.
/// </summary>
internal readonly record struct HostId(ulong High, ulong Low, byte Size)
{
    // What a record makes of itself asks a comparer for each field, and is looked up for each packet.
    public bool Equals(HostId other) => Low == other.Low && High == other.High && Size == other.Size;

    public override int GetHashCode() => (int)((((High * 0xd6e8feb86659fd93) ^ Low) * 0x9e3779b97f4a7c15) >> 32);

    /// <summary>No address at all (as opposed to a named host, whose numbers are never both zero).</summary>
    public bool IsNone => Size == 0 && High == 0 && Low == 0;

    public bool IsAddress => Size != 0;

    public bool IsIPv6 => Size == 16;

    /// <summary>The folded sum of its 16-bit words: all that a checksum knows of an address.</summary>
    public int WordSum => OnesComplement.Fold(Words(High) + Words(Low));

    public static HostId From(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new HostId(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), 4),
        16 => new HostId(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            16),
        _ => default,
    };

    /// <summary>The IPv4 address whose four bytes stand in memory like this.</summary>
    public static HostId From(uint raw) =>
        new(0, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(raw) : raw, 4);

    public static HostId From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int length) ? From(bytes[..length]) : default;
    }

    public static List<HostId> From(IEnumerable<IPAddress> addresses)
    {
        List<HostId> hosts = [];
        foreach (IPAddress address in addresses)
        {
            hosts.Add(From(address));
        }

        return hosts;
    }

    /// <summary>The same IPv4 address with its last byte replaced: how CNIs name a node's tunnel address in its pod
    /// range.</summary>
    public HostId WithLastByte(byte last) => this with { Low = (Low & ~0xffUL) | last };

    /// <summary>Multicast, broadcast, unspecified: nobody sends from there.</summary>
    public bool IsGroup => Size switch
    {
        4 => (uint)Low is 0 or 0xffffffff || (Low >> 28 & 0xf) == 0xe,
        16 => High >> 56 == 0xff || (High == 0 && Low == 0),
        _ => false,
    };

    public bool IsLoopback => Size switch
    {
        4 => Low >> 24 == 127,
        16 => High == 0 && Low == 1,
        _ => false,
    };

    public IPAddress? ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        switch (Size)
        {
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Low);
                return new IPAddress(bytes[..4]);
            case 16:
                BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
                BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
                return new IPAddress(bytes);
            default:
                return null;
        }
    }

    public override string ToString() => ToIPAddress()?.ToString() ?? "?";

    private static ulong Words(ulong value) =>
        (value >> 48) + (value >> 32 & 0xffff) + (value >> 16 & 0xffff) + (value & 0xffff);
}

/// <summary>One direction of a conversation: what two packets share that a retransmission repeats.</summary>
internal readonly record struct FlowKey(HostId Source, HostId Destination, ushort SourcePort, ushort DestinationPort,
    ChecksumProtocol Protocol)
{
    public bool Equals(FlowKey other) => Source.Equals(other.Source) && Destination.Equals(other.Destination)
        && SourcePort == other.SourcePort && DestinationPort == other.DestinationPort && Protocol == other.Protocol;

    /// <summary>Of all flows that are looked up once a packet: so not that of a record, field by field.</summary>
    public override int GetHashCode()
    {
        ulong hosts = (Source.High ^ Source.Low) * 0x9e3779b97f4a7c15 + (Destination.High ^ Destination.Low);
        ulong all = (hosts ^ (hosts >> 32)) * 0xd6e8feb86659fd93
            + ((ulong)SourcePort << 32 | (ulong)DestinationPort << 16 | (byte)Protocol);
        return (int)((all * 0x9e3779b97f4a7c15) >> 32);
    }

    public FlowKey Reversed => new(Destination, Source, DestinationPort, SourcePort, Protocol);
}
