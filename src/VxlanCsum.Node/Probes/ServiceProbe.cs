using System.Globalization;
using System.Net.Sockets;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Probes;

/// <summary>Asks through a service address as a client does, and says whether it answers at once.</summary>
internal static class ServiceProbe
{
    private const int Attempts = 3;

    /// <summary>Below the first retransmission of TCP (1 s) and of a resolver (5 s).</summary>
    private static readonly TimeSpan s_atOnce = TimeSpan.FromMilliseconds(900);

    /// <exception cref="NodeException">The namespace is gone.</exception>
    public static (bool Well, string Line) Run(string? namespaceSpec, ServiceAddress service,
        CancellationToken cancellation)
    {
        using NetworkNamespace? place = namespaceSpec is null ? null : NetworkNamespace.Open(namespaceSpec);
        return service.IsDns ? Dns(place, service, cancellation) : Connect(place, service, cancellation);
    }

    private static (bool Well, string Line) Dns(NetworkNamespace? place, ServiceAddress service,
        CancellationToken cancellation)
    {
        var request = new DnsProbeRequest(service.EndPoint, ClusterDns.WellKnownName(null), "A", Attempts, s_atOnce);
        DnsProbeResult[] results = Task.WhenAll(((DnsTransport[])[DnsTransport.Tcp, DnsTransport.Udp])
            .Select(t => DnsProber.RunAsync(place, request, t, null, cancellation))).GetAwaiter().GetResult();
        IEnumerable<string> each = results.Select(
            static r => $"{r.Transport.ToString().ToUpperInvariant()} "
                + $"{string.Join(", ", r.Attempts.Select(static a => Ending(a.Outcome, a.Latency)))}");
        return (results.All(static r => r.Answered == Attempts),
            $"probe of {service.EndPoint}: {string.Join("; ", each)}");
    }

    private static (bool Well, string Line) Connect(NetworkNamespace? place, ServiceAddress service,
        CancellationToken cancellation)
    {
        var sockets = new ProbeSockets(place, null);
        var handshakes = new List<TcpHandshake>();
        for (int i = 0; i < Attempts; i++)
        {
            using Socket socket = sockets.Create(service.EndPoint.AddressFamily, tcp: true);
            handshakes.Add(TcpHandshake.TryAsync(socket, service.EndPoint, s_atOnce, cancellation).GetAwaiter()
                .GetResult());
        }

        return (handshakes.TrueForAll(static h => h.IsUp),
            $"probe of {service.EndPoint}: TCP "
                + $"{string.Join(", ", handshakes.Select(static h => Ending(h.Outcome, h.Time)))}");
    }

    private static string Ending(DnsProbeOutcome outcome, TimeSpan? time) => outcome switch
    {
        DnsProbeOutcome.Answered => string.Create(CultureInfo.InvariantCulture, $"{time?.TotalMilliseconds:0} ms"),
        DnsProbeOutcome.NoAnswer =>
            string.Create(CultureInfo.InvariantCulture, $"no answer within {s_atOnce.TotalSeconds} s"),
        DnsProbeOutcome.Refused => "refused",
        _ => "failed",
    };
}
