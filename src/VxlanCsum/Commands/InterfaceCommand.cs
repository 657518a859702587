using System.Management.Automation;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share that work on network interfaces given by name or wildcard.</summary>
public abstract class InterfaceCommand : NamespaceCommand
{
    /// <summary>
    /// The devices that patterns stand for, each once, in the order of the patterns. Names are compared as the kernel
    /// does, with case; a name that is there goes before what it means as a wildcard. What fits nothing is an error,
    /// unless it is a wildcard.
    /// </summary>
    private protected IReadOnlyList<NetworkLink> Choose(IReadOnlyList<string> patterns,
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
                    WriteError(NetworkLinks.NotFound(pattern, links));
                }
                catch (NodeException invalid)
                {
                    WriteError(invalid);
                }
            }

            chosen.AddRange(fitting.Where(l => !chosen.Contains(l)));
        }

        return chosen;
    }
}
