using System.Management.Automation;
using VxlanCsum.Completers;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;
using VxlanCsum.Offloads;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Set-OffloadFeature: turns offload features on or off and tells everything that changed with them.</summary>
/// <remarks>
/// What comes through the pipeline is collected: the features of one interface go to the kernel in one call, since some
/// need others to be on.
/// </remarks>
[Cmdlet(VerbsCommon.Set, "OffloadFeature", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(OffloadFeature))]
public sealed class SetOffloadFeatureCommand : NamespaceCommand
{
    private readonly Dictionary<(string Namespace, string Pattern), List<OffloadWish>> _wishes = [];

    /// <summary>Interfaces by name or wildcard.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Interface { get; set; } = [];

    /// <summary>
    /// Features by name or wildcard; also ethtool's groups, by their short or long names (tx, tx-checksumming). Of a
    /// group or wildcard those that can be changed are.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(OffloadNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Whether they are to be on: $true or $false, on or off. Objects of Get-OffloadFeature bring it as Active: back to what they
    /// were.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [Alias("Active")]
    [ArgumentCompleter(typeof(OnOffCompleter))]
    [OnOffTransformation]
    public bool Enabled { get; set; }

    /// <summary>Also return the features asked for that were as wished already.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string pattern in Interface)
        {
            (string, string) key = (Namespace ?? string.Empty, pattern);
            if (!_wishes.TryGetValue(key, out List<OffloadWish>? wishes))
            {
                _wishes.Add(key, wishes = []);
            }

            wishes.AddRange(Name.Select(n => new OffloadWish(OffloadNames.Pattern(n), Enabled)));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (IGrouping<string,
            KeyValuePair<(string Namespace, string Pattern), List<OffloadWish>>> place in _wishes.GroupBy(
                w => w.Key.Namespace))
        {
            NetworkNamespace = place.Key;
            try
            {
                (IReadOnlyList<NetworkLink> links,
                    EthtoolClient opened) = InNamespace(() => (NetworkLinks.Read(), EthtoolClient.Open()));

                // The client's socket stays in the namespace in which it was opened.
                using EthtoolClient client = opened;
                var byLink = new Dictionary<NetworkLink, List<OffloadWish>>();
                foreach (((_, string pattern), List<OffloadWish> wishes) in place)
                {
                    foreach (NetworkLink link in InterfaceNames.Choose(this, [pattern], links))
                    {
                        byLink.TryAdd(link, []);
                        byLink[link].AddRange(wishes);
                    }
                }

                foreach ((NetworkLink link, List<OffloadWish> wishes) in byLink)
                {
                    Change(client, link, wishes);
                }
            }
            catch (NodeException e)
            {
                WriteError(e);
            }
        }
    }

    private void Change(EthtoolClient client, NetworkLink link, List<OffloadWish> wishes)
    {
        try
        {
            IReadOnlyList<OffloadFeature> before = client.ReadFeatures(link);
            OffloadPlan plan = OffloadPlan.Make(before, wishes);
            foreach ((OffloadWish wish, OffloadObstacle obstacle) in plan.Obstacles)
            {
                WriteError(OffloadWriter.Obstacle(link, wish, obstacle));
            }

            // All of an interface's wishes or none of them.
            if (plan.Obstacles.Count > 0 || (plan.Changes.Count > 0 && !Agreed(link, plan)))
            {
                return;
            }

            IReadOnlyList<OffloadFeature> after =
                plan.Changes.Count > 0 ? OffloadWriter.Apply(client, link, before, plan) : before;
            HashSet<string> told = [.. OffloadPlan.Changed(before, after).Select(f => f.Name)];
            foreach (OffloadFeature feature in OffloadRows.Arrange(after))
            {
                if (!feature.IsGroup && (told.Contains(feature.Name)
                    || (PassThru && plan.Asked.Contains(feature.Name))))
                {
                    WriteObject(feature with { NetworkNamespace = Namespace });
                }
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }

    private bool Agreed(NetworkLink link, OffloadPlan plan)
    {
        string place = Namespace is null ? link.Name : $"{link.Name} (network namespace {Namespace})";
        return ShouldProcess(place,
            $"Turn {string.Join(", ", plan.Changes.Select(static c => $"{c.Key} {(c.Value ? "on" : "off")}"))}");
    }
}
