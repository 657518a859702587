namespace VxlanCsum.Offloads;

/// <summary>A name of a feature or group as someone asked for it.</summary>
/// <param name="Text">As given.</param>
/// <param name="IsPattern">Whether it has wildcards.</param>
/// <param name="Matches">Whether it fits a name, in any case.</param>
internal sealed record OffloadNamePattern(string Text, bool IsPattern, Func<string, bool> Matches);

/// <summary>Which rows of an interface are wanted.</summary>
/// <param name="names">Names of features or groups; empty for all.</param>
/// <param name="checksumOnly">Only what decides who computes or verifies a checksum.</param>
/// <param name="includeGroups">Also the rows of groups whose members are there.</param>
internal sealed class OffloadSelection(IReadOnlyList<OffloadNamePattern> names, bool checksumOnly, bool includeGroups)
{
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>The plain names that have fitted no row so far.</summary>
    public IEnumerable<string> Missing =>
        names.Where(n => !n.IsPattern && !_found.Contains(n.Text)).Select(n => n.Text);

    /// <summary>The wanted rows of one interface, in its order.</summary>
    public IEnumerable<OffloadFeature> Apply(IReadOnlyList<OffloadFeature> rows)
    {
        // Before Linux 2.6.39 a group's row is all there is.
        HashSet<string?> withMembers = [.. rows.Where(r => !r.IsGroup).Select(r => r.Group)];
        foreach (OffloadFeature row in rows)
        {
            if (IsNamed(row) && (!checksumOnly || row.IsChecksum)
                && (includeGroups || !row.IsGroup || !withMembers.Contains(row.Group)))
            {
                yield return row;
            }
        }
    }

    private bool IsNamed(OffloadFeature row)
    {
        bool named = names.Count == 0;
        foreach (OffloadNamePattern name in names)
        {
            if (name.Matches(row.Name)
                || (row.Group is { } group && (name.Matches(group)
                    || OffloadTable.FindGroup(name.Text)?.Long == group)))
            {
                named = true;
                _found.Add(name.Text);
            }
        }

        return named;
    }
}
