using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Offloads;

namespace VxlanCsum.Node.Ethtool;

/// <summary>Carries a plan out on a device: all of it or nothing.</summary>
internal static class OffloadWriter
{
    /// <summary>The whole state of the device after the change.</summary>
    /// <param name="client">Of the device's namespace.</param>
    /// <param name="link">The device.</param>
    /// <param name="before">Its state when the plan was made.</param>
    /// <param name="plan">Has changes.</param>
    /// <exception cref="NodeException">
    /// The kernel did not follow; what it did follow has been taken back, and the message says so where that failed.
    /// </exception>
    public static IReadOnlyList<OffloadFeature> Apply(
        EthtoolClient client, NetworkLink link, IReadOnlyList<OffloadFeature> before, OffloadPlan plan)
    {
        client.WriteFeatures(link, plan.Changes);
        IReadOnlyList<OffloadFeature> after = client.ReadFeatures(link);
        IReadOnlyList<OffloadFeature> missed = plan.Unfulfilled(after);
        if (missed.Count == 0)
        {
            return after;
        }

        // What the device was asked for before; what follows from that, the kernel works out again.
        client.WriteFeatures(link,
            before.Where(f => plan.Changes.ContainsKey(f.Name))
                .ToDictionary(f => f.Name, f => f.Requested is true, StringComparer.Ordinal));
        IReadOnlyList<OffloadFeature> left = OffloadPlan.Changed(before, client.ReadFeatures(link));
        OffloadFeature first = missed[0];
        string reason = plan.Changes[first.Name] && OffloadDependency.Lacking(first.Name, after) is { } lacking
            ? $"it needs {lacking}, which is off."
            : "the driver or a device above or below forbids it; the kernel's log (dmesg) may say more.";
        string rest = left.Count == 0 ? "Nothing was changed."
            : $"Left changed: {string.Join(", ", left.Select(f => f.ToString()))}.";
        throw new NodeException(NodeErrorId.OffloadRefused, NodeFailure.Refused, link.Name,
            $"'{link.Name}' does not turn {first.Name} {(plan.Changes[first.Name] ? "on" : "off")}: {reason} {rest}",
            plan.Changes[first.Name] ? "Turn on first what it needs, in the same call or before."
                : "Change the device that forbids it.");
    }

    /// <summary>The obstacles of a plan, in words.</summary>
    public static NodeException Obstacle(NetworkLink link, OffloadWish wish, OffloadObstacle obstacle) =>
        obstacle switch
        {
            OffloadObstacle.Fixed => new(NodeErrorId.OffloadFixed, NodeFailure.Refused, link.Name,
                $"'{link.Name}' cannot turn {wish.Name.Text} {(wish.Enabled ? "on" : "off")}: it is fixed on this "
                + $"interface.",
                "Get-OffloadFeature shows what is Fixed; for a tunnel change the tunnel device, not only the one below "
                + "it."),
            _ => new(NodeErrorId.OffloadFeatureNotFound, NodeFailure.NotFound, link.Name,
                $"This kernel has no offload feature '{VxlanCsum.Text.SafeText.Escape(wish.Name.Text, 64)}'.",
                "Get-OffloadFeature lists the names; groups such as tx or tx-checksumming are taken too."),
        };
}
