using System.Globalization;

namespace VxlanCsum.Probes;

/// <summary>
/// From look-ups to what they have in common. A stall is told by what was sent twice, not by the time alone: a slow
/// server is no lost packet.
/// </summary>
internal static class DnsSymptoms
{
    public static (DnsSymptom Symptom, string Mechanism) Judge(DnsTransport transport,
        IReadOnlyList<DnsProbeAttempt> attempts, RetryFacts facts, TimeSpan patience)
    {
        DnsSymptom[] each = [.. attempts.Select(a => Judge(transport, a, facts))];

        // The one that says most: what stalls may also be lost, and a server that refuses once is not the network's
        // fault.
        DnsSymptom worst = ((DnsSymptom[])[DnsSymptom.NoAnswer, DnsSymptom.ConntrackExpiry63s,
            DnsSymptom.SynRetransmit1s, DnsSymptom.ResolverRetry5s, DnsSymptom.Refused])
            .FirstOrDefault(each.Contains, DnsSymptom.Healthy);
        DnsProbeAttempt[] such = [.. attempts.Where((_, i) => each[i] == worst)];
        string share = string.Create(CultureInfo.InvariantCulture, $"{such.Length} of {attempts.Count}");
        return (worst, worst switch
        {
            DnsSymptom.Healthy => Healthy(attempts),
            DnsSymptom.ResolverRetry5s =>
                $"{share} look-ups lost their first query without a word, and one that a resolver sends "
                + $"{Seconds(facts.ResolverTimeout)} later, "
                + "from a new port and so perhaps to another pod of the service, was answered: this is how datagrams "
                + "look that are dropped for their checksum on the way to some of the pods.",
            DnsSymptom.SynRetransmit1s =>
                $"{share} connections lost their first SYN, and the one that was sent again after "
                + $"{Seconds(facts.SentAt(Lost(such, facts)))} came through: "
                + "it has no masquerade mark any more, and its tunnel packet has another source port and so none of "
                + "the NAT binding of the first.",
            DnsSymptom.ConntrackExpiry63s =>
                $"{share} connections came up only with the SYN that was sent again after "
                + $"{Seconds(facts.SentAt(Lost(such, facts)))}, the first to follow a pause longer than the "
                + $"{Seconds(facts.BindingLifetime)} for which connection tracking keeps the NAT binding that the "
                + $"tunnel packet of the first SYN made (nf_conntrack_udp_timeout).",
            DnsSymptom.Refused => Refused(share, such),
            _ => NoAnswer(transport, share, such, facts, patience),
        });
    }

    private static DnsSymptom Judge(DnsTransport transport, DnsProbeAttempt attempt, RetryFacts facts) =>
        attempt.Outcome switch
        {
            DnsProbeOutcome.Refused => DnsSymptom.Refused,
            DnsProbeOutcome.NoAnswer or DnsProbeOutcome.Failed => DnsSymptom.NoAnswer,
            _ => (transport, Lost(attempt, facts)) switch
            {
                (_, 0) => DnsSymptom.Healthy,
                (DnsTransport.Udp, _) => DnsSymptom.ResolverRetry5s,

                // A single retransmission is what every lost SYN gets; only a later one tells of an expiry.
                (_, var lost) => lost > 1 && lost >= facts.ExpiryRetransmission ? DnsSymptom.ConntrackExpiry63s
                    : DnsSymptom.SynRetransmit1s,
            },
        };

    /// <summary>What was lost before something was answered; where the kernel does not say, as the time
    /// tells.</summary>
    private static int Lost(DnsProbeAttempt attempt, RetryFacts facts) =>
        attempt.Retransmissions ?? (attempt.ConnectTime is { } time ? facts.RetransmissionsIn(time) : 0);

    private static int Lost(DnsProbeAttempt[] attempts, RetryFacts facts) => attempts.Max(a => Lost(a, facts));

    private static string Healthy(IReadOnlyList<DnsProbeAttempt> attempts)
    {
        string all = attempts.Count == 1 ? "The look-up was"
            : string.Create(CultureInfo.InvariantCulture, $"All {attempts.Count} look-ups were");
        string? code = attempts.Select(static a => a.ResponseCode)
            .LastOrDefault(static c => c is not (null or "NoError"));
        TimeSpan slowest = attempts.Max(static a => a.Latency) ?? default;
        return $"{all} answered{(code is null ? "" : $" ({code})")} with nothing lost; the slowest took "
            + $"{Seconds(slowest)}"
            + (slowest >= TimeSpan.FromSeconds(1) ? ", which is the server's own time or its upstream's." : ".");
    }

    private static string Refused(string share, DnsProbeAttempt[] such) => such[^1].ResponseCode is { } code
        ? $"{share} look-ups were answered with {code}: the server was reached and does not serve this name to us."
        : $"{share} look-ups were turned away at once: nothing listens there, the service has no ready pod, for which "
            + "kube-proxy rejects, or a rule on this node forbids sending.";

    private static string NoAnswer(DnsTransport transport, string share, DnsProbeAttempt[] such, RetryFacts facts,
        TimeSpan patience)
    {
        string what = $"{share} look-ups got no answer within {Seconds(patience)}";
        if (such.FirstOrDefault(static a => a.Outcome == DnsProbeOutcome.Failed) is { } failed)
        {
            return $"{what}: {failed.Error?.TrimEnd('.')}.";
        }

        if (transport == DnsTransport.Udp)
        {
            int sent = such.Max(static a => a.Retransmissions ?? 0) + 1;
            return string.Create(CultureInfo.InvariantCulture, $"{what}, ")
                + (sent > 1 ? string.Create(CultureInfo.InvariantCulture,
                    $"though {sent} queries were sent, each from a new port: ") : "not even a refusal: ")
                + "the server is silent or cannot be reached, or every datagram to it is dropped without a word, as "
                + "those with a wrong checksum are.";
        }

        TimeSpan expiry = facts.SentAt(facts.ExpiryRetransmission);
        return such.Any(static a => a.ConnectTime is null)
            ? $"{what}: not even the handshake ended"
                + (patience <= expiry
                    ? $", which may also be a stall that lasts {Seconds(expiry)} and shows with a longer -Timeout only."
                    : ", nor once a NAT binding would have expired: the server cannot be reached.")
            : $"{what}: connections came up, and the server or what is behind it stayed silent.";
    }

    private static string Seconds(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s");
}
