namespace VxlanCsum.Netfilter.Rules;

/// <summary>What a chain has that the kernel itself calls.</summary>
internal sealed record HookPlace
{
    /// <summary>Null while only a policy was read, and not yet which table's.</summary>
    public string? Hook { get; init; }

    public int Priority { get; init; }

    public bool IsNat { get; init; }

    public string? Policy { get; init; }

    public long? Packets { get; init; }

    public long? Bytes { get; init; }
}
