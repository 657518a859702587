namespace VxlanCsum.Netfilter.Listings;

/// <summary>The words behind a row's columns, taken one after the other.</summary>
internal sealed class ListingTokens(string[] words)
{
    private int _next;

    public bool IsEmpty => _next == words.Length;

    /// <summary>The next word; empty at the end.</summary>
    public string Peek(int ahead = 0) => _next + ahead < words.Length ? words[_next + ahead] : string.Empty;

    public string Take() => _next < words.Length ? words[_next++] : string.Empty;

    /// <summary>Takes these words, if they are the next ones.</summary>
    public bool Take(params ReadOnlySpan<string> expected)
    {
        bool here = words.AsSpan(_next).StartsWith(expected);
        _next += here ? expected.Length : 0;
        return here;
    }

    /// <summary>Takes a word that stands for "not".</summary>
    public bool TakeNot() => Take("!");

    /// <summary>Leaves nothing.</summary>
    public void TakeAll() => _next = words.Length;

    /// <summary>Up to a word, that one included; all that is left where it does not come.</summary>
    public string TakeThrough(string last)
    {
        int end = Array.IndexOf(words, last, _next);
        int stop = end < 0 ? words.Length : end + 1;
        string taken = string.Join(' ', words[_next..stop]);
        _next = stop;
        return taken;
    }
}
