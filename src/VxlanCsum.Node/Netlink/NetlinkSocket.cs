using System.Runtime.InteropServices;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Netlink;

/// <summary>A message of a dump: its type and what follows `struct nlmsghdr`.</summary>
internal delegate void NetlinkMessageHandler(ushort type, ReadOnlySpan<byte> payload);

/// <summary>
/// A netlink socket that asks for dumps. It belongs to the network namespace within which it was opened, whichever
/// thread uses it.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    public const ushort GetLink = 18, NewLink = 16, GetAddress = 22, NewAddress = 20;

    private const int HeaderLength = 16, BufferLength = 1 << 16, Attempts = 8;
    private const ushort Error = 2, Done = 3, DumpInterrupted = 0x10, Request = 1, Dump = 0x300;
    private readonly NetlinkProtocol _protocol;
    private readonly DescriptorHandle _handle;
    private readonly byte[] _buffer = new byte[BufferLength];
    private uint _sequence;

    /// <exception cref="NodeException">The system gives no such socket.</exception>
    public NetlinkSocket(NetlinkProtocol? protocol = null)
    {
        _protocol = protocol ?? NetlinkProtocol.Route;
        _handle = NamespaceSocket.Open(Libc.NetlinkFamily, Libc.RawSocket, _protocol.Number, out int error);
        if (_handle.IsInvalid)
        {
            throw Failure("socket", error);
        }
    }

    /// <summary>Asks for all objects of a kind and hands over each message of the answer.</summary>
    /// <param name="type">RTM_GET...</param>
    /// <param name="body">What follows `struct nlmsghdr` in the request.</param>
    /// <param name="begin">Called before the first message, again each time the objects changed meanwhile and the dump
    /// is repeated.</param>
    /// <param name="handle">Called for each message.</param>
    /// <exception cref="NodeException">The kernel refuses, or the objects change without end.</exception>
    public void RequestDump(ushort type, ReadOnlySpan<byte> body, Action begin, NetlinkMessageHandler handle)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            begin();
            Send(type, body);
            if (Receive(handle))
            {
                return;
            }
        }

        throw new NodeException(NodeErrorId.NetlinkFailed, NodeFailure.Failed, _protocol.Name,
            $"{_protocol.Subject} changed each time while they were read.", "Try again when the machine is quieter.");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void Send(ushort type, ReadOnlySpan<byte> body)
    {
        Span<byte> message = stackalloc byte[HeaderLength + body.Length];
        message.Clear();
        MemoryMarshal.Write(message, (uint)message.Length);
        MemoryMarshal.Write(message[4..], type);
        MemoryMarshal.Write(message[6..], (ushort)(Request | Dump));
        MemoryMarshal.Write(message[8..], ++_sequence);
        body.CopyTo(message[HeaderLength..]);
        if (Libc.Send(_handle, message, (nuint)message.Length, 0) < 0)
        {
            throw Failure("send", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Fills the buffer with what the kernel sends at once, and says how much it is.</summary>
    private int ReceiveOne()
    {
        while (true)
        {
            nint received = Libc.Receive(_handle, _buffer, (nuint)_buffer.Length, Libc.TruncatedLength);
            int error = Marshal.GetLastPInvokeError();
            if (received >= 0)
            {
                return received <= _buffer.Length ? (int)received : throw Failure("recv", Errno.NoBuffers);
            }

            if (error != Errno.Interrupted)
            {
                throw Failure("recv", error);
            }
        }
    }

    /// <summary>True when the answer is whole; false when the objects changed while it was made.</summary>
    private bool Receive(NetlinkMessageHandler handle)
    {
        bool consistent = true;
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, ReceiveOne());
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                if (message.Sequence != _sequence)
                {
                    continue;
                }

                consistent &= (message.Flags & DumpInterrupted) == 0;
                switch (message.Type)
                {
                    case Done:
                        return consistent;
                    case Error when message.Payload.Length >= sizeof(int)
                        && MemoryMarshal.Read<int>(message.Payload) is not 0 and int refused:
                        throw Failure("dump", -refused);
                    case Error:
                        return consistent;
                    default:
                        handle(message.Type, message.Payload);
                        break;
                }
            }
        }
    }

    private NodeException Failure(string call, int error)
    {
        bool forbidden = Errno.IsPermission(error);
        return new NodeException(NodeErrorId.NetlinkFailed, forbidden ? NodeFailure.Permission : NodeFailure.Failed,
            _protocol.Name,
            $"{_protocol.Subject} could not be read over {_protocol.Name} ({call}): {Errno.Describe(error)}.",
            forbidden ? _protocol.Right : null)
        {
            SystemError = error,
        };
    }
}
