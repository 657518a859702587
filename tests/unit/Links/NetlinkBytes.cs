using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace VxlanCsum.UnitTests.Links;

/// <summary>Writes netlink attributes as the kernel does.</summary>
internal sealed class NetlinkBytes
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public NetlinkBytes Header(params ReadOnlySpan<byte> header)
    {
        _bytes.AddRange(header);
        return this;
    }

    public NetlinkBytes Add(int type, params ReadOnlySpan<byte> data)
    {
        Number((ushort)(4 + data.Length));
        Number((ushort)type);
        _bytes.AddRange(data);
        _bytes.AddRange(new byte[-data.Length & 3]);
        return this;
    }

    public NetlinkBytes Add(int type, uint number) => Add(type, MemoryMarshal.AsBytes([number]));

    public NetlinkBytes Add(int type, string text) => Add(type, Encoding.UTF8.GetBytes(text + "\0"));

    public NetlinkBytes Add(int type, IPAddress address) => Add(type, address.GetAddressBytes());

    public NetlinkBytes Add(int type, NetlinkBytes nested) => Add(type, nested.ToArray());

    private void Number(ushort value) => _bytes.AddRange(MemoryMarshal.AsBytes([value]));
}
