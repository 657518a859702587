namespace VxlanCsum.Node.Netlink;

/// <summary>What a netlink socket speaks with (linux/netlink.h).</summary>
/// <param name="Number">NETLINK_...</param>
/// <param name="Name">For people.</param>
/// <param name="Subject">What is read by it, at the beginning of a sentence.</param>
/// <param name="Right">What to do where the kernel refuses it.</param>
internal sealed record NetlinkProtocol(int Number, string Name, string Subject, string? Right = null)
{
    /// <summary>rtnetlink(7).</summary>
    public static readonly NetlinkProtocol Route = new(0, "rtnetlink", "The network devices");

    /// <summary>nf_conntrack_netlink: CAP_NET_ADMIN in the socket's network namespace.</summary>
    public static readonly NetlinkProtocol Conntrack = new(12, "ctnetlink", "The connection table",
        "Run as root, or with the capability CAP_NET_ADMIN.");

    /// <summary>nf_tables: CAP_NET_ADMIN in the socket's network namespace.</summary>
    public static readonly NetlinkProtocol Nftables = new(12, "nfnetlink", "The rules of nf_tables",
        "Run as root, or with the capability CAP_NET_ADMIN.");
}
