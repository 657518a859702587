using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>The kernel's number for a network namespace that it never gives again while it runs.</summary>
internal static class NamespaceCookie
{
    private const int SocketLevel = 1, NetworkCookie = 71;

    /// <summary>Of the namespace in which things are opened now; null before Linux 5.14.</summary>
    public static ulong? Read()
    {
        using DescriptorHandle socket = NamespaceSocket.Open(Libc.NetlinkFamily, Libc.RawSocket, 0, out _);
        ulong cookie = 0;
        uint length = sizeof(ulong);
        return !socket.IsInvalid
            && Libc.GetSocketOption(socket, SocketLevel, NetworkCookie, ref cookie, ref length) == 0 ? cookie : null;
    }
}
