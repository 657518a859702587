using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Netlink;

/// <summary>Writes the attributes of a request.</summary>
internal sealed class NetlinkAttributeWriter
{
    private const int HeaderLength = 4;
    private const ushort NestedFlag = 0x8000;
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    /// <summary>What stands before the attributes.</summary>
    public NetlinkAttributeWriter Header(params ReadOnlySpan<byte> header)
    {
        _bytes.AddRange(header);
        return this;
    }

    public NetlinkAttributeWriter Add(ushort type, params ReadOnlySpan<byte> data)
    {
        _bytes.AddRange(MemoryMarshal.AsBytes([(ushort)(HeaderLength + data.Length), type]));
        _bytes.AddRange(data);
        _bytes.AddRange(new byte[-data.Length & 3]);
        return this;
    }

    /// <summary>In the machine's order.</summary>
    public NetlinkAttributeWriter AddNumber(ushort type, uint number) => Add(type, MemoryMarshal.AsBytes([number]));

    /// <summary>In the network's order.</summary>
    public NetlinkAttributeWriter AddNetwork(ushort type, ushort number) =>
        Add(type, (byte)(number >> 8), (byte)number);

    public NetlinkAttributeWriter AddNested(ushort type, NetlinkAttributeWriter nested) =>
        Add((ushort)(type | NestedFlag), nested.ToArray());
}
