using System.Globalization;
using System.Net;

namespace VxlanCsum;

/// <summary>A packet to walk through the rules. What is null is not known, and both branches are followed where a rule
/// asks.</summary>
public sealed record TracePacket
{
    /// <summary>IPv4 or IPv6.</summary>
    public NetfilterFamily Family { get; init; }

    /// <summary>The mark with which it enters.</summary>
    public uint Mark { get; init; }

    /// <summary>"tcp", "udp", a number.</summary>
    public string? Protocol { get; init; }

    /// <summary>Where it comes from.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Where it goes to.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>The port it comes from.</summary>
    public int? SourcePort { get; init; }

    /// <summary>The port it goes to.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>The device by which it leaves.</summary>
    public string? OutInterface { get; init; }

    /// <summary>What conntrack says of it: NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED.</summary>
    public string State { get; init; } = "NEW";

    /// <summary>"mark 0x4000, udp 10.0.0.1 -> 10.0.0.2:8472, out eth0, NEW".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"mark 0x{Mark:x}, {Protocol ?? "any protocol"} {End(Source, SourcePort)} -> "
        + $"{End(Destination, DestinationPort)}, out {OutInterface ?? "any device"}, {State}");

    private static string End(IPAddress? address, int? port)
    {
        string host = address is null ? "?"
            : address.ToString().Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address.ToString();
        return port is { } number ? string.Create(CultureInfo.InvariantCulture, $"{host}:{number}") : host;
    }
}
