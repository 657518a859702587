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
public abstract class RulesetCommand : NamespaceCommand
{
    internal const string NodeSet = "Node", TextSet = "Text", PathSet = "Path", LiteralPathSet = "LiteralPath";

    private MemoryStream? _text;

    /// <summary>
    /// Files with what iptables-save, ip6tables-save, iptables -S or -L, nft list ruleset (text or JSON) or ipset save
    /// printed, or several of these in one; wildcards are resolved. Files given together are taken as one node's.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Such files, taken as they are.</summary>
    // Not mandatory, and neither is the text: of several mandatory ones the binder would settle on the one that takes
    // whole objects before it has seen an object.
    [Parameter(ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The same as text: whole, or line by line.</summary>
    [Parameter(ParameterSetName = TextSet, ValueFromPipeline = true)]
    [AllowEmptyString]
    [TextOnly]
    public string InputObject { get; set; } = string.Empty;

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
            switch (ParameterSetName)
            {
                case TextSet:
                    _text ??= new MemoryStream();
                    _text.Write(Encoding.UTF8.GetBytes(InputObject));
                    _text.WriteByte((byte)'\n');
                    break;
                case PathSet or LiteralPathSet:
                    ReadFiles();
                    break;
                case NodeSet:
                    ReadNode();
                    break;
            }
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

    private void ReadFiles()
    {
        var reader = new RulesetReader(ReadOptions);
        bool any = false;
        foreach (string file in TextFiles.Resolve(this, ParameterSetName == PathSet ? Path : [],
            ParameterSetName == PathSet ? [] : LiteralPath))
        {
            any |= TextFiles.TryRead(this, file, stream => reader.Read(stream, file));
        }

        if (any)
        {
            Hand(reader.Build());
        }
    }

    private void ReadNode()
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
