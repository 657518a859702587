using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Completers;

/// <summary>Completes the addresses of the devices of the namespace that the command line names.</summary>
public sealed class AddressCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string? place = Completion.Bound(fakeBoundParameters, nameof(NetworkNamespace));
        return Completion.Offer(wordToComplete,
            Completion.Try<(string, string)>(() => NetworkNamespace.Within(place, static () =>
        {
            Dictionary<int, string> names = NetworkLinks.Read().ToDictionary(static l => l.Index, static l => l.Name);
            return (IReadOnlyList<(string, string)>)[
                .. DeviceAddresses.Read().Select(
                    a => (a.Address.ToString(), $"Address of {names.GetValueOrDefault(a.Index, "a device")}"))];
        })));
    }
}
