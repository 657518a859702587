using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>"masquerade to :1024-65535 random,persistent", "snat ip to 10.0.0.1:1024-2048 fully-random", "redirect to
/// :80".</summary>
internal static class NftNat
{
    public static NatAction Parse(List<NftToken> tokens, ref int at)
    {
        string keyword = tokens[at++].Text;
        NatKind kind = keyword switch
        {
            "masquerade" => NatKind.Masquerade,
            "snat" => NatKind.Source,
            "dnat" => NatKind.Destination,
            _ => NatKind.Redirect,
        };
        AddressSpan? addresses = null;
        (ushort, ushort)? ports = null;
        bool random = false, fully = false, netmap = false, portsAlone = false;
        while (at < tokens.Count && (!NftVerdicts.BeginsStatement(tokens, at) || tokens[at].Text is "ip" or "ip6"))
        {
            switch (tokens[at].Text)
            {
                case "random":
                    random = true;
                    break;
                case "fully-random":
                    fully = true;
                    break;
                case "prefix":
                    netmap = true;
                    break;
                case "to" when at + 1 < tokens.Count && !tokens[at + 1].Is("ip") && !tokens[at + 1].Is("prefix"):
                    NatRanges.Parse(tokens[at + 1].Text, out addresses, out ports);
                    portsAlone = NatRanges.IsPortsAlone(tokens[at + 1].Text);
                    at++;
                    break;
            }

            // A map instead of an address ("dnat to ip saddr map { ... }"): the elements are passed over.
            if (tokens[at].Is("{"))
            {
                NftElements.Read(tokens, ref at, []);
            }
            else
            {
                at++;
            }
        }

        return new NatAction(netmap ? (kind == NatKind.Source ? NatKind.Netmap : NatKind.Destination) : kind)
        {
            Addresses = addresses,
            KeepsAddress = portsAlone,
            Ports = ports,
            Random = random,
            RandomFully = fully,
        };
    }
}
