using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>accept, drop, return, jump and goto, as statements and in maps.</summary>
internal static class NftVerdicts
{
    private static readonly HashSet<string> s_statements = new(StringComparer.Ordinal)
    {
        "counter", "comment", "accept", "drop", "return", "continue", "jump", "goto", "reject", "log", "queue", "notrack",
        "masquerade", "snat", "dnat", "redirect", "limit", "meta", "iifname", "oifname", "iif", "oif", "fib",
    };

    // These may also be arguments ("log flags ip options", "reject with icmp type ..."), so only a known field behind them counts.
    private static readonly HashSet<string> s_fields = new(StringComparer.Ordinal) { "saddr", "daddr", "sport", "dport", "mark", "state", "status", "protocol" };

    public static bool BeginsStatement(List<NftToken> tokens, int at)
    {
        NftToken token = tokens[at];
        return !token.Quoted && (s_statements.Contains(token.Text)
            || (token.Text is "ip" or "ip6" or "tcp" or "udp" or "th" or "ct" && at + 1 < tokens.Count && s_fields.Contains(tokens[at + 1].Text)));
    }

    /// <summary>Reads one; null for "continue", which does nothing.</summary>
    public static RuleAction? Parse(List<NftToken> tokens, ref int at, NetfilterTable table)
    {
        string keyword = tokens[at++].Text;
        if (keyword is "jump" or "goto")
        {
            return Jump(table, at < tokens.Count ? tokens[at++].Text : string.Empty, keyword);
        }

        return Simple(keyword);
    }

    /// <summary>Reads the right side of a map's element; null where it is no verdict.</summary>
    public static RuleAction? Parse(string? data, NetfilterTable table)
    {
        string[] words = data?.Split(' ', 2) ?? [];
        return words switch
        {
            ["jump" or "goto", var chain] => Jump(table, chain, words[0]),
            ["continue"] => new PassAction(null),
            [var one] => Simple(one),
            _ => null,
        };
    }

    private static JumpAction Jump(NetfilterTable table, string chain, string keyword)
    {
        chain = Text.SafeText.Escape(chain);
        return new JumpAction(chain, table.Find(chain), keyword == "goto");
    }

    private static VerdictAction? Simple(string keyword) => keyword switch
    {
        "accept" => new VerdictAction(Verdict.Accept, "ACCEPT"),
        "drop" => new VerdictAction(Verdict.Drop, "DROP"),
        "return" => new VerdictAction(Verdict.Return, "RETURN"),
        _ => null,
    };
}
