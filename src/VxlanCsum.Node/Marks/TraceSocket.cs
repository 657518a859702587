using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using VxlanCsum.Marks;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Marks;

/// <summary>
/// What nf_tables tells of traced packets, as `nft monitor trace` shows it, of one table. It belongs to the network
/// namespace within which it was opened.
/// </summary>
internal sealed class TraceSocket : IMarkSource
{
    // linux/netlink.h, linux/netfilter/nfnetlink.h: NETLINK_NETFILTER, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
    // NFNLGRP_NFTRACE.
    private const int Netfilter = 12, NetlinkLevel = 270, AddMembership = 1, TraceGroup = 9, AddressLength = 12;

    // NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE, and struct nfgenmsg.
    private const ushort TraceMessage = (10 << 8) | 17;
    private const int FamilyHeader = 4, BufferLength = 1 << 16, NonBlocking = 0x40;

    // linux/netfilter/nf_tables.h: NFTA_TRACE_*.
    private const int Table = 1, NetworkHeader = 8, TransportHeader = 9, InDevice = 10, OutDevice = 12, Mark = 14;

    private readonly DescriptorHandle _handle;
    private readonly string _table;
    private readonly Dictionary<int, string> _devices;
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly Queue<MarkedPacket> _read = [];

    private TraceSocket(DescriptorHandle handle, string table, Dictionary<int, string> devices) =>
        (_handle, _table, _devices) = (handle, table, devices);

    public long Lost { get; private set; }

    /// <summary>From now on, what the packets meet in this table.</summary>
    /// <exception cref="NodeException">The kernel has no such thing, or we may not.</exception>
    public static TraceSocket Open(string table)
    {
        Dictionary<int, string> devices = NetworkLinks.Read().ToDictionary(static l => l.Index, static l => l.Name);
        DescriptorHandle handle = NamespaceSocket.Open(Libc.NetlinkFamily, Libc.RawSocket, Netfilter, out int error);

        // Bound, and so with an id that the kernel chooses: one without is the kernel itself, which is not told what it
        // says.
        Span<byte> address = stackalloc byte[AddressLength];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)Libc.NetlinkFamily);
        if (handle.IsInvalid || Libc.Bind(handle, address, AddressLength) != 0
            || Libc.SetSocketOption(handle, NetlinkLevel, AddMembership, TraceGroup, sizeof(int)) != 0)
        {
            error = handle.IsInvalid ? error : Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw Failure(error);
        }

        return new TraceSocket(handle, table, devices);
    }

    public MarkedPacket? TryRead(int milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (_read.Count == 0 && PolledReader.Wait(_handle, start, milliseconds))
        {
            nint length = Libc.Receive(_handle, _buffer, BufferLength, NonBlocking);
            int error = Marshal.GetLastPInvokeError();
            if (length >= 0)
            {
                Take(_buffer.AsSpan(0, (int)length));
            }
            else if (error == Errno.NoBuffers)
            {
                Lost++;
            }
            else if (error is not (Errno.Again or Errno.Interrupted))
            {
                throw Failure(error);
            }
        }

        return _read.TryDequeue(out MarkedPacket? packet) ? packet : null;
    }

    public void Dispose() => _handle.Dispose();

    private void Take(ReadOnlySpan<byte> datagram)
    {
        while (NetlinkMessage.TryTake(ref datagram, out NetlinkMessage message))
        {
            if (message.Type == TraceMessage && message.Payload.Length > FamilyHeader
                && Parse(message.Payload[FamilyHeader..]) is { } packet)
            {
                _read.Enqueue(packet);
            }
        }
    }

    /// <summary>Only the first message about a packet in a chain has its headers; that is the one of the rule that has
    /// it traced.</summary>
    private MarkedPacket? Parse(ReadOnlySpan<byte> attributes)
    {
        bool ours = false;
        ReadOnlySpan<byte> network = default, transport = default;
        uint? mark = null;
        string? input = null, output = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(attributes))
        {
            switch (attribute.Type)
            {
                case Table:
                    ours = attribute.String == _table;
                    break;
                case NetworkHeader:
                    network = attribute.Data;
                    break;
                case TransportHeader:
                    transport = attribute.Data;
                    break;
                case InDevice:
                    input = Device(attribute);
                    break;
                case OutDevice:
                    output = Device(attribute);
                    break;
                case Mark:
                    mark = Number(attribute);
                    break;
            }
        }

        return ours && PacketHeaders.Parse(network, transport) is { } packet
            ? packet with
            {
                Time = DateTime.UtcNow,
                InInterface = input,
                OutInterface = output,
                Mark = mark,
                Method = MarkWatchMethod.Trace
            }
            : null;
    }

    private string? Device(NetlinkAttribute attribute) => Number(attribute) is { } index
        ? _devices.TryGetValue((int)index, out string? name) ? name
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"if{index}")
        : null;

    private static uint? Number(NetlinkAttribute attribute) =>
        attribute.Data.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(attribute.Data) : null;

    private static NodeException Failure(int error) => new(
        NodeErrorId.TraceUnavailable, Errno.IsPermission(error) ? NodeFailure.Permission : NodeFailure.Failed,
        "nf_tables",
        $"What nf_tables traces cannot be read: {Errno.Describe(error)}.", "Run as root, on a kernel with nf_tables.");
}
