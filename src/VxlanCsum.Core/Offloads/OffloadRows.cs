namespace VxlanCsum.Offloads;

/// <summary>Puts the features of one interface into the order and the groups of `ethtool -k`.</summary>
internal static class OffloadRows
{
    /// <summary>
    /// Group after group, each of several members led by its own row; then what is in no group, in the kernel's order.
    /// </summary>
    public static IReadOnlyList<OffloadFeature> Arrange(IReadOnlyList<OffloadFeature> features)
    {
        var rows = new List<OffloadFeature>(features.Count + OffloadTable.Groups.Count);
        foreach (OffloadGroup group in OffloadTable.Groups)
        {
            List<OffloadFeature> members = [.. features.Where(f => f.Group == group.Long)];

            // ethtool prints the only member of a group in the group's place, so it needs no row of its own.
            if (members.Count > 1)
            {
                rows.Add(OffloadTable.DescribeGroup(group) with
                {
                    Interface = members[0].Interface,
                    NetworkNamespace = members[0].NetworkNamespace,
                    Active = members.Exists(m => m.Active),
                });
            }

            rows.AddRange(members);
        }

        rows.AddRange(features.Where(f => f.Group is null));
        return rows;
    }
}
