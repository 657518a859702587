using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Completers;

/// <summary>Completes the names of network interfaces, of the namespace that the command line names.</summary>
public sealed class InterfaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string? place = Completion.Bound(fakeBoundParameters, nameof(NetworkNamespace));
        return Completion.Offer(wordToComplete,
            Completion.Try(() => NetworkNamespace.Within(place, NetworkLinks.Read)).Select(l => (l.Name, ToolTip(l))));
    }

    private static string ToolTip(NetworkLink link)
    {
        string kind = link.Kind ?? (link.IsLoopback ? "loopback" : "device");
        string vni = TunnelLink.Parse(link, null)?.Tunnel.Vni is { } number
            ? string.Create(CultureInfo.InvariantCulture, $", VNI {number}") : string.Empty;
        return string.Create(CultureInfo.InvariantCulture,
            $"{kind}{vni}, {(link.IsUp ? "up" : "down")}, MTU {link.Mtu}");
    }
}
