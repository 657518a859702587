using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>The right side of "meta mark set": "mark or 0x4000", "meta mark ^ 0x4000", "ct mark and 0xff", "0x1".</summary>
internal static class NftMarks
{
    public static RuleAction Parse(List<NftToken> tokens, ref int at, bool ofConnection)
    {
        bool? fromConnection = null;
        MarkOperation operation = new(0, 0);
        bool understood = true;
        string first = Next(tokens, ref at);
        if (first is "meta" or "ct")
        {
            fromConnection = first == "ct";
            understood = Next(tokens, ref at) == "mark";
        }
        else if (first == "mark")
        {
            fromConnection = false;
        }
        else if (NftSelector.TryNumber(first, out uint constant))
        {
            operation = new MarkOperation(uint.MaxValue, constant);
        }
        else
        {
            understood = false;
        }

        while (understood && at < tokens.Count && tokens[at].Text is "&" or "|" or "^" or "and" or "or" or "xor")
        {
            string op = Next(tokens, ref at);
            understood = NftSelector.TryNumber(Next(tokens, ref at), out uint bits);
            operation = (op switch
            {
                "&" or "and" => new MarkOperation(~bits, 0),
                "|" or "or" => new MarkOperation(bits, bits),
                _ => new MarkOperation(0, bits),
            }).After(operation);
        }

        if (!understood)
        {
            return new ForgetMarkAction(ofConnection);
        }

        return fromConnection is null || fromConnection == ofConnection ? new MarkAction(operation, ofConnection)
            : operation.Flipped == 0 ? new ConnectionMarkAction(restore: !ofConnection, uint.MaxValue, ~operation.Cleared)
            : new ForgetMarkAction(ofConnection);
    }

    // Parentheses only repeat the order from left to right in what nft prints here.
    private static string Next(List<NftToken> tokens, ref int at)
    {
        while (at < tokens.Count && (tokens[at].Is("(") || tokens[at].Is(")")))
        {
            at++;
        }

        return at < tokens.Count ? tokens[at++].Text : string.Empty;
    }
}
