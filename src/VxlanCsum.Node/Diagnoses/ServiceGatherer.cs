using VxlanCsum.Diagnoses;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Probes;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>Asks a service, as Test-KubeServiceDns does.</summary>
internal static class ServiceGatherer
{
    private const int Attempts = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <exception cref="NodeException">The service is not known, or cannot be asked.</exception>
    public static Answers Ask(DiagnosisRequest request, NetworkNamespace? place,
        CancellationToken cancellation)
    {
        ClusterDns? cluster = request.ProbeServer is null
            ? ClusterDns.Find(request.NetworkNamespace, request.Timeout, cancellation) : null;
        ServiceAddress[] servers = request.ProbeServer is null
            ? [.. cluster!.Servers.Select(static s => ServiceAddress.Parse(s.ToString()))]
            : [ServiceAddress.Parse(request.ProbeServer)];
        string name = request.ProbeName is null ? ClusterDns.WellKnownName(cluster?.Domain)
            : DnsMessage.Canonical(request.ProbeName);
        Task<DnsProbeResult>[] running =
        [
            .. servers.SelectMany(s => ((DnsTransport[])[DnsTransport.Udp, DnsTransport.Tcp]).Select(t => Task.Run(
                () => DnsProber.RunAsync(place, new DnsProbeRequest(s.EndPoint, name, "A", Attempts, s_patience), t,
                    null, cancellation), cancellation))),
        ];
        Task<LargePacketProbe?>[] large =
        [
            .. servers.Select(s => Task.Run(() => LargeQuery.RunAsync(place,
                new DnsProbeRequest(s.EndPoint, name, "A", 1, s_patience), cancellation), cancellation)),
        ];
        Task.WaitAll([.. running, .. large], CancellationToken.None);
        return new Answers(
            [.. running.Select(r => r.GetAwaiter().GetResult() with { ServerOrigin = cluster?.Origin })],
            [.. large.Select(static l => l.GetAwaiter().GetResult()).OfType<LargePacketProbe>()]);
    }

    /// <summary>How a service answers.</summary>
    /// <param name="Probes">Look-ups, one a server and transport.</param>
    /// <param name="Large">What became of large segments, where the small ones' connection comes up.</param>
    internal sealed record Answers(DnsProbeResult[] Probes, LargePacketProbe[] Large);
}
