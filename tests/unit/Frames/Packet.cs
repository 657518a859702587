using System.Buffers.Binary;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>
/// Bytes in the making, and fields to be overwritten when all is built. That is how offloading comes about: outer
/// checksums are computed as if the inner ones were complete, and the inner fields hold something else.
/// </summary>
internal sealed record Packet(byte[] Bytes, IReadOnlyList<(int Offset, ushort Value)> Later)
{
    public Packet(params byte[] bytes)
        : this(bytes, [])
    {
    }

    public int Length => Bytes.Length;

    public Packet Behind(params byte[] header) =>
        new([.. header, .. Bytes], [.. Later.Select(l => (l.Offset + header.Length, l.Value))]);

    public Packet Before(params byte[] trailer) => this with { Bytes = [.. Bytes, .. trailer] };

    public Packet Cut(int length) => this with { Bytes = Bytes[..length] };

    /// <summary>Overwrites a 16-bit field now.</summary>
    public Packet With(int offset, ushort value)
    {
        byte[] bytes = [.. Bytes];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(offset), value);
        return this with { Bytes = bytes };
    }

    /// <summary>Overwrites a 16-bit field when the frame is finished.</summary>
    public Packet WithLater(int offset, ushort value) => this with { Later = [.. Later, (offset, value)] };

    /// <summary>The frame, with everything overwritten that was put off.</summary>
    public byte[] Finish() => Later.Aggregate(this, (packet, l) => packet.With(l.Offset, l.Value)).Bytes;
}

/// <summary>What to put into a checksum field.</summary>
internal enum Fill
{
    Right,
    Zero,

    /// <summary>The pseudo-header's sum, put there at the end: what is around it is computed for the completed
    /// packet.</summary>
    Seed,

    /// <summary>The pseudo-header's sum at once: what is around it covers it.</summary>
    SeedNow,
    Wrong,
}
