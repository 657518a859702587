using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>"{ 10.96.0.10 . udp . 53 : goto service-X, ... }": the elements of sets and maps.</summary>
internal static class NftElements
{
    // What may stand behind an element's key.
    private static readonly string[] s_options = ["timeout", "expires", "comment", "counter", "limit", "quota", "last"];

    public static void Read(string text, NftSet set)
    {
        int open = text.IndexOf('{', StringComparison.Ordinal);
        List<NftToken> tokens = NftLexer.Split(open < 0 ? text : text[open..]);
        int at = 0;
        Read(tokens, ref at, set.Elements);
    }

    /// <summary>From the opening brace; leaves the position behind the closing one.</summary>
    public static void Read(List<NftToken> tokens, ref int at, List<(string[] Key, string? Data)> elements)
    {
        at += at < tokens.Count && tokens[at].Is("{") ? 1 : 0;
        var key = new List<string>();
        var data = new List<string>();
        List<string>? part = key;
        int depth = 0;
        for (; at < tokens.Count; at++)
        {
            NftToken token = tokens[at];
            if (token.Is("}") && depth-- == 0)
            {
                at++;
                break;
            }

            depth += token.Is("{") ? 1 : 0;
            if (token.Is(",") && depth == 0)
            {
                Add(elements, key, data);
                part = key;
            }
            else
            {
                part = Add(token, part, data);
            }
        }

        Add(elements, key, data);
    }

    /// <summary>Adds the word to the part it belongs to, and says to which the next one does; null stands for
    /// none.</summary>
    private static List<string>? Add(NftToken token, List<string>? part, List<string> data)
    {
        if (token.Is(":"))
        {
            return data;
        }

        if (!token.Quoted && Array.IndexOf(s_options, token.Text) >= 0)
        {
            return null;
        }

        if (!token.Is("."))
        {
            part?.Add(token.Text);
        }

        return part;
    }

    private static void Add(List<(string[] Key, string? Data)> elements, List<string> key, List<string> data)
    {
        if (key.Count > 0)
        {
            elements.Add(([.. key], data.Count > 0 ? string.Join(' ', data) : null));
        }

        key.Clear();
        data.Clear();
    }
}
