namespace VxlanCsum.Netfilter.Rules;

/// <summary>Recognises who made a rule, and in which age.</summary>
internal static class RuleGenerations
{
    public static RuleGeneration Of(NetfilterRule rule)
    {
        ReadOnlySpan<byte> chain = rule.Owner.Name8;
        string? comment = rule.Comment;
        if (chain.StartsWith("cali-"u8) || comment?.StartsWith("cali:", StringComparison.Ordinal) == true)
        {
            return RuleGeneration.Calico;
        }

        if (chain.StartsWith("FLANNEL-"u8) || comment is "flanneld masq" or "flanneld forward")
        {
            return RuleGeneration.Flannel;
        }

        return OfProxy(rule, chain);
    }

    private static RuleGeneration OfProxy(NetfilterRule rule, ReadOnlySpan<byte> chain)
    {
        bool isNft = rule.Backend == NetfilterBackend.Nftables;
        return chain.SequenceEqual("KUBE-POSTROUTING"u8) && (!isNft || rule.Table == "nat") ? Iptables(rule)
            : chain.SequenceEqual("masquerading"u8) && isNft && rule.Table == "kube-proxy" ? Nftables(rule)
            : RuleGeneration.Other;
    }

    private static RuleGeneration Iptables(NetfilterRule rule)
    {
        if (rule.Target == "MASQUERADE" && rule.MatchSet is not null)
        {
            return RuleGeneration.IpvsHairpin;
        }

        if (rule is { Target: "MASQUERADE", Mark: { Negated: false, Value: > 0 } })
        {
            return rule.RandomFully ? RuleGeneration.G1 : RuleGeneration.G0;
        }

        // RETURN what is not marked, flip the mark, MASQUERADE the rest: each is of its age by the flip between them.
        return IsClearing(rule.Owner)
            && (rule is { Target: "RETURN", Mark.Negated: true } or { MarkOperation: not null }
                or { Target: "MASQUERADE", Mark: null })
            ? RuleGeneration.G2
            : RuleGeneration.Other;
    }

    private static RuleGeneration Nftables(NetfilterRule rule)
    {
        bool clears = rule.MarkOperation is not null;
        bool masquerades = rule.Target == "MASQUERADE";
        if (rule.Program.Find<MarkCondition>() is not null && clears && masquerades)
        {
            return RuleGeneration.NftGen2;
        }

        // The hairpin rule asks for connections that were DNATed; it is of either age.
        return rule.Program.Find<StateCondition>() is not null ? RuleGeneration.Other
            : IsClearing(rule.Owner) && (clears || masquerades || rule is { Target: "RETURN", Mark: not null })
                ? RuleGeneration.NftGen1
            : RuleGeneration.Other;
    }

    /// <summary>Some rule of the chain changes the mark and does nothing else.</summary>
    private static bool IsClearing(NetfilterChain chain) =>
        chain.ClearsMark ??= chain.Rules.Any(static r => r is { MarkOperation: not null, Target: "MARK" });
}
