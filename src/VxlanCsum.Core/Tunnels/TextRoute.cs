using System.Net;

namespace VxlanCsum.Tunnels;

/// <summary>A route as it was printed.</summary>
/// <param name="Destination">Where it leads.</param>
/// <param name="Line">The line of its source, 1-based.</param>
internal sealed record TextRoute(IPNetwork Destination, long Line)
{
    /// <summary>The kernel's word for what is no way on: "blackhole", "unreachable", "prohibit", "throw"; null for a
    /// way.</summary>
    public string? Refusal { get; init; }

    public IPAddress? Gateway { get; init; }

    /// <summary>The device that it leaves by; escaped. Null where it has none, or several.</summary>
    public string? Device { get; init; }

    /// <summary>The largest packet that the route, or what was learned of the way, takes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Who made it: "kernel", "bird", "80"; null where that was not printed.</summary>
    public string? Protocol { get; init; }

    /// <summary>Routes of other tables serve only what a rule sends to them.</summary>
    public bool IsInMainTable { get; init; } = true;

    /// <summary>The answer of `ip route get` for one address.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>"blackhole 10.244.3.0/24", "10.244.2.0/24 via 10.244.2.0 dev flannel.1".</summary>
    public override string ToString() =>
        (Refusal is null ? "" : Refusal + " ")
        + (Destination.PrefixLength == 0 ? "default" : Destination.ToString())
        + (Gateway is null ? "" : $" via {Gateway}") + (Device is null ? "" : $" dev {Device}");
}
