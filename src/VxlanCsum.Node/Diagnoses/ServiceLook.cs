using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Probes;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>Asks a service, as Test-KubeServiceDns does.</summary>
internal static class ServiceLook
{
    private const int Attempts = 2;
    private const string UsualName = "kubernetes.default.svc.", UsualDomain = "cluster.local";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <exception cref="NodeException">The service is not known, or cannot be asked.</exception>
    public static DnsProbeResult[] Ask(DiagnosisRequest request, NetworkNamespace? place, CancellationToken cancellation)
    {
        ClusterDns? cluster = request.ProbeServer is null ? ClusterDns.Find(request.NetworkNamespace, request.Timeout, cancellation) : null;
        ServiceAddress[] servers = request.ProbeServer is null
            ? [.. cluster!.Servers.Select(static s => ServiceAddress.Parse(s.ToString()))]
            : [ServiceAddress.Parse(request.ProbeServer)];
        string name = Canonical(request.ProbeName ?? UsualName + (cluster?.Domain ?? UsualDomain));
        Task<DnsProbeResult>[] running =
        [
            .. servers.SelectMany(s => ((DnsTransport[])[DnsTransport.Udp, DnsTransport.Tcp]).Select(t => Task.Run(
                () => DnsProber.RunAsync(place, new DnsProbeRequest(s.EndPoint, name, "A", Attempts, s_patience), t, null, cancellation), cancellation))),
        ];
        return [.. Task.WhenAll(running).GetAwaiter().GetResult().Select(r => r with { ServerOrigin = cluster?.Origin })];
    }

    private static string Canonical(string name)
    {
        try
        {
            return DnsMessage.Canonical(name);
        }
        catch (ArgumentException e)
        {
            throw new NodeException(NodeErrorId.DnsNameInvalid, NodeFailure.InvalidArgument, name, $"'{SafeText.Escape(name)}' cannot be asked for: {SafeText.Escape(e.Message)}", null, e);
        }
    }
}
