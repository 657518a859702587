using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>Reads the name of a packet's field.</summary>
internal static class NftSelectorParser
{
    /// <summary>The field at the position, which moves behind it; null where there is none that can be told from
    /// here.</summary>
    public static NftSelector? Parse(List<NftToken> tokens, ref int at, bool isInet)
    {
        if (at >= tokens.Count)
        {
            return null;
        }

        NftSelector? field = Field(tokens, ref at, isInet);
        at = Math.Min(at, tokens.Count);
        return field;
    }

    private static NftSelector? Field(List<NftToken> tokens, ref int at, bool isInet)
    {
        string first = tokens[at].Quoted ? string.Empty : tokens[at].Text;
        string second = at + 1 < tokens.Count ? tokens[at + 1].Text : string.Empty;
        string third = at + 2 < tokens.Count ? tokens[at + 2].Text : string.Empty;
        string fourth = at + 3 < tokens.Count ? tokens[at + 3].Text : string.Empty;
        switch (first, second)
        {
            case ("meta", _):
                at += 2;
                return Meta(second, $"meta {second}");
            case ("mark" or "iifname" or "oifname" or "iif" or "oif" or "skuid" or "skgid" or "l4proto" or "nfproto"
                or "iifgroup" or "oifgroup" or "cgroup" or "pkttype" or "rtclassid" or "cpu" or "priority", _):
                at++;
                return Meta(first, first);
            case ("ct", "original" or "reply"):
                at += third is "ip" or "ip6" ? 4 : 3;
                return new NftSelector(NftField.Other,
                    third is "ip" or "ip6" ? $"ct {second} {third} {fourth}" : $"ct {second} {third}");
            case ("ct", _):
                at += 2;
                return new NftSelector(
                    second switch
                    {
                        "mark" => NftField.ConnectionMark,
                        "state" => NftField.State,
                        "status" => NftField.Status,
                        "direction" => NftField.Direction,
                        _ => NftField.Other,
                    },
                    $"ct {second}");
            case ("ip" or "ip6", _):
                at += 2;
                return Ip(first == "ip6", second, isInet);
            case ("tcp" or "udp" or "udplite" or "sctp" or "dccp" or "th", _):
                at += 2;
                return Transport(first, second);
            case ("fib", _):
                at += 1;
                return Fib(tokens, ref at);
            case ("numgen" or "jhash" or "symhash", _):
                return Generated(tokens, ref at);
            case ("ether", "type"):
                at += 2;
                return new NftSelector(NftField.Family, "ether type");
            case ("ether" or "vlan" or "icmp" or "icmpv6" or "arp" or "igmp" or "esp" or "ah" or "rt" or "socket"
                or "exthdr" or "frag" or "hbh" or "dst" or "mh", not ""):
                at += 2;
                return new NftSelector(NftField.Other, $"{first} {second}")
                {
                    Implied = first is "icmp" or "icmpv6" or "igmp" or "esp" or "ah"
                        && IpProtocol.Parse(first) is { } number
                        ? new ProtocolCondition([number], false, first)
                        : null,
                };
            default:
                return null;
        }
    }

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

    private static NftSelector Ip(bool v6, string field, bool isInet) => new(
        field switch
        {
            "saddr" => NftField.SourceAddress,
            "daddr" => NftField.DestinationAddress,
            "protocol" or "nexthdr" => NftField.Protocol,
            _ => NftField.Other,
        },
        $"{(v6 ? "ip6" : "ip")} {field}")
    {
        Implied = isInet ? new FamilyCondition(v6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4) : null,
    };

    private static NftSelector Transport(string protocol, string field) => new(
        field switch
        {
            "sport" => NftField.SourcePort,
            "dport" => NftField.DestinationPort,
            _ => NftField.Other,
        },
        $"{protocol} {field}")
    {
        Implied = IpProtocol.Parse(protocol) is { } number ? new ProtocolCondition([number], false, protocol) : null,
    };

    /// <summary>"numgen random mod 2 offset 0", "jhash ip saddr . tcp sport mod 2 seed 0x1".</summary>
    private static NftSelector Generated(List<NftToken> tokens, ref int at)
    {
        string name = tokens[at++].Text;
        while (at < tokens.Count && !tokens[at].Is("mod"))
        {
            at++;
        }

        uint values = 0;
        while (at < tokens.Count && tokens[at].Text is "mod" or "seed" or "offset")
        {
            bool modulus = tokens[at].Is("mod");
            if (at + 1 < tokens.Count && NftSelector.TryNumber(tokens[at + 1].Text, out uint number))
            {
                // With an offset the values begin elsewhere.
                values = modulus ? number : tokens[at].Is("offset") && number != 0 ? 0 : values;
            }

            at = Math.Min(at + 2, tokens.Count);
        }

        return new NftSelector(NftField.Other, name) { Values = values };
    }

    /// <summary>"daddr type", "daddr . iif oif", "saddr . mark . iif oif missing".</summary>
    private static NftSelector Fib(List<NftToken> tokens, ref int at)
    {
        var flags = new List<string>();
        while (at < tokens.Count && tokens[at].Text is "saddr" or "daddr" or "mark" or "iif" or "oif" or ".")
        {
            if (tokens[at].Text == "oif" && (at == 0 || tokens[at - 1].Text != "."))
            {
                break;
            }

            flags.Add(tokens[at++].Text);
        }

        string result = at < tokens.Count ? tokens[at++].Text : string.Empty;
        string text = $"fib {string.Join(' ', flags)} {result}";
        return result == "type" && flags is [var only]
            ? new NftSelector(only == "saddr" ? NftField.SourceType : NftField.DestinationType, text)
            : new NftSelector(NftField.Other, text);
    }
}
