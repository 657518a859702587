using System.Management.Automation;
using VxlanCsum.Completers;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Commands;

/// <summary>Get-VxlanInterface: the tunnel devices of this machine and what decides the checksums of their
/// packets.</summary>
[Cmdlet(VerbsCommon.Get, "VxlanInterface")]
[OutputType(typeof(VxlanInterface))]
public sealed class GetVxlanInterfaceCommand : InterfaceCommand
{
    /// <summary>Devices by name or wildcard. Default: all tunnel devices.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Interface")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only these kinds of tunnel. Default: all.</summary>
    [Parameter]
    [ValidateSet("vxlan", "geneve", "ipip", "sit", "ip6tnl")]
    public string[]? Kind { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            (IReadOnlyList<NetworkLink> links,
                IReadOnlyList<VxlanInterface> tunnels) = InNamespace(() => (NetworkLinks.Read(), TunnelLinks.Read()));
            HashSet<int>? chosen = Name is null ? null : [.. Choose(Name, links).Select(l => l.Index)];
            foreach (VxlanInterface tunnel in tunnels)
            {
                if (chosen?.Contains(tunnel.Index) != false
                    && Kind?.Contains(tunnel.Kind, StringComparer.OrdinalIgnoreCase) != false)
                {
                    WriteObject(tunnel with { NetworkNamespace = Namespace });
                }
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }
}
