using System.Collections.Frozen;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>Reads the name of a packet's field.</summary>
internal static class NftSelectorParser
{
    // The first word tells how the rest is read.
    private static readonly FrozenDictionary<string, FieldReader> s_fields =
        new (FieldReader Reader, string[] Words)[]
        {
            (Meta, ["meta"]),
            (BareMeta, ["mark", "iifname", "oifname", "iif", "oif", "skuid", "skgid", "l4proto", "nfproto", "iifgroup",
                "oifgroup", "cgroup", "pkttype", "rtclassid", "cpu", "priority"]),
            (Connection, ["ct"]),
            (Ip, ["ip", "ip6"]),
            (Transport, ["tcp", "udp", "udplite", "sctp", "dccp", "th"]),
            (Fib, ["fib"]),
            (Generated, ["numgen", "jhash", "symhash"]),
            (Header, ["ether", "vlan", "icmp", "icmpv6", "arp", "igmp", "esp", "ah", "rt", "socket", "exthdr", "frag",
                "hbh", "dst", "mh"]),
        }.SelectMany(static r => r.Words.Select(w => (Word: w, r.Reader)))
            .ToFrozenDictionary(static r => r.Word, static r => r.Reader);

    private static readonly string[] s_fibFlags = ["saddr", "daddr", "mark", "iif", "oif", "."];

    /// <summary>Reads the field that begins at the position, which moves behind it, perhaps past the end; null where
    /// it is none.</summary>
    private delegate NftSelector? FieldReader(List<NftToken> tokens, ref int at, bool isInet);

    /// <summary>The field at the position, which moves behind it; null where there is none that can be told from
    /// here.</summary>
    public static NftSelector? Parse(List<NftToken> tokens, ref int at, bool isInet)
    {
        if (at >= tokens.Count || tokens[at].Quoted || !s_fields.TryGetValue(tokens[at].Text, out FieldReader? read))
        {
            return null;
        }

        NftSelector? field = read(tokens, ref at, isInet);
        at = Math.Min(at, tokens.Count);
        return field;
    }

    private static string Word(List<NftToken> tokens, int at) => at < tokens.Count ? tokens[at].Text : string.Empty;

    private static NftSelector Meta(List<NftToken> tokens, ref int at, bool isInet)
    {
        string key = Word(tokens, at + 1);
        at += 2;
        return Meta(key, $"meta {key}");
    }

    /// <summary>"iifname": what nft lists without the word meta.</summary>
    private static NftSelector BareMeta(List<NftToken> tokens, ref int at, bool isInet)
    {
        string key = tokens[at++].Text;
        return Meta(key, key);
    }

    /// <summary>"ct state", "ct original ip saddr", "ct reply proto-dst".</summary>
    private static NftSelector Connection(List<NftToken> tokens, ref int at, bool isInet)
    {
        string key = Word(tokens, at + 1), third = Word(tokens, at + 2);
        int words = key is not ("original" or "reply") ? 2 : third is "ip" or "ip6" ? 4 : 3;
        string text = words switch
        {
            2 => $"ct {key}",
            3 => $"ct {key} {third}",
            _ => $"ct {key} {third} {Word(tokens, at + 3)}",
        };
        at += words;
        return new NftSelector(OfConnection(key), text);
    }

    private static NftField OfConnection(string key) => key switch
    {
        "mark" => NftField.ConnectionMark,
        "state" => NftField.State,
        "status" => NftField.Status,
        "direction" => NftField.Direction,
        _ => NftField.Other,
    };

    /// <summary>"ether type", "icmp type", "rt classid": a header whose fields the walk does not know.</summary>
    private static NftSelector? Header(List<NftToken> tokens, ref int at, bool isInet)
    {
        string header = tokens[at].Text, field = Word(tokens, at + 1);
        if (field.Length == 0)
        {
            return null;
        }

        at += 2;
        return new NftSelector(header == "ether" && field == "type" ? NftField.Family : NftField.Other,
            $"{header} {field}")
        {
            Implied = header is "icmp" or "icmpv6" or "igmp" or "esp" or "ah" ? OfProtocol(header) : null,
        };
    }

    private static ProtocolCondition? OfProtocol(string name) =>
        IpProtocol.Parse(name) is { } number ? new ProtocolCondition([number], false, name) : null;

    private static NftSelector Meta(string key, string text) => new(
        key switch
        {
            "mark" => NftField.Mark,
            "iifname" or "iif" => NftField.InInterface,
            "oifname" or "oif" => NftField.OutInterface,
            "l4proto" => NftField.Protocol,
            "nfproto" or "protocol" => NftField.Family,
            _ => NftField.Other,
        },
        text);

    private static NftSelector Ip(List<NftToken> tokens, ref int at, bool isInet)
    {
        string header = tokens[at].Text, field = Word(tokens, at + 1);
        at += 2;
        return new NftSelector(
            field switch
            {
                "saddr" => NftField.SourceAddress,
                "daddr" => NftField.DestinationAddress,
                "protocol" or "nexthdr" => NftField.Protocol,
                _ => NftField.Other,
            },
            $"{header} {field}")
        {
            Implied = !isInet ? null
                : new FamilyCondition(header == "ip6" ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4),
        };
    }

    private static NftSelector Transport(List<NftToken> tokens, ref int at, bool isInet)
    {
        string protocol = tokens[at].Text, field = Word(tokens, at + 1);
        at += 2;
        return new NftSelector(
            field switch
            {
                "sport" => NftField.SourcePort,
                "dport" => NftField.DestinationPort,
                _ => NftField.Other,
            },
            $"{protocol} {field}")
        {
            Implied = OfProtocol(protocol),
        };
    }

    /// <summary>"numgen random mod 2 offset 0", "jhash ip saddr . tcp sport mod 2 seed 0x1".</summary>
    private static NftSelector Generated(List<NftToken> tokens, ref int at, bool isInet)
    {
        string name = tokens[at++].Text;
        while (at < tokens.Count && !tokens[at].Is("mod"))
        {
            at++;
        }

        uint values = 0;
        while (Word(tokens, at) is "mod" or "seed" or "offset")
        {
            if (NftSelector.TryNumber(Word(tokens, at + 1), out uint number))
            {
                // With an offset the values begin elsewhere.
                values = tokens[at].Is("mod") ? number : tokens[at].Is("offset") && number != 0 ? 0 : values;
            }

            at = Math.Min(at + 2, tokens.Count);
        }

        return new NftSelector(NftField.Other, name) { Values = values };
    }

    /// <summary>"daddr type", "daddr . iif oif", "saddr . mark . iif oif missing".</summary>
    private static NftSelector Fib(List<NftToken> tokens, ref int at, bool isInet)
    {
        int first = ++at;
        var flags = new List<string>();
        while (Array.IndexOf(s_fibFlags, Word(tokens, at)) >= 0)
        {
            if (tokens[at].Text == "oif" && (at == first || tokens[at - 1].Text != "."))
            {
                break;
            }

            flags.Add(tokens[at++].Text);
        }

        string result = Word(tokens, at++);
        string text = $"fib {string.Join(' ', flags)} {result}";
        return result == "type" && flags is [var only]
            ? new NftSelector(only == "saddr" ? NftField.SourceType : NftField.DestinationType, text)
            : new NftSelector(NftField.Other, text);
    }
}
