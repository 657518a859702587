using System.Management.Automation;
using System.Text;
using VxlanCsum.Errors;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Rules;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share that read rules: of this node, of files, of text from the pipeline.</summary>
public abstract class RulesetCommand : PrintedCommand
{
    internal const string NodeSet = "Node";

    private MemoryStream? _text;
    private RulesetReader? _files;

    /// <summary>Only IPv4 or only IPv6.</summary>
    [Parameter]
    [ValidateSet(nameof(NetfilterFamily.IPv4), nameof(NetfilterFamily.IPv6))]
    public string? Family { get; set; }

    /// <summary>Only these of the node's engines. Default: every one that holds rules.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    public NetfilterBackend[] Backend { get; set; } = [];

    /// <summary>How many seconds each program that shows rules may take. Default: 60.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateRange(1, 3600)]
    public int Timeout { get; set; } = 60;

    private protected NetfilterFamily? OnlyFamily =>
        Family is null ? null : Enum.Parse<NetfilterFamily>(Family, ignoreCase: true);

    /// <summary>How this cmdlet wants texts read.</summary>
    private protected virtual RulesetReadOptions ReadOptions => new() { Cancellation = Stopped };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            base.ProcessRecord();
        }
        catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_text is not null)
        {
            _text.Position = 0;
            var reader = new RulesetReader(ReadOptions);
            reader.Read(_text, "text");
            Hand(reader.Build());
        }
    }

    /// <summary>Uses the rules that were read; called on the pipeline's thread, once for each set of files, text or
    /// node.</summary>
    private protected abstract void Process(NetfilterRuleset rules);

    private protected void WriteProblems(IEnumerable<RulesetProblem> problems)
    {
        foreach (RulesetProblem problem in problems)
        {
            WriteError(RulesetErrors.Record(problem));
        }
    }

    private protected override void AddText(string text)
    {
        _text ??= new MemoryStream();
        _text.Write(Encoding.UTF8.GetBytes(text));
        _text.WriteByte((byte)'\n');
    }

    private protected override void ReadFile(string file, Stream stream) =>
        (_files ??= new RulesetReader(ReadOptions)).Read(stream, file);

    /// <summary>Files given together are taken as one node's.</summary>
    private protected override void EndFiles(bool any)
    {
        RulesetReader? read = _files;
        _files = null;
        if (any)
        {
            Hand(read!.Build());
        }
    }

    private protected override void ReadNode()
    {
        try
        {
            RulesetReadOptions options = ReadOptions;
            (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) =
                InNamespace(() => NodeRules.Read(options, Backend, TimeSpan.FromSeconds(Timeout)));
            foreach (NodeException failure in failures)
            {
                WriteError(failure);
            }

            Hand(rules);
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }

    private void Hand(NetfilterRuleset rules)
    {
        WriteProblems(rules.Problems);
        foreach (NetfilterChain chain in ChainGraph.Unreached(rules))
        {
            WriteWarning(
                $"{chain.Name} of {chain.Table} is there, and no packet reaches it: no rule leads to it from "
                + $"POSTROUTING.");
        }

        Process(rules);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _text?.Dispose();
        }

        base.Dispose(disposing);
    }
}
