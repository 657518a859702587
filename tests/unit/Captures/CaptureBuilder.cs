using System.Buffers;
using System.Buffers.Binary;

namespace VxlanCsum.UnitTests.Captures;

/// <summary>Captures in memory, byte for byte as their formats say and as a test wants them.</summary>
internal abstract class CaptureBuilder(bool bigEndian)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public bool BigEndian { get; protected set; } = bigEndian;

    public int Length => _bytes.WrittenCount;

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void U8(byte value) => _bytes.Write([value]);

    public void U16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (BigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }

        _bytes.Write(bytes);
    }

    public void U32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (BigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        _bytes.Write(bytes);
    }

    public void U64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (BigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        }

        _bytes.Write(bytes);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}
