namespace VxlanCsum.LabTests;

/// <summary>
/// Tests beside which no other may run: they count this process's descriptors and threads, hold the lock that iptables
/// has for the whole machine, or read what the kernel says of all namespaces (its log, its drops, its BPF programs).
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>How many of the other classes run at a time.</summary>
    public const int MostAtOnce = 6;
}
