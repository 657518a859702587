using VxlanCsum.Probes;
using Xunit;

namespace VxlanCsum.UnitTests.Probes;

public sealed class DnsSymptomsTests
{
    private static readonly RetryFacts s_old = new(), s_new = new() { LinearSyns = 4 };
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(70);

    [Fact]
    public void TheTimetableOfSynsIsTheKernels()
    {
        Assert.Equal([1, 3, 7, 15, 31, 63], Enumerable.Range(1, 6).Select(n => s_old.SentAt(n).TotalSeconds));
        Assert.Equal(6, s_old.ExpiryRetransmission);

        // tcp_syn_linear_timeouts: 1, 1, 1, 1, 1, 2, 4 ... (Documentation/networking/ip-sysctl.rst); 67 s to the last
        // of ten.
        Assert.Equal([1, 2, 3, 4, 5, 7, 11, 19, 35, 67],
            Enumerable.Range(1, 10).Select(n => s_new.SentAt(n).TotalSeconds));
        Assert.Equal(10, s_new.ExpiryRetransmission);
        Assert.Equal((0, 1, 6),
            (s_old.RetransmissionsIn(TimeSpan.FromSeconds(0.5)), s_old.RetransmissionsIn(TimeSpan.FromSeconds(1.02)),
                s_old.RetransmissionsIn(TimeSpan.FromSeconds(63.1))));
    }

    [Theory]
    [InlineData(0, DnsSymptom.Healthy, "nothing lost")]
    [InlineData(1, DnsSymptom.SynRetransmit1s, "sent again after 1 s")]
    [InlineData(2, DnsSymptom.SynRetransmit1s, "sent again after 3 s")]
    [InlineData(5, DnsSymptom.SynRetransmit1s, "sent again after 31 s")]
    [InlineData(6, DnsSymptom.ConntrackExpiry63s, "sent again after 63 s")]
    [InlineData(7, DnsSymptom.ConntrackExpiry63s, "30 s for which connection tracking keeps")]
    public void AConnectionIsJudgedByTheSynsThatWereLost(int lost, DnsSymptom symptom, string words)
    {
        (DnsSymptom Symptom, string Mechanism) counted = Judge(DnsTransport.Tcp, s_old,
            Tcp(s_old.SentAt(lost).TotalSeconds + 0.01, lost));
        Assert.Equal(symptom, counted.Symptom);
        Assert.Contains(words, counted.Mechanism, StringComparison.Ordinal);

        // Where the kernel does not count, by the time.
        Assert.Equal(counted, Judge(DnsTransport.Tcp, s_old, Tcp(s_old.SentAt(lost).TotalSeconds + 0.01, null)));
    }

    [Theory]
    [InlineData(9, 30, DnsSymptom.SynRetransmit1s)]
    [InlineData(10, 30, DnsSymptom.ConntrackExpiry63s)]
    [InlineData(7, 3, DnsSymptom.ConntrackExpiry63s)]
    [InlineData(1, 0.5, DnsSymptom.SynRetransmit1s)]
    public void WhenABindingExpiresFollowsFromTheNodesSettings(int lost, double lifetime, DnsSymptom symptom)
    {
        RetryFacts facts = s_new with { BindingLifetime = TimeSpan.FromSeconds(lifetime) };
        Assert.Equal(symptom, Judge(DnsTransport.Tcp, facts, Tcp(1, lost)).Symptom);
    }

    [Fact]
    public void ASlowServerIsNoLostPacket()
    {
        (DnsSymptom symptom, string mechanism) = Judge(DnsTransport.Tcp, s_old,
            Tcp(0.01, 0) with { Latency = TimeSpan.FromSeconds(5) });
        Assert.Equal(DnsSymptom.Healthy, symptom);
        Assert.Contains("the server's own time", mechanism, StringComparison.Ordinal);
        Assert.Equal(DnsSymptom.Healthy,
            Judge(DnsTransport.Udp, s_old, Udp(0) with { Latency = TimeSpan.FromSeconds(6) }).Symptom);
    }

    [Fact]
    public void AQueryThatWasAskedAgainIsTheResolversStall()
    {
        (DnsSymptom symptom, string mechanism) = Judge(DnsTransport.Udp, s_old, Udp(0), Udp(1), Udp(0));
        Assert.Equal(DnsSymptom.ResolverRetry5s, symptom);
        Assert.StartsWith("1 of 3 look-ups", mechanism, StringComparison.Ordinal);
        Assert.Contains("5 s later", mechanism, StringComparison.Ordinal);
    }

    [Fact]
    public void TheWorstNamesTheWhole()
    {
        DnsProbeAttempt none = new() { Outcome = DnsProbeOutcome.NoAnswer, Retransmissions = 1 },
            refused = new() { Outcome = DnsProbeOutcome.Refused };
        Assert.Equal(DnsSymptom.NoAnswer, Judge(DnsTransport.Udp, s_old, Udp(0), Udp(1), refused, none).Symptom);
        Assert.Equal(DnsSymptom.ResolverRetry5s, Judge(DnsTransport.Udp, s_old, Udp(0), Udp(1), refused).Symptom);
        Assert.Equal(DnsSymptom.Refused, Judge(DnsTransport.Udp, s_old, Udp(0), refused).Symptom);
        Assert.Equal(DnsSymptom.ConntrackExpiry63s, Judge(DnsTransport.Tcp, s_old, Tcp(1, 1), Tcp(63, 6)).Symptom);
    }

    [Fact]
    public void NoAnswerSaysHowFarItGot()
    {
        DnsProbeAttempt silent = new() { Outcome = DnsProbeOutcome.NoAnswer },
            connected = silent with { ConnectTime = TimeSpan.FromMilliseconds(2) };
        Assert.Contains("lasts 63 s and shows with a longer -Timeout",
            DnsSymptoms.Judge(DnsTransport.Tcp, [silent], s_old, TimeSpan.FromSeconds(10)).Mechanism,
            StringComparison.Ordinal);
        Assert.Contains("cannot be reached", DnsSymptoms.Judge(DnsTransport.Tcp, [silent], s_old, s_patience).Mechanism,
            StringComparison.Ordinal);
        Assert.Contains("connections came up",
            DnsSymptoms.Judge(DnsTransport.Tcp, [connected], s_old, s_patience).Mechanism, StringComparison.Ordinal);
        Assert.Contains("3 queries were sent",
            DnsSymptoms.Judge(DnsTransport.Udp, [silent with { Retransmissions = 2 }], s_old, s_patience).Mechanism,
            StringComparison.Ordinal);
        Assert.EndsWith(": no route.",
            DnsSymptoms.Judge(DnsTransport.Udp, [new() { Outcome = DnsProbeOutcome.Failed, Error = "no route" }], s_old,
                s_patience).Mechanism, StringComparison.Ordinal);
    }

    private static (DnsSymptom Symptom, string Mechanism) Judge(DnsTransport transport, RetryFacts facts,
        params DnsProbeAttempt[] attempts) =>
        DnsSymptoms.Judge(transport, attempts, facts, s_patience);

    private static DnsProbeAttempt Tcp(double connect, int? lost) => new()
    {
        ConnectTime = TimeSpan.FromSeconds(connect),
        Latency = TimeSpan.FromSeconds(connect) + TimeSpan.FromMilliseconds(1),
        Retransmissions = lost,
        ResponseCode = "NoError",
    };

    private static DnsProbeAttempt Udp(int lost) =>
        new() { Latency = TimeSpan.FromSeconds((5 * lost) + 0.002), Retransmissions = lost, ResponseCode = "NoError" };
}
