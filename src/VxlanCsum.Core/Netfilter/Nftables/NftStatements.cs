using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>What a rule of nft consists of.</summary>
internal sealed class NftStatements
{
    public List<RuleOp> Ops { get; } = [];

    public List<RuleMatch> Matches { get; } = [];

    public long? Packets { get; set; }

    public long? Bytes { get; set; }

    public string? Comment { get; set; }

    /// <summary>The rule without its counter's numbers.</summary>
    public string Text { get; set; } = string.Empty;
}
