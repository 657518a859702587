namespace VxlanCsum.Netfilter.Nftables;

/// <summary>Divides a statement of nft's language into words.</summary>
internal static class NftLexer
{
    public static List<NftToken> Split(string statement)
    {
        var tokens = new List<NftToken>();
        for (int i = 0; i < statement.Length;)
        {
            char c = statement[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '"')
            {
                int close = statement.IndexOf('"', i + 1);
                int end = close < 0 ? statement.Length : close;
                tokens.Add(new NftToken(statement[(i + 1)..end], true, i, Math.Min(end + 1, statement.Length)));
                i = end + 1;
            }
            else if (IsAlone(c))
            {
                tokens.Add(new NftToken(c.ToString(), false, i, i + 1));
                i++;
            }
            else
            {
                int start = i;
                while (i < statement.Length && !char.IsWhiteSpace(statement[i]) && statement[i] != '"'
                    && !IsAlone(statement[i]))
                {
                    i++;
                }

                tokens.Add(new NftToken(statement[start..i], false, start, i));
            }
        }

        return tokens;
    }

    private static bool IsAlone(char c) => c is '{' or '}' or ',' or ';' or '(' or ')';
}
