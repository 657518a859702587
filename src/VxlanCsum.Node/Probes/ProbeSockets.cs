using System.Net;
using System.Net.Sockets;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Probes;

/// <summary>Makes sockets in a network namespace; they stay in it, whichever thread then uses them.</summary>
/// <param name="place">The namespace, held open; null for the session's own.</param>
/// <param name="source">The address to bind to; null for whichever the kernel chooses.</param>
internal sealed class ProbeSockets(NetworkNamespace? place, IPAddress? source)
{
    // tcp(7): SOL_TCP, TCP_INFO, and tcpi_total_retrans in linux/tcp.h's struct tcp_info.
    private const int TcpLevel = 6, TcpInfo = 11, TotalRetransmissionsAt = 100, InfoLength = 104;

    /// <exception cref="NodeException">The source address is not one of the namespace's.</exception>
    public Socket Create(AddressFamily family, bool tcp)
    {
        Socket socket = NetworkNamespace.Within(place, () => NetworkNamespace.Enter(
            () => new Socket(family, tcp ? SocketType.Stream : SocketType.Dgram,
                tcp ? ProtocolType.Tcp : ProtocolType.Udp)));
        try
        {
            if (source is not null)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }

            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new NodeException(NodeErrorId.SourceAddressInvalid, NodeFailure.InvalidArgument, source!.ToString(),
                $"Nothing can be sent from {source}: {e.Message}.",
                "Give an address that a device of the network namespace has, of the server's IP version.", e);
        }
    }

    /// <summary>How many segments of the connection were sent again, as the kernel counts them; null where it does not
    /// say.</summary>
    public static int? Retransmissions(Socket connection)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        byte[] info = new byte[InfoLength];
        try
        {
            return connection.GetRawSocketOption(TcpLevel, TcpInfo, info) >= InfoLength
                ? BitConverter.ToInt32(info, TotalRetransmissionsAt) : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
