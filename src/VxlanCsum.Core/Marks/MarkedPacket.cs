using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace VxlanCsum;

/// <summary>A packet that reached the masquerading rules with the mark that asks for it.</summary>
/// <remarks>Immutable. As it was before any rule behind changed its source.</remarks>
public sealed record MarkedPacket
{
    /// <summary>When it was read (UTC).</summary>
    public DateTime Time { get; init; }

    /// <summary>What it is.</summary>
    public MarkedPacketLayer Layer { get; init; }

    /// <summary>The device it came in by; null for the node's own packets. For a tunnel's packet Linux names the tunnel
    /// device (since 5.7).</summary>
    public string? InInterface { get; init; }

    /// <summary>The device it leaves by.</summary>
    public string? OutInterface { get; init; }

    /// <summary>From where.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>To where.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>"UDP", "TCP", or whatever the kernel calls it.</summary>
    public string Protocol { get; init; } = string.Empty;

    /// <summary>The source port; null where the protocol has none.</summary>
    public int? SourcePort { get; init; }

    /// <summary>The destination port; null where the protocol has none.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>Bytes, the IP header included; null where it is not known.</summary>
    public int? Length { get; init; }

    /// <summary>The packet's mark, all of its bits.</summary>
    public uint? Mark { get; init; }

    /// <summary>What it means for the packet.</summary>
    public string Explanation => Layer switch
    {
        MarkedPacketLayer.Encapsulated =>
            "The encapsulated packet still carries the mark: it is about to be masqueraded a second time.",
        MarkedPacketLayer.Inner => "Service traffic on its way into the tunnel: masquerading it once is right.",
        _ => "Marked traffic that leaves by no tunnel: masquerading it is right.",
    };

    /// <summary>How it became known.</summary>
    public MarkWatchMethod Method { get; init; }

    /// <summary>The network namespace as it was given; null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>"10.0.10.14:33742 -> 10.0.10.10:8472".</summary>
    public override string ToString() => $"{End(Source, SourcePort)} -> {End(Destination, DestinationPort)}";

    private static string End(IPAddress? address, int? port) => port is null ? $"{address}"
        : address?.AddressFamily == AddressFamily.InterNetworkV6
            ? string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"{address}:{port}");
}
