using System.Buffers.Binary;

namespace VxlanCsum.Drops;

/// <summary>What the program hands over with a packet: 128 bytes of its own, then the packet from where the kernel
/// stood in it.</summary>
internal readonly ref struct DropRecord
{
    // Time, location, reason, length, interface, namespace, how much of the packet was passed; then the IP header and
    // what follows.
    public const int TimeAt = 0, LocationAt = 8, ReasonAt = 16, LengthAt = 20, InterfaceAt = 24, NamespaceAt = 28,
        PassedAt = 32, SpareAt = 36, HeaderAt = 40;

    /// <summary>The longest header of IPv4 is 60 bytes, and that of IPv6 40; the rest is for extension
    /// headers.</summary>
    public const int HeaderSize = 88, Size = HeaderAt + HeaderSize;

    private readonly ReadOnlySpan<byte> _bytes;

    private DropRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Nanoseconds since the machine was booted, without the time it slept.</summary>
    public ulong Time => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[TimeAt..]);

    /// <summary>The instruction behind the call that dropped it.</summary>
    public ulong Location => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[LocationAt..]);

    /// <summary>As <see cref="DropLayout.Reasons"/>; 0 where the kernel does not say.</summary>
    public int Reason => BinaryPrimitives.ReadInt32LittleEndian(_bytes[ReasonAt..]);

    /// <summary>The device it came by; 0 where that was not known any more.</summary>
    public int Interface => BinaryPrimitives.ReadInt32LittleEndian(_bytes[InterfaceAt..]);

    /// <summary>The number of the device's network namespace; 0 where that was not known any more.</summary>
    public uint NetworkNamespace => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[NamespaceAt..]);

    private int Length => BinaryPrimitives.ReadInt32LittleEndian(_bytes[LengthAt..]);

    /// <summary>How far the kernel stood behind the beginning of the IP header; negative before it.</summary>
    private int Passed => BinaryPrimitives.ReadInt32LittleEndian(_bytes[PassedAt..]);

    private ReadOnlySpan<byte> Header => _bytes.Slice(HeaderAt, HeaderSize);

    private ReadOnlySpan<byte> Rest => _bytes[Size..];

    /// <summary>Reads a record; false where it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DropRecord record)
    {
        record = bytes.Length >= Size ? new DropRecord(bytes) : default;
        return bytes.Length >= Size;
    }

    /// <summary>Puts the packet together, from the IP header on.</summary>
    /// <param name="packet">Gets it.</param>
    /// <param name="wireLength">How long it was, whether or not all of it is here.</param>
    /// <returns>How much of it there is.</returns>
    public int CopyPacket(Span<byte> packet, out uint wireLength)
    {
        int passed = Passed, length = Math.Max(0, Length);
        wireLength = (uint)Math.Max(0L, (long)length + passed);
        if (passed <= 0)
        {
            ReadOnlySpan<byte> whole = Part(Rest, -(long)passed, length);
            whole.CopyTo(packet);
            return whole.Length;
        }

        Header[..Math.Min(passed, HeaderSize)].CopyTo(packet);
        if (passed > HeaderSize)
        {
            // So many extension headers that the place where the packet goes on does not join.
            return HeaderSize;
        }

        ReadOnlySpan<byte> rest = Part(Rest, 0, length);
        rest.CopyTo(packet[passed..]);
        return passed + rest.Length;
    }

    /// <summary>The rings round up to eight bytes: what is behind the packet's end is none of it.</summary>
    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, long start, int length)
    {
        bytes = bytes[..Math.Min(length, bytes.Length)];
        return start >= bytes.Length ? default : bytes[(int)start..];
    }
}
