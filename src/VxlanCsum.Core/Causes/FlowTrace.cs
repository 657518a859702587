namespace VxlanCsum.Causes;

/// <summary>What is remembered of one inner flow, to compare it with the flow of its answers.</summary>
internal sealed class FlowTrace(DirectionSums direction)
{
    /// <summary>That it was first seen in.</summary>
    public DirectionSums Direction { get; } = direction;

    /// <summary>An unfinished packet was seen, and one that carries data.</summary>
    public bool Seed, Data;

    /// <summary>Packets without a wrong checksum.</summary>
    public long Right;

    /// <summary>A packet without a wrong checksum.</summary>
    public static bool IsRight(in Observation seen) => seen.Worst <= ChecksumStatus.Partial;

    public static bool IsSeed(in Observation seen) => seen.HasInner && seen.Inner.Status == ChecksumStatus.Partial;

    /// <summary>A TCP header has at most 60 bytes: what is longer carries data, so the handshake was done.</summary>
    public static bool IsData(in Observation seen) =>
        seen.Flow.Protocol != ChecksumProtocol.Tcp || seen.Inner.Length > LongestTcpHeader;

    public const int LongestTcpHeader = 60;
}
