using System.Management.Automation;
using VxlanCsum.Completers;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;
using VxlanCsum.Offloads;
using VxlanCsum.Pasting;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Get-OffloadFeature: the offload features of network interfaces, from the kernel or from what ethtool
/// printed.</summary>
[Cmdlet(VerbsCommon.Get, "OffloadFeature", DefaultParameterSetName = InterfaceSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(OffloadFeature))]
public sealed class GetOffloadFeatureCommand : PrintedCommand
{
    private const string InterfaceSet = "Interface";

    private OffloadSelection _selection = null!;
    private OffloadText? _text;
    private bool _any;

    /// <summary>Interfaces by name or wildcard. Default: all of the namespace.</summary>
    [Parameter(Position = 0, ParameterSetName = InterfaceSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Interface { get; set; }

    /// <summary>
    /// Features by name or wildcard; also ethtool's groups, by their short or long names (tx, tx-checksumming), for
    /// their members. Default: all.
    /// </summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(OffloadNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only features that decide who computes or verifies a checksum.</summary>
    [Parameter]
    public SwitchParameter Checksum { get; set; }

    /// <summary>Also the rows of ethtool's groups, each before its members.</summary>
    [Parameter]
    public SwitchParameter IncludeGroup { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _selection = new OffloadSelection([.. (Name ?? []).Select(OffloadNames.Pattern)], Checksum, IncludeGroup);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_text is not null)
        {
            WriteBlocks(_text.Finish());
        }

        if (_any)
        {
            foreach (string missing in _selection.Missing)
            {
                WriteError(OffloadNames.NotFound(missing));
            }
        }
    }

    private protected override void ReadNode()
    {
        try
        {
            (IReadOnlyList<NetworkLink> links,
                EthtoolClient opened) = InNamespace(() => (NetworkLinks.Read(), EthtoolClient.Open()));

            // The client's socket stays in the namespace in which it was opened.
            using EthtoolClient client = opened;
            foreach (NetworkLink link in Interface is null ? links : InterfaceNames.Choose(this, Interface, links))
            {
                try
                {
                    WriteBlock([.. OffloadRows.Arrange(client.ReadFeatures(link))
                        .Select(f => f with { NetworkNamespace = Namespace })]);
                }
                catch (NodeException e)
                {
                    WriteError(e);
                }
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }

    private protected override void AddText(string text)
    {
        _text ??= new OffloadText(problem => WriteProblem(problem, null));
        WriteBlocks(_text.Add(text));
    }

    private protected override void ReadFile(string file, Stream stream)
    {
        var text = new OffloadText(problem => WriteProblem(problem, file));
        using var reader = new StreamReader(stream);
        foreach (string line in BoundedLines.Read(reader, OffloadText.LongestLine))
        {
            WriteBlocks(text.Add(line));
        }

        WriteBlocks(text.Finish());
    }

    private void WriteBlocks(IEnumerable<IReadOnlyList<OffloadFeature>> blocks)
    {
        foreach (IReadOnlyList<OffloadFeature> block in blocks)
        {
            WriteBlock(block);
        }
    }

    private void WriteBlock(IReadOnlyList<OffloadFeature> block)
    {
        _any |= block.Count > 0;
        foreach (OffloadFeature feature in _selection.Apply(block))
        {
            WriteObject(feature);
        }
    }

    private void WriteProblem(OffloadProblem problem, string? file) =>
        WriteError(TextFiles.Malformed(file, problem.Line, problem.Message));
}
