namespace VxlanCsum.Node.Mitigations;

/// <summary>What is to be read of a node.</summary>
/// <param name="ServiceNetworks">The networks of the service addresses, if known.</param>
/// <param name="IsWanted">Whether a tunnel device is to be looked at.</param>
/// <param name="Timeout">How long to wait for locks.</param>
internal sealed record FactRequest(IReadOnlyList<string> ServiceNetworks, Func<string, bool> IsWanted,
    TimeSpan Timeout);
