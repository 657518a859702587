namespace VxlanCsum.Netfilter.Rules;

/// <summary>A named set or map of nft, with its elements as they are written.</summary>
internal sealed class NftSet(string name)
{
    public string Name { get; } = name;

    /// <summary>Each element's fields ("10.96.0.10", "udp", "53"), and for a verdict map what is done with
    /// it.</summary>
    public List<(string[] Key, string? Data)> Elements { get; } = [];
}
