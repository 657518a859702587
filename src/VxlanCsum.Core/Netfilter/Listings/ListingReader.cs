using System.Globalization;
using System.Text;

namespace VxlanCsum.Netfilter.Listings;

/// <summary>
/// What `iptables -L` prints, in all its forms, as the lines that `iptables -S` would have printed. What a listing does
/// not show, and what is not understood of it, becomes a match that nobody can answer: it is unknown, not absent.
/// </summary>
internal sealed class ListingReader
{
    private const string Unnamed = "UNNAMED-CHAIN";
    private ListingHead? _head;
    private string? _chain;
    private bool _afterBlank, _hasGaps, _isFiltered;

    /// <summary>Rows without the chain's head before them: how many, and the first one's line.</summary>
    public (int Count, long Line) Orphans { get; private set; }

    /// <summary>An empty line: the chain's rules are over.</summary>
    public void Blank() => _afterBlank = true;

    /// <summary>Another command's output begins.</summary>
    /// <param name="isFiltered">Lines were taken out of it.</param>
    public void Restart(bool isFiltered) => (_head, _chain, _hasGaps) = (null, null, _isFiltered = isFiltered);

    /// <summary>Something was left out here.</summary>
    public void Gap() => _hasGaps = true;

    /// <summary>Reads one line.</summary>
    /// <param name="line">Without blanks around it.</param>
    /// <param name="number">Its number.</param>
    /// <param name="saved">The same in the words of -S; null where there is nothing to say.</param>
    /// <returns>False where it is no line of a listing.</returns>
    public bool Read(string line, long number, out string? saved)
    {
        saved = null;
        if (TryChain(line, out saved))
        {
            return true;
        }

        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (ListingHead.Parse(words) is { } head)
        {
            (_head, _afterBlank) = (head, false);
            return true;
        }

        if (ListingRow.Parse(words, _head) is not { } row)
        {
            return false;
        }

        if (_chain is null || _afterBlank)
        {
            // Its chain was not pasted, but what kube-proxy and flannel write says where it stands.
            _chain = HomeOf(line) ?? Unnamed;
            (_afterBlank, _hasGaps) = (false, true);
            Orphans = (Orphans.Count + 1, Orphans.Count == 0 ? number : Orphans.Line);
        }

        saved = ListingRule.ToSaved(_chain, row, _hasGaps);
        return true;
    }

    /// <summary>"Chain POSTROUTING (policy ACCEPT 12 packets, 3456 bytes)", "Chain KUBE-SERVICES (2
    /// references)".</summary>
    private bool TryChain(string line, out string? saved)
    {
        saved = null;
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["Chain", var name, ['(', ..], ..])
        {
            return false;
        }

        (_chain, _afterBlank, _head, _hasGaps) = (name, false, null, _isFiltered);
        saved = words is [_, _, "(policy", var policy, ..]
            ? string.Create(CultureInfo.InvariantCulture, $"-P {Quote(name)} {policy.TrimEnd(')')}")
            : $"-N {Quote(name)}";
        return true;
    }

    private static string? HomeOf(string row) =>
        row.Contains("kubernetes service traffic requiring SNAT", StringComparison.Ordinal)
            || row.Contains("source ip for solving hairpin purpose", StringComparison.Ordinal) ? "KUBE-POSTROUTING"
        : row.Contains("flanneld masq", StringComparison.Ordinal) ? "FLANNEL-POSTRTG"
        : null;

    /// <summary>A word as iptables-save writes it where it is not plain.</summary>
    internal static string Quote(string word) =>
        word.Length > 0 && word.All(static c => c > ' ' && c is not ('"' or '\\' or '\'')) ? word
        : new StringBuilder(word).Replace("\\", "\\\\").Replace("\"", "\\\"").Insert(0, '"').Append('"').ToString();
}
