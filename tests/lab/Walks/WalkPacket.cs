using System.Globalization;
using System.Net;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.LabTests.Walks;

/// <summary>The tunnel's packet of one case: it goes where no other case's goes, so that thousands of cases share a
/// namespace.</summary>
/// <param name="Index">Which case.</param>
/// <param name="V6">Over IPv6.</param>
/// <param name="Device">The VXLAN device that makes it.</param>
/// <param name="Mark">What it carries.</param>
internal sealed record WalkPacket(int Index, bool V6, WalkDevice Device, uint Mark)
{
    public const int MostCases = 2000;

    private const int PerNet = 200;

    /// <summary>The address that MASQUERADE gives what leaves by the uplink.</summary>
    public string First => Node(V6, 1);

    public string Source => Node(V6, Device.Host);

    public string Destination => Remote(V6, Index);

    /// <summary>Where this case's rules may send it instead: no other case's go there.</summary>
    public string NewDestination =>
        Remote(V6, Index).Replace(V6 ? "fd09" : "10.9", V6 ? "fd0b" : "10.11", StringComparison.Ordinal);

    public TraceRequest Request => new()
    {
        Inner = false,
        Family = V6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
        Mark = Mark,
        Protocol = "udp",
        Source = IPAddress.Parse(Source),
        SourcePort = Device.SourcePort,
        Destination = IPAddress.Parse(Destination),
        DestinationPort = Device.Port,
        TunnelDevice = Device.Name,
        Uplink = "eth0",
        MasqueradeAddress = IPAddress.Parse(First),
    };

    /// <summary>What is known of it without knowing its peer and its flow.</summary>
    public TraceRequest Vague => Request with { Destination = null, SourcePort = null };

    public static string Node(bool v6, int host) =>
        string.Create(CultureInfo.InvariantCulture, $"{(v6 ? "fd08::" : "10.8.0.")}{host}");

    public static string Remote(bool v6, int index) => v6
        ? string.Create(CultureInfo.InvariantCulture, $"fd09::{index + 1:x}")
        : string.Create(CultureInfo.InvariantCulture, $"10.9.{1 + (index / PerNet)}.{1 + (index % PerNet)}");

    public static string Mac(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:{index >> 8:x2}:{index & 0xff:x2}");
}

/// <summary>A VXLAN device of the node.</summary>
internal sealed record WalkDevice(string Name, int Vni, int Host, int Port, int SourcePort)
{
    public static IReadOnlyList<WalkDevice> All { get; } =
        [new("vx1", 1, 1, 4789, 41000), new("vx2", 2, 1, 8472, 42000), new("vx3", 3, 2, 8472, 50000),
            new("vx4", 4, 2, 4789, 33000)];
}

/// <summary>What became of a case's packet in the kernel.</summary>
/// <param name="Source">Its source as it left.</param>
/// <param name="SourcePort">Its source port as it left.</param>
/// <param name="Destination">Its destination as it left.</param>
/// <param name="Port">Its destination port as it left.</param>
/// <param name="Mark">The low byte of the mark it left with.</param>
internal sealed record WalkOutcome(string Source, int SourcePort, string Destination, int Port, byte Mark)
{
    public bool IsPortChanged(WalkPacket sent) => SourcePort != sent.Device.SourcePort;

    public bool IsTranslated(WalkPacket sent) => IsPortChanged(sent) || IsRedirected(sent) || Source != sent.Source;

    public bool IsRedirected(WalkPacket sent) => Destination != sent.Destination || Port != sent.Device.Port;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Source} {SourcePort} -> {Destination} {Port}, mark ..{Mark:x2}");
}
