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
}
