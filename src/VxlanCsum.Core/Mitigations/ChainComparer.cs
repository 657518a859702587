namespace VxlanCsum.Mitigations;

/// <summary>
/// A chain as it was and as it is. Rules that say the same are told apart by their place: the two lists are laid side
/// by side so that most rules meet their like, and what meets none is new or missing.
/// </summary>
internal sealed class ChainComparer
{
    private readonly string[][] _former, _now;
    private readonly int[] _meets;

    /// <param name="former">The rules before, each in words.</param>
    /// <param name="now">The rules now.</param>
    public ChainComparer(IEnumerable<string[]> former, IEnumerable<string[]> now)
    {
        (_former, _now) = ([.. former], [.. now]);
        _meets = Meet();
    }

    /// <summary>How many of the rules before that say this have no like now, in their place.</summary>
    public int Missing(string[] words) =>
        Enumerable.Range(0, _former.Length).Count(i => _meets[i] < 0 && RuleSpec.Same(_former[i], words));

    /// <summary>Whether the rules that say this stand behind the same others as before, as far as those are still
    /// there.</summary>
    public bool IsInPlace(string[] words)
    {
        string key = Key(words);
        string[] former = [.. _former.Select(Key)], now = [.. _now.Select(Key)];
        HashSet<string> common = [.. former.Intersect(now, StringComparer.Ordinal).Where(k => k != key)];
        return Before(former).Zip(Before(now)).All(static p => p.First.SetEquals(p.Second));

        IEnumerable<HashSet<string>> Before(string[] keys) =>
            Enumerable.Range(0, keys.Length).Where(i => keys[i] == key)
                .Select(i => new HashSet<string>(keys.Take(i).Where(common.Contains), StringComparer.Ordinal));
    }

    /// <summary>How many more rules say this now than before, comments aside.</summary>
    public int Surplus(string[] words) =>
        _now.Count(r => RuleSpec.SameEffect(r, words)) - _former.Count(r => RuleSpec.SameEffect(r, words));

    /// <summary>How many more rules are the same to the last word now than before.</summary>
    public int ExactSurplus(string[] words) =>
        _now.Count(r => RuleSpec.Same(r, words)) - _former.Count(r => RuleSpec.Same(r, words));

    /// <summary>The place, counted from 1, where the first rule that is missing belongs.</summary>
    public int PlaceOfMissing(string[] words)
    {
        int missing = Enumerable.Range(0, _former.Length).First(i => _meets[i] < 0 && RuleSpec.Same(_former[i], words));
        for (int i = missing - 1; i >= 0; i--)
        {
            if (_meets[i] >= 0)
            {
                return _meets[i] + 2;
            }
        }

        int next = Enumerable.Range(missing, _former.Length - missing).FirstOrDefault(i => _meets[i] >= 0, -1);
        return next >= 0 ? _meets[next] + 1 : Math.Min(missing, _now.Length) + 1;
    }

    /// <summary>The place, counted from 1, of the first rule that says this now and did not before; 0 where none
    /// does.</summary>
    public int PlaceOfNew(string[] words, bool last)
    {
        HashSet<int> known = [.. _meets];
        IEnumerable<int> fresh = Enumerable.Range(0, _now.Length)
            .Where(i => !known.Contains(i) && RuleSpec.Same(_now[i], words));
        return (last ? fresh.LastOrDefault(-1) : fresh.FirstOrDefault(-1)) + 1;
    }

    /// <summary>Whether another rule that says the same stands before a place.</summary>
    public bool HasTwinBefore(int place, string[] words) => _now.Take(place - 1).Any(r => RuleSpec.Same(r, words));

    /// <summary>The longest common subsequence. Chains that are changed here are short; of long ones the ends are
    /// compared.</summary>
    private int[] Meet()
    {
        string[] left = [.. _former.Select(Key)], right = [.. _now.Select(Key)];
        int[] meets = [.. Enumerable.Repeat(-1, left.Length)];
        int start = 0, end = 0;
        while (start < left.Length && start < right.Length && left[start] == right[start])
        {
            meets[start] = start++;
        }

        while (end < left.Length - start && end < right.Length - start && left[^(end + 1)] == right[^(end + 1)])
        {
            end++;
            meets[left.Length - end] = right.Length - end;
        }

        Between(left, right, start, left.Length - end, right.Length - end, meets);
        return meets;
    }

    private static void Between(string[] left, string[] right, int start, int leftEnd, int rightEnd, int[] meets)
    {
        const int Most = 2000;
        int rows = Math.Min(leftEnd - start, Most), columns = Math.Min(rightEnd - start, Most);
        int[,] length = new int[rows + 1, columns + 1];
        for (int i = rows - 1; i >= 0; i--)
        {
            for (int j = columns - 1; j >= 0; j--)
            {
                length[i, j] = left[start + i] == right[start + j] ? length[i + 1, j + 1] + 1
                    : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        for (int i = 0, j = 0; i < rows && j < columns;)
        {
            if (left[start + i] == right[start + j])
            {
                meets[start + i++] = start + j++;
            }
            else if (length[i + 1, j] >= length[i, j + 1])
            {
                i++;
            }
            else
            {
                j++;
            }
        }
    }

    private static string Key(string[] words) => string.Join('\0', RuleSpec.Canonical(words));
}
