using System.IO.Enumeration;

namespace VxlanCsum.Offloads;

/// <summary>What ethtool's short and long names stand for.</summary>
/// <param name="Short">For `ethtool -K`: "tx".</param>
/// <param name="Long">What `ethtool -k` prints: "tx-checksumming".</param>
/// <param name="Pattern">The kernel's names that belong to it, with wildcards.</param>
/// <param name="About">For people.</param>
internal sealed record OffloadGroup(string Short, string Long, string Pattern, string About)
{
    /// <summary>
    /// A group of one is no group: ethtool prints its only member under the group's long name. Null for groups of
    /// several.
    /// </summary>
    public string? OnlyMember => Pattern.Contains('*') ? null : Pattern;

    public bool Holds(string kernelName) =>
        FileSystemName.MatchesSimpleExpression(Pattern, kernelName, ignoreCase: false);
}
