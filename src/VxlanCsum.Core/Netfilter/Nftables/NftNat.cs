using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>"masquerade to :1024-65535 random,persistent", "snat ip to 10.0.0.1:1024-2048 fully-random", "redirect to
/// :80".</summary>
internal static class NftNat
{
    [Flags]
    private enum NatWords : byte
    {
        None = 0,
        Prefix = 1,
        Random = 2,
        RandomFully = 4,
    }

    public static NatAction Parse(List<NftToken> tokens, ref int at)
    {
        NatKind kind = tokens[at++].Text switch
        {
            "masquerade" => NatKind.Masquerade,
            "snat" => NatKind.Source,
            "dnat" => NatKind.Destination,
            _ => NatKind.Redirect,
        };
        NatWords words = Words(tokens, ref at, out string? to);
        AddressSpan? addresses = null;
        (ushort, ushort)? ports = null;
        if (to is not null)
        {
            NatRanges.Parse(to, out addresses, out ports);
        }

        if (words.HasFlag(NatWords.Prefix))
        {
            kind = kind == NatKind.Source ? NatKind.Netmap : NatKind.Destination;
        }

        return new NatAction(kind)
        {
            Addresses = addresses,
            KeepsAddress = to is not null && NatRanges.IsPortsAlone(to),
            Ports = ports,
            Random = words.HasFlag(NatWords.Random),
            RandomFully = words.HasFlag(NatWords.RandomFully),
        };
    }

    /// <summary>What stands up to the next statement, and the address, the ports or both behind the last
    /// "to".</summary>
    private static NatWords Words(List<NftToken> tokens, ref int at, out string? to)
    {
        to = null;
        NatWords words = NatWords.None;
        while (at < tokens.Count && (!NftVerdicts.BeginsStatement(tokens, at) || tokens[at].Text is "ip" or "ip6"))
        {
            // A map instead of an address ("dnat to ip saddr map { ... }"): the elements are passed over.
            if (tokens[at].Is("{"))
            {
                NftElements.Read(tokens, ref at, []);
                continue;
            }

            string word = tokens[at++].Text;
            words |= Of(word);
            if (word == "to" && IsAddress(tokens, at))
            {
                to = tokens[at++].Text;
            }
        }

        return words;
    }

    private static NatWords Of(string word) => word switch
    {
        "prefix" => NatWords.Prefix,
        "random" => NatWords.Random,
        "fully-random" => NatWords.RandomFully,
        _ => NatWords.None,
    };

    /// <summary>Behind "to": not "ip prefix to", nor the key of a map.</summary>
    private static bool IsAddress(List<NftToken> tokens, int at) =>
        at < tokens.Count && !tokens[at].Is("ip") && !tokens[at].Is("prefix") && !tokens[at].Is("{");
}
