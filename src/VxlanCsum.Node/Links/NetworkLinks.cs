using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Links;

/// <summary>The network devices of the network namespace within which they are read.</summary>
internal static class NetworkLinks
{
    /// <summary>IFNAMSIZ without the NUL.</summary>
    public const int LongestName = 15;

    private const int LinkHeaderLength = 16, AddressHeaderLength = 8;
    private const ushort ExtendedMask = 29;
    private const uint SkipStatistics = 8;

    /// <summary>All devices, by number.</summary>
    /// <exception cref="NodeException">This is not Linux, or rtnetlink fails.</exception>
    public static IReadOnlyList<NetworkLink> Read()
    {
        RequireLinux("network devices");
        using var socket = new NetlinkSocket();
        return ReadLinks(socket);
    }

    /// <summary>All devices, by number, and the device of each address.</summary>
    /// <exception cref="NodeException">This is not Linux, or rtnetlink fails.</exception>
    public static (IReadOnlyList<NetworkLink> Links, IReadOnlyDictionary<IPAddress, int> Addresses) ReadWithAddresses()
    {
        RequireLinux("network devices");
        using var socket = new NetlinkSocket();
        IReadOnlyList<NetworkLink> links = ReadLinks(socket);
        var addresses = new Dictionary<IPAddress, int>();
        socket.RequestDump(NetlinkSocket.GetAddress, new byte[AddressHeaderLength], addresses.Clear, (type, payload) =>
        {
            if (type == NetlinkSocket.NewAddress && LinkMessage.ParseAddress(payload) is { } found)
            {
                addresses.TryAdd(found.Address, found.Index);
            }
        });
        return (links, addresses);
    }

    /// <summary>A name that could be a device's; what it cannot be is said (dev_valid_name of the kernel).</summary>
    /// <exception cref="NodeException">The name cannot be a device's.</exception>
    public static void RequireValidName(string name)
    {
        if (Fault(name) is { } fault)
        {
            throw new NodeException(NodeErrorId.InterfaceNameInvalid, NodeFailure.InvalidArgument, name,
                $"'{SafeText.Escape(name, 64)}' cannot be an interface's name: it {fault}.",
                "Give a name as `ip link` shows it.");
        }
    }

    private static string? Fault(string name)
    {
        // An escaped name is longer than the one it stands for.
        int length = Encoding.UTF8.GetByteCount(name);
        return name switch
        {
            "" => "is empty",
            "." or ".." => "is not a name",
            _ when name.Contains('/') => "contains a slash",
            _ when name.Contains(':') => "contains a colon",
            _ when name.Any(char.IsWhiteSpace) => "contains white space",
            _ when length > LongestName && !name.Contains('\\') =>
                $"is {length} bytes long, and {LongestName} is the most",
            _ => null,
        };
    }

    public static NodeException NotFound(string name, IEnumerable<NetworkLink> known) =>
        new(NodeErrorId.InterfaceNotFound, NodeFailure.NotFound, name,
            $"There is no interface '{SafeText.Escape(name, 64)}'.",
            $"Here are: {Enumeration(known.Select(l => l.Name))}. For another network namespace give "
            + $"-NetworkNamespace.");

    public static NodeException Vanished(string name) =>
        new(NodeErrorId.InterfaceNotFound, NodeFailure.NotFound, name,
            $"The interface '{SafeText.Escape(name, 64)}' is gone.",
            "It was removed or renamed meanwhile; network plugins do that when they restart.");

    /// <summary>For what only Linux has.</summary>
    /// <exception cref="NodeException">This is not Linux.</exception>
    public static void RequireLinux(string what)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NodeException(NodeErrorId.NotLinux, NodeFailure.Unsupported, what, $"Reading {what} needs Linux.",
                "Run the cmdlet on the node itself, or give it text or a capture saved there.");
        }
    }

    private static List<NetworkLink> ReadLinks(NetlinkSocket socket)
    {
        // struct ifinfomsg, then IFLA_EXT_MASK without the statistics, which nobody here reads.
        Span<byte> body = stackalloc byte[LinkHeaderLength + 8];
        body.Clear();
        MemoryMarshal.Write(body[LinkHeaderLength..], (ushort)8);
        MemoryMarshal.Write(body[(LinkHeaderLength + 2)..], ExtendedMask);
        MemoryMarshal.Write(body[(LinkHeaderLength + 4)..], SkipStatistics);
        var links = new List<NetworkLink>();
        socket.RequestDump(NetlinkSocket.GetLink, body, links.Clear, (type, payload) =>
        {
            if (type == NetlinkSocket.NewLink && LinkMessage.Parse(payload) is { } link)
            {
                links.Add(link);
            }
        });
        links.Sort((a, b) => a.Index.CompareTo(b.Index));
        return links;
    }

    private static string Enumeration(IEnumerable<string> names)
    {
        string[] shown = [.. names.Take(13)];
        return string.Join(", ", shown.Take(12)) + (shown.Length > 12 ? ", ..." : string.Empty);
    }
}
