using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;

namespace VxlanCsum;

/// <summary>A flow of tunnel packets in the kernel's connection table, and what NAT makes of its addresses and
/// ports.</summary>
/// <remarks>
/// Immutable. The old source is what the tunnel device wrote and made the checksum for; the new one is what the wire
/// carries. The names are those by which Resolve-NatChecksum takes them.
/// </remarks>
public sealed record VxlanNatBinding
{
    [JsonConstructor]
    internal VxlanNatBinding()
    {
    }

    /// <summary>IPv4 or IPv6, of the outer packet.</summary>
    public NetfilterFamily Family { get; init; }

    /// <summary>The outer source address before NAT.</summary>
    public required IPAddress OldAddress { get; init; }

    /// <summary>The outer source port before NAT: the one that the tunnel device chose.</summary>
    public ushort OldPort { get; init; }

    /// <summary>The outer source address after NAT; the old one where it is kept.</summary>
    public required IPAddress NewAddress { get; init; }

    /// <summary>The outer source port after NAT; the old one where it is kept.</summary>
    public ushort NewPort { get; init; }

    /// <summary>The outer destination address, as the tunnel device wrote it.</summary>
    public required IPAddress DestinationAddress { get; init; }

    /// <summary>The outer destination port, as the tunnel device wrote it: the tunnel's.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>The outer destination address after NAT; the same as before where it is kept.</summary>
    public required IPAddress NewDestinationAddress { get; init; }

    /// <summary>The outer destination port after NAT; the same as before where it is kept.</summary>
    public ushort NewDestinationPort { get; init; }

    /// <summary>
    /// When its first packet came. UTC; of text that says [start=...] the local time of the machine that printed it.
    /// Null where the kernel keeps no times (net.netfilter.nf_conntrack_timestamp).
    /// </summary>
    public DateTime? Since { get; init; }

    /// <summary>How old it was when it was read; null where the kernel keeps no times.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Packets sent so far; null where the kernel does not count them
    /// (net.netfilter.nf_conntrack_acct).</summary>
    public long? Packets { get; init; }

    /// <summary>Bytes sent so far; null where the kernel does not count them.</summary>
    public long? Bytes { get; init; }

    /// <summary>Seconds until it is forgotten, if no packet comes; null where that is not said.</summary>
    public int? ExpiresIn { get; init; }

    /// <summary>
    /// Whether it begins at this node: it has the old address. Null where that is not known, as in text.
    /// A flow that comes in was translated, if at all, by its sender: only the sender's table tells.
    /// </summary>
    public bool? Outgoing { get; init; }

    /// <summary>What `conntrack -E` says happened to it: NEW, UPDATE or DESTROY; null in a table.</summary>
    public string? Event { get; init; }

    /// <summary>The conntrack zone; 0 for the one that all have.</summary>
    public ushort Zone { get; init; }

    /// <summary>The network namespace as it was given (name, path or process id); null for the session's own, and for
    /// text.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The file it was read from, or "text"; null for the kernel's table.</summary>
    public string? Path { get; init; }

    /// <summary>What is rewritten.</summary>
    public NatTranslation Translation =>
        (OldPort != NewPort ? NatTranslation.SourcePort : NatTranslation.None)
        | (OldAddress.Equals(NewAddress) ? NatTranslation.None : NatTranslation.SourceAddress)
        | (DestinationPort != NewDestinationPort || !DestinationAddress.Equals(NewDestinationAddress)
            ? NatTranslation.Destination : NatTranslation.None);

    /// <summary>Whether anything is rewritten.</summary>
    public bool IsTranslated => Translation != NatTranslation.None;

    /// <summary>"10.0.10.14:44246 leaves as 10.0.10.14:7103 to 10.0.10.10:8472".</summary>
    public override string ToString()
    {
        string leaves = (Translation & (NatTranslation.SourcePort | NatTranslation.SourceAddress)) == 0 ? string.Empty
            : $" leaves as {End(NewAddress, NewPort)}";
        string arrives = (Translation & NatTranslation.Destination) == 0 ? string.Empty
            : $", rewritten to {End(NewDestinationAddress, NewDestinationPort)}";
        return $"{End(OldAddress, OldPort)}{leaves} to {End(DestinationAddress, DestinationPort)}{arrives}";
    }

    private static string End(IPAddress address, ushort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{new IPEndPoint(address, port)}");
}
