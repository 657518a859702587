using System.Globalization;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Probes;

namespace VxlanCsum.Node.Probes;

/// <summary>Asks a server again and again by one transport, and judges what came.</summary>
internal static class DnsProber
{
    private const string BindingLifetime = "/proc/sys/net/netfilter/nf_conntrack_udp_timeout",
        LinearSyns = "/proc/sys/net/ipv4/tcp_syn_linear_timeouts";

    /// <param name="place">The network namespace, held open by the caller; null for the session's own.</param>
    /// <param name="request">What to ask.</param>
    /// <param name="transport">UDP or TCP.</param>
    /// <param name="done">Told of each look-up that has ended, on any thread.</param>
    /// <param name="cancellation">Ends it at once.</param>
    /// <exception cref="NodeException">The source address cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<DnsProbeResult> RunAsync(
        NetworkNamespace? place, DnsProbeRequest request, DnsTransport transport, Action<DnsProbeAttempt>? done,
        CancellationToken cancellation)
    {
        RetryFacts facts = NetworkNamespace.Within(place, ReadFacts);
        var lookup = new DnsLookup(request, new ProbeSockets(place, request.Source), facts.ResolverTimeout);
        var attempts = new DnsProbeAttempt[request.Count];
        for (int i = 0; i < attempts.Length; i++)
        {
            attempts[i] = await lookup.AskAsync(transport, i + 1, cancellation).ConfigureAwait(false);
            done?.Invoke(attempts[i]);
        }

        (DnsSymptom symptom, string mechanism) = DnsSymptoms.Judge(transport, attempts, facts, request.Patience);
        return new DnsProbeResult
        {
            Server = request.Server.Address.ToString(),
            Port = request.Server.Port,
            Name = request.Name,
            QueryType = request.QueryType,
            Transport = transport,
            Symptom = symptom,
            Mechanism = mechanism,
            Attempts = attempts,
            SourceAddress = request.Source?.ToString(),
            NetworkNamespace = place?.Spec,
        };
    }

    private static RetryFacts ReadFacts()
    {
        var facts = new RetryFacts();
        return facts with
        {
            BindingLifetime = Number(BindingLifetime) is { } seconds ? TimeSpan.FromSeconds(seconds)
                : facts.BindingLifetime,
            LinearSyns = Number(LinearSyns) ?? facts.LinearSyns,
        };
    }

    private static int? Number(string path)
    {
        try
        {
            return int.TryParse(NamespaceFile.ReadAllText(path), NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out int number) ? number : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Connection tracking is not loaded, or the kernel is older than the setting.
            return null;
        }
    }
}
