using System.Runtime.InteropServices;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>Sockets of the kinds that .NET does not have, opened inside and used outside.</summary>
internal static class NamespaceSocket
{
    /// <summary>socket(2), not handed on to child processes.</summary>
    /// <param name="family">AF_...</param>
    /// <param name="type">SOCK_...</param>
    /// <param name="protocol">Of the family.</param>
    /// <param name="error">errno, where the handle is invalid.</param>
    public static DescriptorHandle Open(int family, int type, int protocol, out int error)
    {
        // errno is the thread's, and the thread may be another.
        (DescriptorHandle socket, error) = NetworkNamespace.Enter(
            () => (Libc.Socket(family, type | Libc.CloseOnExec, protocol), Marshal.GetLastPInvokeError()));
        return socket;
    }
}
