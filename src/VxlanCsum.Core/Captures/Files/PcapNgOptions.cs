using System.Buffers.Binary;
using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Captures.Files;

/// <summary>The options behind a pcapng block's fixed part, one after the other.</summary>
internal ref struct PcapNgOptions(ReadOnlySpan<byte> options, bool bigEndian)
{
    public const ushort EndOfOptions = 0;
    public const ushort Comment = 1;
    public const ushort InterfaceName = 2;
    public const ushort TimestampResolution = 9;
    public const ushort TimestampOffset = 14;

    private ReadOnlySpan<byte> _rest = options;

    /// <summary>Of the option at hand.</summary>
    public ushort Code { get; private set; }

    /// <summary>Of the option at hand, without padding.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether an option ran over the end of the block; the iteration stops there.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Goes to the next option; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        Code = U16(_rest);
        int length = U16(_rest[2..]);
        if (Code == EndOfOptions)
        {
            return false;
        }

        if (length > _rest.Length - 4)
        {
            IsDamaged = true;
            return false;
        }

        Value = _rest.Slice(4, length);
        _rest = _rest[Math.Min(_rest.Length, 4 + ((length + 3) & ~3))..];
        return true;
    }

    /// <summary>The value as text that may be shown.</summary>
    public readonly string Text(int limit) => SafeText.Escape(Encoding.UTF8.GetString(Value.TrimEnd((byte)0)), limit);

    /// <summary>The value as a 64-bit number; 0 where it is none.</summary>
    public readonly long Number() => Value.Length != 8 ? 0
        : bigEndian ? BinaryPrimitives.ReadInt64BigEndian(Value) : BinaryPrimitives.ReadInt64LittleEndian(Value);

    private readonly ushort U16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
