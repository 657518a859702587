using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using VxlanCsum.Completers;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Probes;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Test-KubeServiceDns: asks a service's DNS as nslookup and nslookup -vc do, and says what a stall of 1, 5 or
/// 63 s means.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KubeServiceDns",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(DnsProbeResult))]
public sealed class TestKubeServiceDnsCommand : NamespaceCommand
{
    private static readonly TimeSpan s_rulesPatience = TimeSpan.FromMinutes(1);

    private string? _name;

    /// <summary>
    /// DNS servers: an address, with a port where it is not 53. Default: the cluster's, as kube-proxy's rules,
    /// resolv.conf or the kubelet's configuration on this node say.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ClusterIP")]
    [ArgumentCompleter(typeof(ClusterDnsCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Server { get; set; }

    /// <summary>What to ask for. Default: kubernetes.default.svc and the cluster's domain, which any cluster's DNS
    /// knows.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The type of record. Default: A.</summary>
    [Parameter]
    [ValidateSet("A", "AAAA", "CNAME", "NS", "PTR", "SOA", "SRV", "TXT")]
    public string QueryType { get; set; } = "A";

    /// <summary>By UDP, TCP or both, which is the default.</summary>
    [Parameter]
    public DnsTransport[] Transport { get; set; } = [DnsTransport.Udp, DnsTransport.Tcp];

    /// <summary>How many look-ups by each transport. Default: 3.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    public int Count { get; set; } = 3;

    /// <summary>
    /// Seconds that a look-up may take. Default: 10, as long as glibc tries. A query by UDP is sent again every 5 s; a
    /// stall of 63 s shows with 70 or more.
    /// </summary>
    [Parameter]
    [ValidateRange(0.01, 3600.0)]
    public double Timeout { get; set; } = 10;

    /// <summary>The address to ask from. Default: what the kernel chooses.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AddressCompleter))]
    public IPAddress? SourceAddress { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            _name = Name is null ? null : DnsMessage.Canonical(Name);
        }
        catch (NodeException e)
        {
            ThrowTerminatingError(NodeErrors.Record(e));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            ClusterDns? cluster = Server is null ? ClusterDns.Find(Namespace, s_rulesPatience, Stopped) : null;
            if (cluster is not null)
            {
                WriteVerbose(
                    $"The cluster's DNS, from {Text.SafeText.Escape(cluster.Origin)}: "
                    + $"{string.Join(", ", cluster.Servers)}.");
            }

            string name = _name ?? ClusterDns.WellKnownName(cluster?.Domain);
            foreach (string server in Server ?? [.. cluster!.Servers.Select(static s => s.ToString())])
            {
                Probe(server, name, cluster?.Origin);
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Probe(string server, string name, string? origin)
    {
        try
        {
            var request = new DnsProbeRequest(ServiceAddress.Parse(server).EndPoint, name, QueryType, Count,
                TimeSpan.FromSeconds(Timeout), SourceAddress);
            using Node.NetworkNamespaces.NetworkNamespace? place = Namespace is null ? null
                : Node.NetworkNamespaces.NetworkNamespace.Open(Namespace);
            int ended = 0;

            // Each transport by itself: a stall of one must not make the other wait.
            Task<DnsProbeResult>[] running = [
                .. Transport.Distinct().Select(
                    t => Task.Run(
                        () => DnsProber.RunAsync(place, request, t, _ => Interlocked.Increment(ref ended), Stopped)))];
            Wait(running, request, () => ended);
            foreach (Task<DnsProbeResult> one in running)
            {
                WriteObject(one.GetAwaiter().GetResult() with { ServerOrigin = origin });
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }

    private void Wait(Task[] running, DnsProbeRequest request, Func<int> ended)
    {
        long start = Stopwatch.GetTimestamp();
        double total = request.Count * running.Length;
        TaskProgress.Wait(this, Task.WhenAll(running), $"Asking {request.Server}", progress =>
        {
            progress.StatusDescription = string.Create(CultureInfo.InvariantCulture,
                $"{ended()} of {total:0} look-ups ended, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
            progress.PercentComplete = (int)(100 * ended() / total);
        });
    }
}
