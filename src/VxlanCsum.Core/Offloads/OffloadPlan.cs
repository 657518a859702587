namespace VxlanCsum.Offloads;

/// <summary>A wish: a name of a feature or group, and whether it is to be on.</summary>
internal sealed record OffloadWish(OffloadNamePattern Name, bool Enabled);

/// <summary>Why a wish cannot be fulfilled.</summary>
internal enum OffloadObstacle
{
    /// <summary>The kernel has no such feature.</summary>
    Unknown,

    /// <summary>The interface does not let it be changed.</summary>
    Fixed,
}

/// <summary>What to ask the kernel for so that the wishes for one interface come true.</summary>
internal sealed class OffloadPlan
{
    private OffloadPlan(
        Dictionary<string, bool> changes, List<string> asked, Dictionary<string, bool> firm,
        List<(OffloadWish, OffloadObstacle)> obstacles)
    {
        Changes = changes;
        Asked = asked;
        Firm = firm;
        Obstacles = obstacles;
    }

    /// <summary>The kernel's names and what they are to be; empty where all is as wished.</summary>
    public IReadOnlyDictionary<string, bool> Changes { get; }

    /// <summary>Every feature that a wish was about and that can be changed or is as wished.</summary>
    public IReadOnlyList<string> Asked { get; }

    /// <summary>Of the changes those that were asked for by the feature's own name.</summary>
    public IReadOnlyDictionary<string, bool> Firm { get; }

    public IReadOnlyList<(OffloadWish Wish, OffloadObstacle Obstacle)> Obstacles { get; }

    /// <param name="features">The state of the interface, without rows of groups.</param>
    /// <param name="wishes">Of two that contradict one another the later counts.</param>
    public static OffloadPlan Make(IReadOnlyList<OffloadFeature> features, IReadOnlyList<OffloadWish> wishes)
    {
        var changes = new Dictionary<string, bool>(StringComparer.Ordinal);
        var firm = new Dictionary<string, bool>(StringComparer.Ordinal);
        var asked = new List<string>();
        var obstacles = new List<(OffloadWish, OffloadObstacle)>();
        foreach (OffloadWish wish in wishes)
        {
            var selection = new OffloadSelection([wish.Name], checksumOnly: false, includeGroups: false);
            List<OffloadFeature> meant = [.. selection.Apply(features)];
            bool byName = meant is [{ } one]
                && string.Equals(one.Name, wish.Name.Text, StringComparison.OrdinalIgnoreCase);
            List<OffloadFeature> open = [.. meant.Where(f => f.Fixed is not true)];
            if (meant.Count == 0)
            {
                obstacles.Add((wish, OffloadObstacle.Unknown));
                continue;
            }

            // A wish that is true already stands in nobody's way, whatever is fixed.
            if (open.Count == 0 && meant.Exists(f => f.Active != wish.Enabled))
            {
                obstacles.Add((wish, OffloadObstacle.Fixed));
                continue;
            }

            asked.AddRange((open.Count == 0 ? meant : open).Select(f => f.Name));
            Set(changes, open, wish.Enabled, isMeant: true);
            Set(firm, open, wish.Enabled, byName);
        }

        return new OffloadPlan(changes, [.. asked.Distinct()], firm, obstacles);
    }

    /// <summary>The last wish of a feature counts, where it changes anything.</summary>
    private static void Set(Dictionary<string, bool> changes, List<OffloadFeature> features, bool enabled, bool isMeant)
    {
        foreach (OffloadFeature feature in features)
        {
            changes.Remove(feature.Name);
            if (isMeant && (feature.Active != enabled || feature.Requested != enabled))
            {
                changes[feature.Name] = enabled;
            }
        }
    }

    /// <summary>The features that are not what they were, as they are now.</summary>
    public static IReadOnlyList<OffloadFeature> Changed(IReadOnlyList<OffloadFeature> before,
        IReadOnlyList<OffloadFeature> after)
    {
        Dictionary<string, OffloadFeature> old = before.ToDictionary(f => f.Name, StringComparer.Ordinal);
        return [.. after.Where(
            f => !old.TryGetValue(f.Name, out OffloadFeature? was) || was.Active != f.Active
                || was.Requested != f.Requested)];
    }

    /// <summary>
    /// The changes that the kernel did not follow although it had to: what was asked for by name, what something known
    /// is lacking for, and a group of which nothing followed. The rest of a group it may leave out, since it keeps some
    /// members from being on together.
    /// </summary>
    public IReadOnlyList<OffloadFeature> Unfulfilled(IReadOnlyList<OffloadFeature> after)
    {
        List<OffloadFeature> missed = [
            .. after.Where(f => Changes.TryGetValue(f.Name, out bool wanted) && f.Active != wanted)];
        return missed.Count == Changes.Count
            ? missed
            : [.. missed.Where(
                f => Firm.ContainsKey(f.Name) || (!f.Active && OffloadDependency.Lacking(f.Name, after) is not null))];
    }
}
