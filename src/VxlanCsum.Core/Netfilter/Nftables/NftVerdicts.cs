using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>accept, drop, return, jump and goto, as statements and in maps.</summary>
internal static class NftVerdicts
{
    private static readonly HashSet<string> s_statements = new(StringComparer.Ordinal)
    {
        "counter", "comment", "accept", "drop", "return", "continue", "jump", "goto", "reject", "log", "queue",
        "notrack",
        "masquerade", "snat", "dnat", "redirect", "limit", "quota", "xt", "meta", "iifname", "oifname", "iif", "oif",
        "fib",
        "iifgroup", "oifgroup", "skuid", "skgid", "jhash", "symhash", "tproxy", "synproxy", "dup", "fwd", "flow",
    };

    // These may also be arguments ("log flags ip options", "meta mark set ip daddr map ..."), so only a field behind
    // them counts.
    private static readonly Dictionary<string, string[]> s_fields = new(StringComparer.Ordinal)
    {
        ["ip"] = ["saddr", "daddr", "protocol", "version", "hdrlength", "dscp", "ecn", "length", "id", "frag-off",
            "ttl", "checksum", "option"],
        ["ip6"] = ["saddr", "daddr", "nexthdr", "version", "dscp", "ecn", "flowlabel", "length", "hoplimit"],
        ["tcp"] = ["sport", "dport", "flags", "sequence", "ackseq", "doff", "reserved", "window", "checksum", "urgptr",
            "option"],
        ["udp"] = ["sport", "dport", "length", "checksum"],
        ["udplite"] = ["sport", "dport", "checksum"],
        ["sctp"] = ["sport", "dport", "vtag", "checksum", "chunk"],
        ["dccp"] = ["sport", "dport", "type", "option"],
        ["th"] = ["sport", "dport"],
        ["ct"] =
        [
            "mark", "state", "status", "direction", "zone", "original", "reply", "protocol", "l3proto", "label",
            "helper", "expiration",
            "id", "bytes", "packets", "avgpkt", "count", "secmark", "timeout", "expectation", "event",
        ],
        ["icmp"] = ["type", "code", "checksum", "id", "sequence", "mtu", "gateway"],
        ["icmpv6"] = ["type", "code", "checksum", "id", "sequence", "mtu", "parameter-problem"],
        ["ether"] = ["saddr", "daddr", "type"],
        ["rt"] = ["classid", "nexthop", "mtu", "type", "ipsec"],
        ["socket"] = ["transparent", "mark", "wildcard", "cgroupv2"],
        ["exthdr"] = ["hbh", "frag", "rt", "dst", "mh", "srh"],
        ["numgen"] = ["random", "inc"],
        ["esp"] = ["spi", "sequence"],
        ["ah"] = ["spi", "sequence", "nexthdr", "hdrlength", "reserved"],
        ["igmp"] = ["type", "checksum", "mrt", "group"],
        ["mark"] = ["set", "and", "&", "or", "|", "xor", "^", "==", "!=", "<", ">", "<=", ">=", "{"],
    };

    public static bool BeginsStatement(List<NftToken> tokens, int at)
    {
        NftToken token = tokens[at];
        return !token.Quoted && (s_statements.Contains(token.Text)
            || token.Text.StartsWith('@')
            || (at + 1 < tokens.Count && s_fields.TryGetValue(token.Text, out string[]? fields)
                && Array.IndexOf(fields, tokens[at + 1].Text) >= 0));
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
