using System.Net;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Connections;

/// <summary>Told of each flow; the message is gone afterwards.</summary>
internal delegate void ConnectionHandler(ConnectionMessage flow);

/// <summary>Whether a flow is one of those that were asked for.</summary>
internal delegate bool ConnectionFilter(ConnectionMessage flow);

/// <summary>
/// The kernel's connection table, in the network namespace of the thread that opens it: any thread may read it then.
/// It is read as it comes: memory does not grow with the table.
/// </summary>
internal sealed class ConnectionTable : IDisposable
{
    private const ushort GetFlow = 0x101, Flow = 0x100;
    private const byte Udp = 17, Internet4 = 2, Internet6 = 10;

    /// <summary>CTA_FILTER_ORIG_FLAGS, CTA_FILTER_REPLY_FLAGS.</summary>
    private const ushort OriginalFlags = 1, ReplyFlags = 2;

    /// <summary>CTA_FILTER_F_CTA_IP_DST, ..._PROTO_NUM, ..._PROTO_DST_PORT of the kernel's nf_internals.h.</summary>
    private const uint ByDestination = 1 << 1, ByProtocol = 1 << 3, ByDestinationPort = 1 << 5;

    private readonly NetlinkSocket _socket;
    private readonly bool _filterInKernel;

    private ConnectionTable(NetlinkSocket socket, bool filterInKernel)
    {
        _socket = socket;
        _filterInKernel = filterInKernel;
    }

    /// <summary>Opens the table of the calling thread's namespace.</summary>
    /// <param name="filterInKernel">Have the kernel pick the flows, where it can: since Linux 5.8. An older one ignores
    /// the wish.</param>
    /// <exception cref="NodeException">This is not Linux, or there is no such socket.</exception>
    public static ConnectionTable Open(bool filterInKernel = true)
    {
        NetworkLinks.RequireLinux("the connection table");
        return new ConnectionTable(new NetlinkSocket(NetlinkProtocol.Conntrack), filterInKernel);
    }

    /// <summary>Hands over the UDP flows to these ports, translated or not.</summary>
    /// <exception cref="NodeException">The kernel refuses.</exception>
    public void Read(IReadOnlyCollection<ushort> ports, ConnectionHandler handle, CancellationToken cancellation)
    {
        foreach (byte family in (byte[])[Internet4, Internet6])
        {
            if (!_filterInKernel)
            {
                Dump(new NetlinkAttributeWriter().Header(family, 0, 0, 0), ToPort(ports), handle, cancellation);
                continue;
            }

            // One port a request: the kernel's filter knows no list.
            foreach (ushort port in ports)
            {
                Dump(Filtered(family, port), ToPort([port]), handle, cancellation);
            }
        }
    }

    /// <summary>Hands over the UDP flows whose answers come to this address: those that were masqueraded to it, and its
    /// own.</summary>
    /// <exception cref="NodeException">The kernel refuses.</exception>
    public void ReadAnsweredTo(IPAddress address, ConnectionHandler handle, CancellationToken cancellation)
    {
        byte[] bytes = address.GetAddressBytes();
        bool v6 = bytes.Length > sizeof(uint);
        NetlinkAttributeWriter request = new NetlinkAttributeWriter().Header(v6 ? Internet6 : Internet4, 0, 0, 0);
        if (_filterInKernel)
        {
            // Of IPv6 the kernel takes out just those that have the address, as seen on Linux 6.18: so it is not asked.
            NetlinkAttributeWriter wanted = new();
            if (!v6)
            {
                wanted.AddNested(ConnectionMessage.TupleAddresses,
                    new NetlinkAttributeWriter().Add(ConnectionMessage.Address4Destination, bytes));
            }

            wanted.AddNested(ConnectionMessage.TupleProtocol,
                new NetlinkAttributeWriter().Add(ConnectionMessage.ProtocolNumber, Udp));
            request.AddNested(ConnectionMessage.TupleReply, wanted)
                .AddNested(ConnectionMessage.Filter,
                    new NetlinkAttributeWriter().AddNumber(OriginalFlags, 0)
                        .AddNumber(ReplyFlags, v6 ? ByProtocol : ByDestination | ByProtocol));
        }

        Dump(request, flow => flow.Reply.Destination.SequenceEqual(bytes), handle, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static NetlinkAttributeWriter Filtered(byte family, ushort port)
    {
        NetlinkAttributeWriter protocol = new NetlinkAttributeWriter()
            .Add(ConnectionMessage.ProtocolNumber, Udp).AddNetwork(ConnectionMessage.ProtocolDestinationPort, port);
        return new NetlinkAttributeWriter().Header(family, 0, 0, 0)
            .AddNested(ConnectionMessage.TupleOriginal,
                new NetlinkAttributeWriter().AddNested(ConnectionMessage.TupleProtocol, protocol))
            .AddNested(ConnectionMessage.Filter,
                new NetlinkAttributeWriter().AddNumber(OriginalFlags, ByProtocol | ByDestinationPort)
                    .AddNumber(ReplyFlags, 0));
    }

    private static ConnectionFilter ToPort(IReadOnlyCollection<ushort> ports) =>
        flow => ports.Contains(flow.Original.DestinationPort);

    /// <summary>What the kernel gives is looked at again: an older one gives all.</summary>
    private void Dump(NetlinkAttributeWriter request, ConnectionFilter wanted, ConnectionHandler handle,
        CancellationToken cancellation)
    {
        try
        {
            _socket.RequestDump(GetFlow, request.ToArray(), static () => { }, (type, payload) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (type == Flow && ConnectionMessage.TryParse(payload, out ConnectionMessage flow)
                    && flow.Original.Protocol == Udp && wanted(flow))
                {
                    handle(flow);
                }
            });
        }
        catch (NodeException e) when (e.SystemError is Errno.Invalid or Errno.NotSupported)
        {
            throw new NodeException(NodeErrorId.ConnectionTableUnavailable, NodeFailure.Unsupported, "ctnetlink",
                "This kernel does not tell its connection table: it follows no connections, or lacks "
                + "nf_conntrack_netlink.",
                "Try `modprobe nf_conntrack_netlink`. Where no connection is followed, nothing is translated.", e);
        }
    }
}
