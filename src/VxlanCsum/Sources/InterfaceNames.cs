using System.Management.Automation;
using VxlanCsum.Commands;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Sources;

/// <summary>Network interfaces that cmdlets are given by name or wildcard.</summary>
internal static class InterfaceNames
{
    /// <summary>
    /// The devices that patterns stand for, each once, in the order of the patterns. Names are compared as the kernel
    /// does, with case; a name that is there goes before what it means as a wildcard. What fits nothing is an error,
    /// unless it is a wildcard.
    /// </summary>
    public static IReadOnlyList<NetworkLink> Choose(SafeCommand cmdlet, IReadOnlyList<string> patterns,
        IReadOnlyList<NetworkLink> links)
    {
        var chosen = new List<NetworkLink>();
        foreach (string pattern in patterns)
        {
            List<NetworkLink> fitting = [.. links.Where(l => l.Name == pattern)];
            bool isWildcard = WildcardPattern.ContainsWildcardCharacters(pattern);
            if (fitting.Count == 0 && isWildcard)
            {
                var wildcard = Wildcards.Of(pattern, WildcardOptions.None);
                fitting.AddRange(links.Where(l => wildcard.IsMatch(l.Name)));
            }

            if (fitting.Count == 0 && !isWildcard)
            {
                try
                {
                    NetworkLinks.RequireValidName(pattern);
                    cmdlet.WriteError(NodeErrors.Record(NetworkLinks.NotFound(pattern, links)));
                }
                catch (NodeException invalid)
                {
                    cmdlet.WriteError(NodeErrors.Record(invalid));
                }
            }

            chosen.AddRange(fitting.Where(l => !chosen.Contains(l)));
        }

        return chosen;
    }
}
