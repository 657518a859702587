using System.Text;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>A rule's matches as people read them: one for what iptables itself asks, one for each -m.</summary>
/// <remarks>
/// A match is the same whatever rule it stands in, and most rules share theirs with others: recent ones are kept, in a
/// table that forgets as <see cref="SharedText"/> does.
/// </remarks>
internal static class IptablesMatches
{
    private const int LongestText = 4096, LongestKept = 128, Slots = 2048;

    private static readonly (int Hash, RuleMatch? Match)[] s_slots = new (int, RuleMatch?)[Slots];

    public static IReadOnlyList<RuleMatch> Of(RuleView view)
    {
        var matches = new RuleMatch[Count(view.Matching) + Count(view.MatchingBehind)];
        int count = 0;
        Add(view, view.Matching, matches, ref count);
        Add(view, view.MatchingBehind, matches, ref count);
        return matches;
    }

    // A match begins with each option of iptables' own, and -m is one.
    private static int Count(ReadOnlySpan<OptionEntry> options)
    {
        int count = 0;
        bool module = false;
        foreach (OptionEntry option in options)
        {
            bool begins = !module || IptablesCompiler.IsOwn(option.Id);
            module = begins ? option.Id == OptionId.Match : module;
            count += begins && option.Id != OptionId.Counters ? 1 : 0;
        }

        return count;
    }

    private static void Add(RuleView view, ReadOnlySpan<OptionEntry> options, RuleMatch[] matches, ref int count)
    {
        for (int i = 0; i < options.Length;)
        {
            bool module = options[i].Id == OptionId.Match;
            int end = i + 1;
            while (end < options.Length && module && !IptablesCompiler.IsOwn(options[end].Id))
            {
                end++;
            }

            if (options[i].Id != OptionId.Counters)
            {
                matches[count++] = Match(view, options[i..end], module);
            }

            i = end;
        }
    }

    private static RuleMatch Match(RuleView view, ReadOnlySpan<OptionEntry> options, bool module)
    {
        ReadOnlySpan<byte> line = view.Line;
        int start = options[0].Name - ((options[0].Flags & OptionFlags.Negated) != 0 ? 2 : 0), stop = options[^1].End;
        if (!view.IsCanonical || stop - start > LongestText)
        {
            return Make(line, options, module, Text(line, options));
        }

        ReadOnlySpan<byte> written = line[start..stop];
        if (written.Length > LongestKept)
        {
            return Make(line, options, module, Encoding.Latin1.GetString(written));
        }

        int hash = Utf8Hash.Of(written);
        ref (int Hash, RuleMatch? Match) slot = ref s_slots[hash % Slots];
        if (slot.Hash == hash && slot.Match is { } known && Ascii.Equals(written, known.Text))
        {
            return known;
        }

        RuleMatch made = Make(line, options, module, Encoding.Latin1.GetString(written));
        slot = (hash, made);
        return made;
    }

    private static RuleMatch Make(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, bool module,
        string text) =>
        new(module ? SharedText.Of(IptablesCompiler.First(line, options[0])) : "ip", text, Understood(line, options));

    private static bool Understood(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options) => options switch
    {
        // What nearly every rule has, and is nearly always another.
        [{ Id: OptionId.Match } module, { Id: OptionId.Comment }]
            when IptablesCompiler.First(line, module).SequenceEqual("comment"u8) => true,
        [{ Id: OptionId.Source or OptionId.Destination } address]
            when Ipv4Text.TryParse(IptablesCompiler.First(line, address), out _, out _) => true,
        _ => IptablesCompiler.Understands(line, options),
    };

    private static string Text(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        var text = new StringBuilder();
        foreach (OptionEntry option in options)
        {
            if (option.Id == OptionId.Counters)
            {
                continue;
            }

            text.Append(text.Length == 0 ? "" : " ").Append((option.Flags & OptionFlags.Negated) != 0 ? "! " : "");
            text.Append(Encoding.UTF8.GetString(line[option.Name..option.Values]));
            var words = new RuleTokens(line, option);
            while (words.NextRaw(out ReadOnlySpan<byte> word))
            {
                text.Append(' ').Append(Encoding.UTF8.GetString(word));
            }
        }

        return SafeText.Escape(text.ToString(), LongestText);
    }
}
