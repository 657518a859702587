namespace VxlanCsum.Probes;

/// <summary>When this machine sends again what got no answer, and forgets what it translated.</summary>
internal sealed record RetryFacts
{
    /// <summary>How long a NAT binding of a UDP flow lives that nothing answers:
    /// net.netfilter.nf_conntrack_udp_timeout.</summary>
    public TimeSpan BindingLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many SYNs are sent again a second apart before the pauses double: net.ipv4.tcp_syn_linear_timeouts,
    /// since Linux 6.5.</summary>
    public int LinearSyns { get; init; }

    /// <summary>How long a resolver waits before it asks again (resolv.conf(5): RES_TIMEOUT).</summary>
    public TimeSpan ResolverTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The retransmission that comes first after a pause in which a binding expires.</summary>
    public int ExpiryRetransmission
    {
        get
        {
            int number = 1;
            while (Pause(number) <= BindingLifetime)
            {
                number++;
            }

            return number;
        }
    }

    /// <summary>When the SYN is sent again for the n-th time, after the first.</summary>
    public TimeSpan SentAt(int retransmission) =>
        TimeSpan.FromTicks(Enumerable.Range(1, retransmission).Sum(n => Pause(n).Ticks));

    /// <summary>How many SYNs had been sent again after so long a time.</summary>
    public int RetransmissionsIn(TimeSpan time)
    {
        int number = 0;
        while (SentAt(number + 1) <= time)
        {
            number++;
        }

        return number;
    }

    // TCP_TIMEOUT_INIT is a second.
    private TimeSpan Pause(int retransmission) =>
        TimeSpan.FromSeconds(Math.Pow(2, Math.Clamp(retransmission - 1 - LinearSyns, 0, 30)));
}
