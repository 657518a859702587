using System.Management.Automation;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Mitigations;

namespace VxlanCsum.Commands;

/// <summary>What the cmdlets about mitigations share: the journal, and the wait for others who change the
/// node.</summary>
public abstract class MitigationCommand : NamespaceCommand
{
    /// <summary>The journal of what was changed. Default: /var/lib/vxlancsum/journal.jsonl.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? JournalPath { get; set; }

    /// <summary>Seconds to wait for another invocation, and for the lock of iptables.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public double Timeout { get; set; } = 10;

    private protected TimeSpan Patience => TimeSpan.FromSeconds(Timeout);

    private protected Journal OpenJournal() =>
        new(string.IsNullOrEmpty(JournalPath) ? Journal.DefaultPath : GetUnresolvedProviderPathFromPSPath(JournalPath));

    private protected MitigationContext Context(Journal journal) => new(Namespace, journal, Patience, Stopped);

    private protected NodeFacts ReadFacts(IReadOnlyList<string> serviceNetworks) =>
        InNamespace(() => FactReader.Read(new FactRequest(serviceNetworks, static _ => true, Patience), Stopped));

    /// <summary>The networks in canonical form.</summary>
    private protected IReadOnlyList<string> Networks(string[] texts)
    {
        var networks = new List<string>();
        foreach (string text in texts)
        {
            if (ServiceNetworks.TryParse(text) is { } network)
            {
                networks.Add(network);
            }
            else
            {
                ThrowTerminatingError(
                    Errors.NodeErrors.Record(
                        new NodeException(NodeErrorId.ServiceNetworkInvalid, NodeFailure.InvalidArgument, text,
                    $"'{Text.SafeText.Escape(text)}' is not a network.", "Give it as 10.96.0.0/12.")));
            }
        }

        return networks;
    }
}
