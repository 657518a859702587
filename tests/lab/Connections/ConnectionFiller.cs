using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests.Connections;

/// <summary>Fills the connection table of a namespace with flows that nobody sends: IPCTNL_MSG_CT_NEW, many to a
/// datagram.</summary>
internal static class ConnectionFiller
{
    private const int PortsPerAddress = 1 << 14, BatchLength = 60_000;
    private const ushort NewFlow = 0x100, Request = 1, Create = 0x400;

    /// <summary>Adds flows to a port, each from an address and port of its own, in either family.</summary>
    /// <param name="translatedPort">The source port after NAT, of the flow's own number; null to leave it
    /// alone.</param>
    public static void Fill(LabNamespace place, int count, ushort port, bool v6 = false,
        Func<int, ushort>? translatedPort = null) => NetworkNamespace.Within(place.Name, () =>
    {
        using DescriptorHandle socket = NamespaceSocket.Open(Libc.NetlinkFamily, Libc.RawSocket,
            NetlinkProtocol.Conntrack.Number, out _);
        var batch = new List<byte>();
        for (int i = 0; i < count; i++)
        {
            batch.AddRange(Message(i, port, v6, translatedPort?.Invoke(i)));
            if (batch.Count > BatchLength || i == count - 1)
            {
                Assert.True(Libc.Send(socket, CollectionsMarshal.AsSpan(batch), (nuint)batch.Count, 0) > 0,
                    Errno.Describe(Marshal.GetLastPInvokeError()));
                batch.Clear();
            }
        }

        return true;
    });

    /// <summary>How many flows the kernel counts.</summary>
    public static int Count(LabNamespace place) =>
        int.Parse(place.Run("conntrack", "-C"), System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Message(int number, ushort port, bool v6, ushort? translated)
    {
        const ushort Original = 1, Reply = 2, NatSource = 6, Timeout = 7;
        byte[] source = Address(v6, 1 + (number / PortsPerAddress)), destination = Address(v6, 1 << 20);
        ushort sourcePort = (ushort)(32768 + (number % PortsPerAddress));
        NetlinkAttributeWriter flow = new NetlinkAttributeWriter().Header(v6 ? (byte)10 : (byte)2, 0, 0, 0)
            .AddNested(Original, Ends(source, destination, sourcePort, port))
            .AddNested(Reply, Ends(destination, source, port, sourcePort))
            .Add(Timeout, Network(3600));
        if (translated is { } to)
        {
            ushort smallest = v6 ? (ushort)4 : (ushort)1, largest = (ushort)(smallest + 1);
            flow.AddNested(NatSource, new NetlinkAttributeWriter().Add(smallest, source).Add(largest, source)
                .AddNested(3, new NetlinkAttributeWriter().AddNetwork(1, to).AddNetwork(2, to)));
        }

        byte[] body = flow.ToArray();
        return [.. MemoryMarshal.AsBytes([16u + (uint)body.Length]),
            .. MemoryMarshal.AsBytes([NewFlow, (ushort)(Request | Create)]),
            .. MemoryMarshal.AsBytes([(uint)number, 0u]), .. body];
    }

    private static NetlinkAttributeWriter Ends(byte[] source, byte[] destination, ushort sourcePort,
        ushort destinationPort)
    {
        ushort first = source.Length == 4 ? (ushort)1 : (ushort)3;
        return new NetlinkAttributeWriter()
            .AddNested(1, new NetlinkAttributeWriter().Add(first, source).Add((ushort)(first + 1), destination))
            .AddNested(2,
                new NetlinkAttributeWriter().Add(1, (byte)17).AddNetwork(2, sourcePort).AddNetwork(3, destinationPort));
    }

    private static byte[] Address(bool v6, int host) =>
        v6 ? [0xfd, .. new byte[11], .. Network((uint)host)] : Network(0x0a000000 + (uint)host);

    private static byte[] Network(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
