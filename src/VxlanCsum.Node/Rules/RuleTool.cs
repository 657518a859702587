namespace VxlanCsum.Node.Rules;

/// <summary>A program that prints a backend's rules.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Backend">What it shows; Unknown where its own first line says.</param>
/// <param name="Family">Of the rules it shows.</param>
internal sealed record RuleTool(string Program, NetfilterBackend Backend, NetfilterFamily Family)
{
    /// <summary>The programs of both flavours, as distributions name them since iptables 1.8.</summary>
    public static IReadOnlyList<RuleTool> Flavoured { get; } =
    [
        new("iptables-legacy-save", NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv4),
        new("ip6tables-legacy-save", NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv6),
        new("iptables-nft-save", NetfilterBackend.IptablesNft, NetfilterFamily.IPv4),
        new("ip6tables-nft-save", NetfilterBackend.IptablesNft, NetfilterFamily.IPv6),
    ];

    /// <summary>Those of a machine.</summary>
    public static RuleTool[] Among(Predicate<string> isInstalled)
    {
        RuleTool[] flavoured = [.. Flavoured.Where(t => isInstalled(t.Program))];
        return flavoured.Length > 0 ? flavoured : [.. Plain.Where(t => isInstalled(t.Program))];
    }

    /// <summary>The only names before 1.8, and on systems with one flavour.</summary>
    public static IReadOnlyList<RuleTool> Plain { get; } =
    [
        new("iptables-save", NetfilterBackend.Unknown, NetfilterFamily.IPv4),
        new("ip6tables-save", NetfilterBackend.Unknown, NetfilterFamily.IPv6),
    ];
}
