using System.Globalization;
using System.Net;

namespace VxlanCsum.Mitigations;

/// <summary>A route of the main table.</summary>
/// <param name="Devices">The devices of its next hops.</param>
/// <param name="Metric">The lower goes first.</param>
/// <param name="Text">For people.</param>
/// <param name="Message">As the kernel told it, fit to be told back: all that makes the route, nothing that it only
/// reports.</param>
internal sealed record NodeRoute(IPNetwork Destination, string[] Devices, uint Metric, string Text, byte[] Message)
{
    /// <summary>Whether of the routes to one network the one that decides leads into a device, and nowhere
    /// else.</summary>
    public static bool LeadInto(IEnumerable<NodeRoute> same, string device) =>
        same.MinBy(static r => r.Metric) is { Devices: [var only] } && only == device;

    /// <summary>A route of which only this is known.</summary>
    public static NodeRoute Plain(IPNetwork destination, string? gateway, string device, uint metric = 0) => new(
        destination, [device], metric,
        string.Create(CultureInfo.InvariantCulture,
            $"{destination}{(gateway is null ? "" : $" via {gateway}")} dev {device}{(metric == 0 ? "" : $" metric "
                + $"{metric}")}"), []);
}
