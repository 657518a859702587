using System.Collections.Frozen;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>The right side of "meta mark set": "mark or 0x4000", "meta mark ^ 0x4000", "ct mark and 0xff",
/// "0x1".</summary>
internal static class NftMarks
{
    private static readonly FrozenDictionary<string, Func<uint, MarkOperation>> s_operations =
        new Dictionary<string, Func<uint, MarkOperation>>
        {
            ["&"] = And,
            ["and"] = And,
            ["|"] = Or,
            ["or"] = Or,
            ["^"] = Xor,
            ["xor"] = Xor,
        }.ToFrozenDictionary();

    /// <summary>What it does; null where that is not known.</summary>
    public static RuleOp[]? Parse(List<NftToken> tokens, ref int at, bool ofConnection)
    {
        if (First(Next(tokens, ref at), tokens, ref at) is not var (fromConnection, operation))
        {
            return null;
        }

        while (at < tokens.Count
            && s_operations.TryGetValue(tokens[at].Text, out Func<uint, MarkOperation>? operationOf))
        {
            at++;
            if (!NftSelector.TryNumber(Next(tokens, ref at), out uint bits))
            {
                return null;
            }

            operation = operationOf(bits).After(operation);
        }

        // A rule ends where it reads the mark of a connection that is not there (nft_ct_get_eval).
        RuleOp[] asks = fromConnection == true ? [new PassAction(null), new ConnectionCondition(null, [])] : [];
        return fromConnection is null || fromConnection == ofConnection
            ? [.. asks, new MarkAction(operation, ofConnection)]
            : [
                .. asks, new ConnectionMarkAction(restore: !ofConnection, uint.MaxValue, ~operation.Cleared),
                .. operation.Flipped == 0 ? (RuleOp[])[]
                    : [new MarkAction(new MarkOperation(0, operation.Flipped), ofConnection)],
            ];
    }

    private static MarkOperation And(uint bits) => new(~bits, 0);

    private static MarkOperation Or(uint bits) => new(bits, bits);

    private static MarkOperation Xor(uint bits) => new(0, bits);

    /// <summary>Which mark the value begins with, if any, and what has been made of it so far.</summary>
    private static (bool? FromConnection, MarkOperation Operation)? First(string first, List<NftToken> tokens,
        ref int at)
    {
        switch (first)
        {
            case "meta" or "ct":
                return Next(tokens, ref at) == "mark" ? (first == "ct", new MarkOperation(0, 0)) : null;
            case "mark":
                return (false, new MarkOperation(0, 0));
            default:
                return NftSelector.TryNumber(first, out uint constant)
                    ? (null, new MarkOperation(uint.MaxValue, constant)) : null;
        }
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
