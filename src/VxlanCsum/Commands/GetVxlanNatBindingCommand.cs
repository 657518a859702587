using System.Management.Automation;
using VxlanCsum.Connections;
using VxlanCsum.Errors;
using VxlanCsum.Node.Connections;
using VxlanCsum.Node.Errors;
using VxlanCsum.Pasting;
using VxlanCsum.Sources;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Commands;

/// <summary>Get-VxlanNatBinding: the flows of tunnel packets that NAT rewrites right now, from the kernel or from what
/// conntrack printed.</summary>
[Cmdlet(VerbsCommon.Get, "VxlanNatBinding", DefaultParameterSetName = NodeSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(VxlanNatBinding))]
public sealed class GetVxlanNatBindingCommand : PrintedCommand
{
    private const string NodeSet = "Node";

    private ConntrackText? _text;

    /// <summary>The UDP ports that tunnels send to. Default: those of the namespace's tunnel devices, and 4789 and
    /// 8472.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public ushort[]? TunnelPort { get; set; }

    /// <summary>Only IPv4 or only IPv6.</summary>
    [Parameter]
    [ValidateSet(nameof(NetfilterFamily.IPv4), nameof(NetfilterFamily.IPv6))]
    public string? Family { get; set; }

    /// <summary>Also the flows of tunnels of which nothing is rewritten.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    private HashSet<ushort> TextPorts => [.. TunnelPort ?? TunnelPorts.DefaultVxlan];

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_text is not null)
        {
            Conclude(_text, "text");
        }
    }

    private protected override void AddText(string text)
    {
        _text ??= new ConntrackText(TextPorts, "text");
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            Write(_text.Add(line));
        }
    }

    private protected override void ReadNode()
    {
        try
        {
            // The table's socket stays in the namespace in which it was opened.
            using NatBindings bindings = InNamespace(() => NatBindings.Open(TunnelPort));
            bindings.Read(All, binding => Write(binding with { NetworkNamespace = Namespace }), Stopped);
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected override void ReadFile(string file, Stream stream)
    {
        var text = new ConntrackText(TextPorts, file);
        using var reader = new StreamReader(stream);
        foreach (string line in BoundedLines.Read(reader))
        {
            Write(text.Add(line));
        }

        Conclude(text, file);
    }

    private void Write(VxlanNatBinding? binding)
    {
        if (binding is not null && (All || binding.IsTranslated)
            && (Family is null || binding.Family.ToString().Equals(Family, StringComparison.OrdinalIgnoreCase)))
        {
            WriteObject(binding);
        }
    }

    private void Conclude(ConntrackText text, string place)
    {
        if (text.Problem() is { } problem)
        {
            WriteError(ConntrackErrors.Record(problem, place));
        }
    }
}
