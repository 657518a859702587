using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Switches features of a device off, and on again.</summary>
internal static class FeatureChanges
{
    public static NetworkLink? Find(string name, int index) =>
        NetworkLinks.Read().FirstOrDefault(l => l.Name == name && (index == 0 || l.Index == index));

    /// <summary>The features that are in effect.</summary>
    public static string[]? Read(FeatureChange change)
    {
        if (Find(change.Interface, change.Index) is not { } link)
        {
            return null;
        }

        using EthtoolClient client = EthtoolClient.Open();
        return Active(client, link);
    }

    /// <exception cref="NodeException">The device is gone, or refuses.</exception>
    public static void Apply(FeatureChange change)
    {
        NetworkLink link = Find(change.Interface, change.Index) ?? throw NetworkLinks.Vanished(change.Interface);
        using EthtoolClient client = EthtoolClient.Open();
        client.WriteFeatures(link, change.Names.ToDictionary(static n => n, static _ => false, StringComparer.Ordinal));
        string[] still = [.. Active(client, link).Where(change.Names.Contains)];
        if (still.Length > 0)
        {
            throw new NodeException(NodeErrorId.OffloadRefused, NodeFailure.Refused, change.Interface,
                $"{string.Join(", ", still)} of {change.Interface} stayed on.",
                "The kernel's log (dmesg) may say more.");
        }
    }

    /// <param name="change">What was switched off.</param>
    /// <param name="anyDevice">Also on a device that was made anew under the same name.</param>
    public static ReversalResult Revert(FeatureChange change, bool anyDevice)
    {
        if (Find(change.Interface, anyDevice ? 0 : change.Index) is not { } link)
        {
            return new ReversalResult(Reversal.Gone, $"{change.Interface}: the device is gone, or was made anew");
        }

        using EthtoolClient client = EthtoolClient.Open();
        string[] off = [.. client.ReadFeatures(link)
            .Where(f => change.Names.Contains(f.Name) && f.Requested is not true).Select(static f => f.Name)];
        if (off.Length > 0)
        {
            client.WriteFeatures(link, off.ToDictionary(static n => n, static _ => true, StringComparer.Ordinal));
        }

        // Others went with them, and come back with them: all that was in effect has to be.
        string[] now = Active(client, link);
        string[] missing = [.. (change.Former ?? change.Names).Except(now)];
        string[] ours = [.. missing.Where(m => change.Names.Any(n => GoesWith(m, n)))];
        string did = off.Length > 0
            ? $"ethtool -K {change.Interface} {string.Join(' ', off.Select(static n => $"{n} on"))}"
            : $"{change.Interface}: {string.Join(", ", change.Names)} on already";
        return ours.Length > 0
            ? new ReversalResult(Reversal.Changed, $"{did}; not in effect all the same: {string.Join(", ", ours)}")
            {
                DidChange = off.Length > 0
            }
            : new ReversalResult(off.Length > 0 ? Reversal.Restored : Reversal.Gone,
                missing.Length > 0 ? $"{did}; {string.Join(", ", missing)}, which was not ours, is off now" : did);
    }

    /// <summary>The kernel switches what sends or receives off with the checksum of that direction
    /// (netdev_fix_features).</summary>
    private static bool GoesWith(string feature, string ours) =>
        feature == ours || (feature.Length > 3 && ours.StartsWith(feature[..3], StringComparison.Ordinal)
            && feature[..3] is "tx-" or "rx-");

    private static string[] Active(EthtoolClient client, NetworkLink link) =>
        [.. client.ReadFeatures(link).Where(static f => !f.IsGroup && f.Active).Select(static f => f.Name)];
}
