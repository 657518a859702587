using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter;

/// <summary>A rule's matches as people read them: one for what iptables itself asks, one for each -m.</summary>
internal static class IptablesMatches
{
    public static IReadOnlyList<RuleMatch> Of(IptablesRule rule)
    {
        ReadOnlySpan<OptionEntry> options = rule.Options();
        ReadOnlySpan<byte> line = rule.Line8;
        int target = IptablesCompiler.TargetAt(options);
        var matches = new List<RuleMatch>();
        Add(rule, line, options[..target], matches);
        Add(rule, line, options[IptablesCompiler.TargetEnd(options, target)..], matches);
        return matches;
    }

    private static void Add(IptablesRule rule, ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, List<RuleMatch> matches)
    {
        for (int i = 0; i < options.Length;)
        {
            bool module = options[i].Id == OptionId.Match;
            int end = i + 1;
            while (end < options.Length && module && !IptablesCompiler.IsOwn(options[end].Id))
            {
                end++;
            }

            string name = module ? SafeText.Escape(IptablesCompiler.Value(line, options[i])) : "ip";
            if (options[i].Id != OptionId.Counters)
            {
                matches.Add(new RuleMatch(name, Text(line, options[i..end]), IptablesCompiler.Understands(rule, options[i..end])));
            }

            i = end;
        }
    }

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
            var words = new RuleWords(line, option);
            while (words.NextRaw(out ReadOnlySpan<byte> word))
            {
                text.Append(' ').Append(Encoding.UTF8.GetString(word));
            }
        }

        return SafeText.Escape(text.ToString(), 4096);
    }
}
