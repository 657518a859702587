using System.Management.Automation;
using VxlanCsum.Completers;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Pasting;
using VxlanCsum.Sources;
using VxlanCsum.Tunnels;

namespace VxlanCsum.Commands;

/// <summary>Get-VxlanInterface: the tunnel devices of this machine and what decides the checksums of their
/// packets.</summary>
[Cmdlet(VerbsCommon.Get, "VxlanInterface", DefaultParameterSetName = NodeSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(VxlanInterface))]
public sealed class GetVxlanInterfaceCommand : NamespaceCommand
{
    // JSON of many devices is one line.
    private const int LongestLine = 4 << 20;

    private const string NodeSet = "Node", PathSet = "Path", LiteralPathSet = "LiteralPath";

    /// <summary>Devices by name or wildcard. Default: all tunnel devices.</summary>
    // By value and not by property: a file has a name, too, and is read.
    [Parameter(Position = 0, ParameterSetName = NodeSet, ValueFromPipeline = true)]
    [InterfaceNameTransformation(TakesAll = true)]
    [Alias("Interface")]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only these kinds of tunnel. Default: all.</summary>
    [Parameter]
    [ValidateSet("vxlan", "geneve", "ipip", "sit", "ip6tnl")]
    public string[]? Kind { get; set; }

    /// <summary>Files with what `ip -d link` or `ip -d addr` printed, pasted in whatever way; wildcards are
    /// resolved.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The same, their names taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != NodeSet)
        {
            foreach (string file in TextFiles.Resolve(this, Path, LiteralPath))
            {
                TextFiles.TryRead(this, file, stream => ReadText(file, stream));
            }

            return;
        }

        try
        {
            (IReadOnlyList<NetworkLink> links,
                IReadOnlyList<VxlanInterface> tunnels) = InNamespace(() => (NetworkLinks.Read(), TunnelLinks.Read()));
            HashSet<int>? chosen = Name is null ? null : [.. InterfaceNames.Choose(this, Name, links).Select(l => l.Index)];
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

    private void ReadText(string file, Stream stream)
    {
        using var reader = new StreamReader(stream, detectEncodingFromByteOrderMarks: true);
        var text = LinkText.Read(file, BoundedLines.Read(reader, LongestLine));
        IReadOnlyList<VxlanInterface> tunnels = text.Tunnels;
        if (text.Left is { } left)
        {
            WriteError(TextErrors.Nothing("LinkTextCut", file, $"{left}; what stands before was read",
                "Give what `ip -d link show type vxlan` prints, whole: it has the tunnels alone."));
        }

        foreach (VxlanInterface tunnel in tunnels.Where(t =>
            Kind?.Contains(t.Kind, StringComparer.OrdinalIgnoreCase) != false))
        {
            WriteObject(tunnel);
        }

        if (tunnels.Count == 0 && text.Left is null)
        {
            WriteError(TextErrors.Nothing("LinkTextUnread", file, text.Links.Count == 0
                ? "no device begins in it as `ip link` prints one" : "it has devices and no tunnel's details",
                "Give what `ip -d link show type vxlan` prints; without -d nothing of a tunnel is shown."));
        }
    }
}
