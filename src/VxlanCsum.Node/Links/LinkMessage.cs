using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Links;

/// <summary>What rtnetlink says in RTM_NEWLINK and RTM_NEWADDR (linux/if_link.h, linux/if_addr.h).</summary>
internal static class LinkMessage
{
    private const int LinkHeaderLength = 16, AddressHeaderLength = 8;
    private const int Name = 3, Mtu = 4, Link = 5, LinkInfo = 18, LinkNamespace = 37;
    private const int InfoKind = 1, InfoData = 2;
    private const int AddressAddress = 1, AddressLocal = 2;

    /// <summary>Null for a message that describes no device.</summary>
    public static NetworkLink? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < LinkHeaderLength)
        {
            return null;
        }

        byte[]? name = null;
        string? kind = null;
        byte[] data = [];
        int mtu = 0, lower = 0;
        bool elsewhere = false;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[LinkHeaderLength..]))
        {
            switch (attribute.Type)
            {
                case Name:
                    name = attribute.Text.ToArray();
                    break;
                case Mtu:
                    mtu = (int)attribute.UInt32.GetValueOrDefault();
                    break;
                case Link:
                    lower = (int)attribute.UInt32.GetValueOrDefault();
                    break;
                case LinkNamespace:
                    elsewhere = true;
                    break;
                case LinkInfo:
                    (kind, data) = KindOf(attribute.Nested);
                    break;
            }
        }

        return name is null ? null : new NetworkLink(MemoryMarshal.Read<int>(payload[4..]),
            SafeText.Escape(Encoding.UTF8.GetString(name)), name, kind, data, mtu,
            MemoryMarshal.Read<uint>(payload[8..]), lower, elsewhere);
    }

    private static (string? Kind, byte[] Data) KindOf(NetlinkAttributes attributes)
    {
        string? kind = null;
        byte[] data = [];
        foreach (NetlinkAttribute info in attributes)
        {
            if (info.Type == InfoKind)
            {
                kind = SafeText.Escape(info.String);
            }
            else if (info.Type == InfoData)
            {
                data = info.Data.ToArray();
            }
        }

        return (kind, data);
    }

    /// <summary>The device of an address of this machine; null for a message without one.</summary>
    public static (IPAddress Address, int Index)? ParseAddress(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < AddressHeaderLength)
        {
            return null;
        }

        IPAddress? address = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[AddressHeaderLength..]))
        {
            // On a point-to-point device IFA_ADDRESS is the other end's.
            if (attribute.Type == AddressLocal || (attribute.Type == AddressAddress && address is null))
            {
                address = attribute.Address;
            }
        }

        return address is null ? null : (address, MemoryMarshal.Read<int>(payload[4..]));
    }
}
