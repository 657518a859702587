using System.Text;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Rules;

/// <summary>Writes the elements of a set or map in nft's language, from the kernel's.</summary>
/// <param name="name">The set's.</param>
/// <param name="key">The fields that a rule asks it for: they tell how its keys are written.</param>
internal sealed class NftSetText(string name, IReadOnlyList<NftField> key)
{
    private const int IntervalEnd = 1;

    /// <summary>It has no name of its own in nft's language: its elements stand in the rule, which is shown
    /// whole.</summary>
    public bool IsAnonymous { get; } = name.StartsWith("__", StringComparison.Ordinal);

    private readonly List<(byte[] Key, byte[]? End, bool IsEnd, string? Verdict)> _elements = [];

    /// <summary>The chains that its elements lead to, of those that a packet of a tunnel over UDP may find.</summary>
    public HashSet<string> Jumps { get; } = new(StringComparer.Ordinal);

    public void Clear()
    {
        _elements.Clear();
        Jumps.Clear();
    }

    public void Add(NetlinkAttributes element)
    {
        var parts = new NftParts(element);
        byte[] bytes = parts.Nested(1).Data(1).ToArray();
        bool isOfOther = IsOfOtherProtocol(bytes);
        if (isOfOther && !IsAnonymous)
        {
            return;
        }

        (string Text, string? Chain) verdict = parts.Has(2) && parts.Nested(2).Has(2)
            ? NftParts.VerdictOf(parts.Nested(2).Nested(2)) : (string.Empty, null);
        if (verdict.Chain is { } chain && !isOfOther)
        {
            Jumps.Add(chain);
        }

        byte[]? end = parts.Has(10) ? parts.Nested(10).Data(1).ToArray() : null;
        _elements.Add((bytes, end, (parts.Number(3) & IntervalEnd) != 0,
            verdict.Text.Length > 0 ? verdict.Text : null));
    }

    public void Write(StringBuilder text)
    {
        bool isMap = _elements.Exists(static e => e.Verdict is not null);
        text.Append(isMap ? "map " : "set ").Append(name).Append(" {\n");
        if (_elements.Count > 0)
        {
            text.Append("elements = ").Append(Elements()).Append('\n');
        }

        text.Append("}\n");
    }

    /// <summary>"{ 53, 8000-9000 }".</summary>
    public string Elements() =>
        $"{{ {string.Join(", ",
            _elements.Exists(static e => e.IsEnd) ? Ranges()
                : _elements.Select(e => Key(e.Key, e.End) + Data(e.Verdict)))} }}";

    private static string Data(string? verdict) => verdict is null ? string.Empty : " : " + verdict;

    /// <summary>A range is an element where it begins and one behind its end.</summary>
    private IEnumerable<string> Ranges()
    {
        var sorted = _elements.OrderBy(static e => Convert.ToHexString(e.Key), StringComparer.Ordinal)
            .ThenBy(static e => !e.IsEnd).ToList();
        for (int i = 0; i < sorted.Count; i++)
        {
            if (sorted[i].IsEnd)
            {
                continue;
            }

            byte[] last = i + 1 < sorted.Count ? Before(sorted[i + 1].Key)
                : [.. Enumerable.Repeat((byte)0xff, sorted[i].Key.Length)];
            yield return Key(sorted[i].Key, last) + Data(sorted[i].Verdict);
        }
    }

    private static byte[] Before(byte[] key)
    {
        byte[] before = [.. key];
        for (int i = before.Length - 1; i >= 0 && before[i]-- == 0; i--)
        {
        }

        return before;
    }

    private string Key(byte[] first, byte[]? last)
    {
        var words = new List<string>();
        int at = 0;
        foreach (NftField field in key)
        {
            if (at + field.Length > first.Length)
            {
                return "*";
            }

            // What it is not known how to write may be anything.
            string? from = field.Value(first.AsSpan(at, field.Length));
            string? to = last is null || at + field.Length > last.Length ? from
                : field.Value(last.AsSpan(at, field.Length));
            words.Add(from is null || to is null ? "*" : from == to ? from : $"{from}-{to}");
            at += (field.Length + 3) & ~3;
        }

        return string.Join(" . ", words);
    }

    private bool IsOfOtherProtocol(byte[] bytes)
    {
        int at = 0;
        foreach (NftField field in key)
        {
            if (field.Kind == NftFieldKind.Protocol && at < bytes.Length && key.Count > 1)
            {
                return bytes[at] is 6 or 132;
            }

            at += (field.Length + 3) & ~3;
        }

        return false;
    }
}
