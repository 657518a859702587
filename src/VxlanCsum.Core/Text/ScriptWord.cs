using System.Buffers;
using System.Text;

namespace VxlanCsum.Text;

/// <summary>Words of a command line.</summary>
internal static class ScriptWord
{
    /// <summary>PowerShell takes each of these for the quote that ends a text.</summary>
    private static readonly SearchValues<char> s_quotes = SearchValues.Create("'\u2018\u2019\u201a\u201b");

    /// <summary>In quotes of PowerShell where it would not be one word as it is.</summary>
    public static string Quote(string word) => IsPlain(word) ? word : Literal(word);

    /// <summary>In quotes of PowerShell, whatever it is.</summary>
    public static string Literal(string word)
    {
        if (word.AsSpan().IndexOfAny(s_quotes) < 0)
        {
            return $"'{word}'";
        }

        var quoted = new StringBuilder("'", word.Length + 8);
        foreach (char c in word)
        {
            quoted.Append(c, s_quotes.Contains(c) ? 2 : 1);
        }

        return quoted.Append('\'').ToString();
    }

    /// <summary>In quotes of sh where it would not be one word as it is.</summary>
    public static string QuoteShell(string word) =>
        IsPlain(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(string word) =>
        word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/');
}
