using System.Runtime.InteropServices;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Netlink;

/// <summary>A request that changes something.</summary>
/// <param name="Type">Of the message.</param>
/// <param name="Flags">NLM_F_..., without those that every request has.</param>
/// <param name="Body">What follows `struct nlmsghdr`.</param>
internal readonly record struct NetlinkRequest(ushort Type, ushort Flags, byte[] Body);

/// <summary>
/// Asks the kernel for changes and has its answer. It belongs to the network namespace within which it is made. A
/// change is over when the call returns: no program of another's stands between.
/// </summary>
internal sealed class NetlinkRequests : IDisposable
{
    public const int Route = 0, Netfilter = 12;
    private const int HeaderLength = 16, BufferLength = 1 << 15, DoNotWait = 0x40;
    private const ushort Request = 1, Acknowledge = 4, All = 0x300, ErrorType = 2, LastControl = 15;
    private readonly DescriptorHandle _handle;
    private uint _sequence;

    /// <exception cref="NodeException">The system gives no such socket.</exception>
    public NetlinkRequests(int protocol)
    {
        _handle = NamespaceSocket.Open(Libc.NetlinkFamily, Libc.RawSocket, protocol, out int error);
        if (_handle.IsInvalid)
        {
            throw Failure(error);
        }
    }

    /// <summary>Sends messages together and reads the answers, which are there when sending returns.</summary>
    /// <returns>0, or the first error number.</returns>
    public int Send(params ReadOnlySpan<NetlinkRequest> requests) => Exchange(requests, static (_, _) => { });

    private int Exchange(ReadOnlySpan<NetlinkRequest> requests, NetlinkMessageHandler handle)
    {
        using var all = new MemoryStream();
        foreach (NetlinkRequest request in requests)
        {
            byte[] message = new byte[(HeaderLength + request.Body.Length + 3) & ~3];
            MemoryMarshal.Write(message, (uint)(HeaderLength + request.Body.Length));
            MemoryMarshal.Write(message.AsSpan(4), request.Type);
            MemoryMarshal.Write(message.AsSpan(6), (ushort)(Request | Acknowledge | request.Flags));
            MemoryMarshal.Write(message.AsSpan(8), ++_sequence);
            request.Body.CopyTo(message, HeaderLength);
            all.Write(message);
        }

        byte[] bytes = all.ToArray();
        return Libc.Send(_handle, bytes, (nuint)bytes.Length, 0) < 0 ? Marshal.GetLastPInvokeError()
            : FirstError(handle);
    }

    /// <summary>Asks for all objects of a kind.</summary>
    /// <returns>What follows `struct nlmsghdr` in each message of the answer; empty where the kernel has none of the
    /// kind.</returns>
    public IReadOnlyList<byte[]> Dump(ushort type, byte[] body)
    {
        var answers = new List<byte[]>();
        _ = Exchange([new NetlinkRequest(type, All, body)], (kind, payload) =>
        {
            if (kind > LastControl)
            {
                answers.Add(payload.ToArray());
            }
        });
        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private int FirstError(NetlinkMessageHandler handle)
    {
        int first = 0;
        byte[] buffer = new byte[BufferLength];
        while (Libc.Receive(_handle, buffer, (nuint)buffer.Length, DoNotWait) is > 0 and nint received)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)Math.Min(received, buffer.Length));
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                if (message.Type == ErrorType && message.Payload.Length >= sizeof(int) && first == 0)
                {
                    first = -MemoryMarshal.Read<int>(message.Payload);
                }

                handle(message.Type, message.Payload);
            }
        }

        return first;
    }

    private static NodeException Failure(int error) => new(
        NodeErrorId.NetlinkFailed, Errno.IsPermission(error) ? NodeFailure.Permission : NodeFailure.Failed, "netlink",
        $"The kernel gives no netlink socket: {Errno.Describe(error)}.");
}
