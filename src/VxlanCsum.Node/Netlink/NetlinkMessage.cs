using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Netlink;

/// <summary>One message of a datagram: `struct nlmsghdr` and what follows it.</summary>
internal readonly ref struct NetlinkMessage
{
    private const int HeaderLength = 16;

    private NetlinkMessage(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Flags = flags;
        Sequence = sequence;
        Payload = payload;
    }

    public ushort Type { get; }
    public ushort Flags { get; }
    public uint Sequence { get; }
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Takes the first message off; false at the end, and where the rest is damaged.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out NetlinkMessage message)
    {
        message = default;
        if (rest.Length < HeaderLength)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(rest);
        if (length < HeaderLength || length > (uint)rest.Length)
        {
            return false;
        }

        message = new NetlinkMessage(
            MemoryMarshal.Read<ushort>(rest[4..]), MemoryMarshal.Read<ushort>(rest[6..]),
            MemoryMarshal.Read<uint>(rest[8..]),
            rest[HeaderLength..(int)length]);
        rest = rest[(int)Math.Min((uint)rest.Length, (length + 3) & ~3u)..];
        return true;
    }
}
