using System.Net;
using System.Runtime.InteropServices;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Links;

/// <summary>An address of a device, in the order in which the kernel chooses among them.</summary>
/// <param name="Index">The device's number.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Of its network.</param>
/// <param name="IsSecondary">Another one of the same network stands before it (IFA_F_SECONDARY).</param>
/// <param name="IsGlobal">Usable beyond its link (RT_SCOPE_UNIVERSE).</param>
internal sealed record DeviceAddress(int Index, IPAddress Address, int PrefixLength, bool IsSecondary, bool IsGlobal);

/// <summary>The addresses of the network namespace within which they are read.</summary>
internal static class DeviceAddresses
{
    private const int HeaderLength = 8;
    private const int AttributeAddress = 1, AttributeLocal = 2;
    private const byte Secondary = 1;

    /// <exception cref="NodeException">rtnetlink fails.</exception>
    public static IReadOnlyList<DeviceAddress> Read()
    {
        NetworkLinks.RequireLinux("addresses");
        using var socket = new NetlinkSocket();
        var addresses = new List<DeviceAddress>();
        socket.RequestDump(NetlinkSocket.GetAddress, new byte[HeaderLength], addresses.Clear, (type, payload) =>
        {
            if (type == NetlinkSocket.NewAddress && Parse(payload) is { } found)
            {
                addresses.Add(found);
            }
        });
        return addresses;
    }

    /// <summary>
    /// Does MASQUERADE on this device leave a packet's source as it is? IPv4: inet_select_addr takes the first primary
    /// address, or the first whose network holds the next hop; null where that cannot be told from the addresses alone.
    /// </summary>
    public static bool? KeepsSource(IReadOnlyList<DeviceAddress> addresses, int device, IPAddress source)
    {
        DeviceAddress[] candidates =
            [.. addresses.Where(
                a => a.Index == device && a.IsGlobal && !a.IsSecondary
                    && a.Address.AddressFamily == source.AddressFamily)];
        return !Array.Exists(candidates, a => a.Address.Equals(source)) ? false : candidates.Length == 1 ? true : null;
    }

    /// <summary>struct ifaddrmsg and its attributes (rtnetlink(7)).</summary>
    private static DeviceAddress? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderLength)
        {
            return null;
        }

        IPAddress? address = null, local = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[HeaderLength..]))
        {
            switch (attribute.Type)
            {
                case AttributeAddress:
                    address = attribute.Address;
                    break;
                case AttributeLocal:
                    local = attribute.Address;
                    break;
            }
        }

        // On point-to-point devices IFA_ADDRESS is the other end.
        return (local ?? address) is { } own
            ? new DeviceAddress(MemoryMarshal.Read<int>(payload[4..]), own, payload[1], (payload[2] & Secondary) != 0,
                payload[3] == 0)
            : null;
    }
}
