using System.Management.Automation;
using VxlanCsum.Advisories;
using VxlanCsum.Clusters;
using VxlanCsum.Completers;
using VxlanCsum.Errors;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Node.Errors;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Get-KubeNodeRisk: how likely the fault is on each node of a cluster, from its API or from what kubectl
/// printed.</summary>
/// <remarks>Reads only. Needs the rights of deploy/kubernetes/rbac-node-risk.yaml.</remarks>
[Cmdlet(VerbsCommon.Get, "KubeNodeRisk", DefaultParameterSetName = ApiSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(NodeRisk))]
public sealed class GetKubeNodeRiskCommand : StoppableCommand
{
    private const string ApiSet = "Api", TextSet = "Text", PathSet = "Path", LiteralPathSet = "LiteralPath";

    private WildcardPattern[]? _names;
    private ClusterText? _text;
    private NodeReports? _reports;

    /// <summary>Only nodes with these names; wildcards are taken. Default: all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>
    /// The kubeconfig. Default: those that the variable KUBECONFIG names, or ~/.kube/config; within a pod that has
    /// neither, its service account.
    /// </summary>
    [Parameter(ParameterSetName = ApiSet)]
    [ValidateNotNullOrEmpty]
    public string? Kubeconfig { get; set; }

    /// <summary>Contexts of the kubeconfig, each of which is read. Default: the current one.</summary>
    [Parameter(ParameterSetName = ApiSet)]
    [ArgumentCompleter(typeof(KubeContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Context { get; set; } = [];

    /// <summary>Run the program that the kubeconfig names to log in with (exec), with its arguments as they stand.
    /// Default: it is named in an error and not run.</summary>
    [Parameter(ParameterSetName = ApiSet)]
    public SwitchParameter AllowCredentialPlugin { get; set; }

    /// <summary>Only nodes whose labels match, such as "node-role.kubernetes.io/worker,zone in (a, b)". The API server
    /// selects.</summary>
    [Parameter(ParameterSetName = ApiSet)]
    [Alias("Selector")]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Namespaces in which pods of kube-proxy and of network plugins are looked for.</summary>
    [Parameter(ParameterSetName = ApiSet)]
    [ValidateNotNullOrEmpty]
    public string[] PodNamespace { get; set; } = ["kube-system", "calico-system", "kube-flannel"];

    /// <summary>Objects that the API server is asked for at a time.</summary>
    [Parameter(ParameterSetName = ApiSet)]
    [ValidateRange(1, 10_000)]
    public int PageSize { get; set; } = 500;

    /// <summary>How often a request is sent again that failed by a dropped connection, 429 or 5xx.</summary>
    [Parameter(ParameterSetName = ApiSet)]
    [ValidateRange(0, 20)]
    public int MaximumRetryCount { get; set; } = 5;

    /// <summary>How many seconds the API server may send nothing.</summary>
    [Parameter(ParameterSetName = ApiSet)]
    [ValidateRange(1, 3600)]
    public int Timeout { get; set; } = 60;

    /// <summary>What `kubectl get nodes,pods -A -o json` printed, also with configmaps, ippools and
    /// felixconfigurations: whole, or line by line.</summary>
    // Not mandatory, and neither is the path: of several mandatory ones the binder would settle on the one that takes
    // whole objects before it has seen an object.
    [Parameter(ParameterSetName = TextSet, ValueFromPipeline = true)]
    [AllowEmptyString]
    [TextOnly]
    public string InputObject { get; set; } = string.Empty;

    /// <summary>Files with the same; wildcards are resolved. Files given together are taken as one cluster's.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Such files, taken as they are.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Diagnoses of the cluster's nodes, alive or from Import-Clixml: what each node said of itself is joined
    /// to its risk.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PSObject[] Diagnosis { get; set; } = [];

    /// <summary>Folders of reports of nodes: .prom files, files of Export-Clixml, folders that Get-ChecksumDiagnosis
    /// -SaveTo made.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ReportPath { get; set; } = [];

    /// <summary>A Prometheus that scrapes the nodes' reports, such as http://prometheus:9090.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? Prometheus { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _names = Name is null ? null
            : [.. Name.Select(
                static n => Wildcards.Of(n, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))];
        if (Diagnosis.Length > 0 || ReportPath.Length > 0 || Prometheus is not null)
        {
            _reports = ReadReports();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            switch (ParameterSetName)
            {
                case TextSet:
                    _text ??= new ClusterText(NewReading(), null, WriteError);
                    _text.Write(InputObject);
                    break;
                case PathSet or LiteralPathSet:
                    ReadFiles();
                    break;
                default:
                    ReadApi();
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
            _text.Complete();
            WriteRisks([_text]);
        }
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

    private static ClusterReading NewReading() => new(static versions => AdvisoryCatalog.Advise(versions));

    /// <summary>Of one source that cannot be read the others count all the same.</summary>
    private NodeReports ReadReports()
    {
        var reports = new NodeReports();
        foreach (PSObject given in Diagnosis)
        {
            if (!NodeReportSource.TryAdd(reports, given))
            {
                WriteError(new ErrorRecord(
                    new ArgumentException(
                        $"-Diagnosis takes what Get-ChecksumDiagnosis gives, not "
                        + $"'{Text.SafeText.Escape(given.TypeNames.FirstOrDefault() ?? "null", 200)}'."),
                    "DiagnosisExpected", ErrorCategory.InvalidArgument, given));
            }
        }

        try
        {
            foreach (string path in ReportPath.SelectMany(p => GetResolvedProviderPathFromPSPath(p, out _)))
            {
                NodeReportSource.Read(reports, path, e => WriteError(e), Stopped);
            }

            if (Prometheus is not null)
            {
                var metrics = new NodeMetrics();
                PrometheusApi.Read(Prometheus, metrics, TimeSpan.FromSeconds(Timeout), Stopped);
                metrics.AddTo(reports);
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        catch (ItemNotFoundException e)
        {
            WriteError(new ErrorRecord(e, NodeErrorId.NodeReportsUnreadable, ErrorCategory.ObjectNotFound, null));
        }
        catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        WriteVerbose($"Reports of {reports.Count} nodes were given.");
        return reports;
    }

    private void ReadFiles()
    {
        ClusterReading reading = NewReading();
        List<ClusterText> texts = [];
        foreach (string file in TextFiles.Resolve(this, ParameterSetName == PathSet ? Path : [],
            ParameterSetName == PathSet ? [] : LiteralPath))
        {
            ClusterText text = new(reading, file, WriteError);
            texts.Add(text);
            bool whole = TextFiles.TryRead(this, file, stream =>
            {
                CaptureProgress progress = new(this, file, stream);
                text.Read(stream.CanSeek ? stream : new InterruptibleStream(stream, Stopped),
                    position => progress.Report(position, frames: 0), Stopped);
                progress.Complete();
            });
            text.Failed |= !whole;
        }

        WriteRisks(texts);
    }

    private void WriteRisks(List<ClusterText> texts)
    {
        if (texts.Count > 0 && texts.All(static t => t is { Nodes.Count: 0, Failed: false }))
        {
            WriteError(KubeTextErrors.NoNodes(texts[0].Source));
        }

        // Of a node that was printed twice the later word counts.
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ClusterNode node in texts.SelectMany(static t => t.Nodes).Reverse().Where(n => names.Add(n.Name))
            .Reverse().ToArray())
        {
            Stopped.ThrowIfCancellationRequested();
            Write(texts[0].Reading, node);
        }
    }

    private void Write(ClusterReading reading, ClusterNode node)
    {
        if (_names is null || Array.Exists(_names, n => n.IsMatch(node.Name)))
        {
            NodeRisk risk = reading.Judge(node);
            WriteObject(_reports is null ? risk : _reports.Join(risk));
        }
    }

    private void ReadApi()
    {
        Kubeconfig kubeconfig;
        try
        {
            kubeconfig = Node.Clusters.Kubeconfig.Read(
                Kubeconfig is null ? null : GetUnresolvedProviderPathFromPSPath(Kubeconfig));
        }
        catch (NodeException e)
        {
            ThrowTerminatingError(NodeErrors.Record(e));
            throw;
        }

        foreach (string? context in Context.Length > 0 ? Context.AsEnumerable<string?>() : [null])
        {
            try
            {
                ReadCluster(kubeconfig.Choose(context, AllowCredentialPlugin, Stopped));
            }
            catch (NodeException e)
            {
                WriteError(e);
            }
        }
    }

    private void ReadCluster(KubeContext context)
    {
        KubeApiOptions options = new()
        {
            PageSize = PageSize,
            Retries = MaximumRetryCount,
            Patience = TimeSpan.FromSeconds(Timeout),
            Tell = WriteVerbose,
            Warn = WriteWarning,
        };
        using KubeConnection connection = new(context, options.Patience);
        ClusterReading reading = NewReading();
        ClusterProgress progress = new(this, context.Name);

        // Without the nodes there is nothing: that error comes before all those about what else could not be read.
        List<NodeException> held = [];
        void Release()
        {
            held.ForEach(e => WriteError(e));
            held.Clear();
        }

        ClusterReader reader = new(new KubeApi(connection, options, Stopped), reading)
        {
            Report = held.Add,
            ReportObject = e => WriteError(KubeTextErrors.Record(e, context.Name)),
            Tell = WriteVerbose,
            Progress = progress.Report,
        };
        try
        {
            reader.ReadSurroundings(PodNamespace);
            reader.ReadNodes(LabelSelector is null ? string.Empty
                : "labelSelector=" + Uri.EscapeDataString(LabelSelector), node =>
            {
                Release();
                Write(reading, node with { Source = context.Name });
            });
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        finally
        {
            progress.Complete();
        }

        Release();
    }
}
