using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace VxlanCsum.Node.Netlink;

/// <summary>One attribute of a netlink message: `struct nlattr` and what follows it.</summary>
internal readonly ref struct NetlinkAttribute(int type, ReadOnlySpan<byte> data)
{
    /// <summary>Without the flags for nesting and byte order.</summary>
    public int Type { get; } = type;

    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Numbers are in the machine's order; null where the attribute is too short for one.</summary>
    public byte? Byte => Data.Length >= sizeof(byte) ? Data[0] : null;

    public bool? Flag => Byte is { } value ? value != 0 : null;

    public uint? UInt32 => Data.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(Data) : null;

    /// <summary>Ports are in the network's order.</summary>
    public ushort? NetworkUInt16 => Data.Length >= sizeof(ushort) ? BinaryPrimitives.ReadUInt16BigEndian(Data) : null;

    /// <summary>Up to the first NUL.</summary>
    public ReadOnlySpan<byte> Text => Data.IndexOf((byte)0) is >= 0 and int end ? Data[..end] : Data;

    public string String => Encoding.UTF8.GetString(Text);

    /// <summary>Null for an address that is not set.</summary>
    public IPAddress? Address => Data.Length is 4 or 16 && Data.ContainsAnyExcept((byte)0) ? new IPAddress(Data) : null;

    public NetlinkAttributes Nested => new(Data);
}

/// <summary>The attributes in a stretch of bytes; a damaged one ends them.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> data)
{
    private const int HeaderLength = 4, TypeMask = 0x3fff;
    private ReadOnlySpan<byte> _rest = data;

    public NetlinkAttribute Current { get; private set; }

    public readonly NetlinkAttributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < HeaderLength)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < HeaderLength || length > _rest.Length)
        {
            return false;
        }

        Current = new NetlinkAttribute(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask, _rest[HeaderLength..length]);
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }
}
