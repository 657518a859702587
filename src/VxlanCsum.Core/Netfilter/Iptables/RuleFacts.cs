using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>What a rule's options say, each as people read it. Nothing is made but the text that is asked
/// for.</summary>
/// <remarks>An option counts as <see cref="IptablesCompiler"/> counts it for the walk; what that cannot read is not
/// shown here.</remarks>
internal static class RuleFacts
{
    private delegate string? Reading(ReadOnlySpan<byte> line, OptionEntry option);

    /// <summary>Wherever it stands.</summary>
    public static string? Comment(RuleView view)
    {
        string? all = null;
        foreach (OptionEntry option in view.Options)
        {
            if (option.Id == OptionId.Comment)
            {
                string one = SharedText.Of(IptablesCompiler.First(view.Line, option));
                all = all is null ? one : $"{all}; {one}";
            }
        }

        return all;
    }

    public static string? Protocol(RuleView view) =>
        Asked(view, OptionId.Protocol, OptionId.Protocol, static (line, option) =>
    {
        string name = SharedText.Of(IptablesCompiler.First(line, option));
        return IpProtocol.Parse(name) is > 0 ? name : null;
    });

    public static string? Source(RuleView view) => Asked(view, OptionId.Source, OptionId.SourceRange, Addresses);

    public static string? Destination(RuleView view) =>
        Asked(view, OptionId.Destination, OptionId.DestinationRange, Addresses);

    public static string? InInterface(RuleView view) => Asked(view, OptionId.InInterface, OptionId.InInterface, First);

    public static string? OutInterface(RuleView view) =>
        Asked(view, OptionId.OutInterface, OptionId.OutInterface, First);

    public static string? MatchSet(RuleView view) =>
        Asked(view, OptionId.MatchSet, OptionId.MatchSet, static (line, option) =>
    {
        var words = new RuleTokens(line, option);
        return words.Next(out ReadOnlySpan<byte> set) && words.Next(out ReadOnlySpan<byte> directions)
            ? $"{SharedText.Of(set)} {SharedText.Of(directions)}"
            : null;
    });

    public static MarkMatch? Mark(RuleView view) =>
        Mark(view.Line, view.Matching) ?? Mark(view.Line, view.MatchingBehind);

    public static string? Target(IptablesRule rule, RuleView view)
    {
        if (!view.HasTarget)
        {
            return null;
        }

        string name = SharedText.Of(IptablesCompiler.First(view.Line, view.Acting[0]));

        // An old name of SNAT's.
        return name == "SAME" ? TargetCompiler.Compile(rule, view.Acting).Target : name;
    }

    public static bool IsGoto(RuleView view) => view.HasTarget && view.Acting[0].Id == OptionId.Goto;

    public static MarkOperation? MarkOperation(IptablesRule rule, RuleView view) =>
        view.HasTarget && TargetCompiler.Compile(rule, view.Acting) is MarkAction { OfConnection: false } action
            ? action.Operation
            : null;

    public static bool RandomFully(IptablesRule rule, RuleView view) =>
        view.HasTarget && TargetCompiler.Compile(rule, view.Acting) is NatAction { RandomFully: true };

    private static string? Asked(RuleView view, OptionId wanted, OptionId orWanted, Reading read)
    {
        string? before = Asked(view.Line, view.Matching, wanted, orWanted, read);
        return view.MatchingBehind.IsEmpty ? before
            : Join(before, Asked(view.Line, view.MatchingBehind, wanted, orWanted, read));
    }

    private static string? Asked(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, OptionId wanted,
        OptionId orWanted, Reading read)
    {
        string? all = null;
        foreach (OptionEntry option in options)
        {
            if ((option.Id == wanted || option.Id == orWanted) && read(line, option) is { } one)
            {
                all = Join(all, (option.Flags & OptionFlags.Negated) != 0 ? "! " + one : one);
            }
        }

        return all;
    }

    private static string? Join(string? first, string? second) =>
        first is null ? second : second is null ? first : $"{first}, {second}";

    private static string First(ReadOnlySpan<byte> line, OptionEntry option) =>
        SharedText.Of(IptablesCompiler.First(line, option));

    private static string? Addresses(ReadOnlySpan<byte> line, OptionEntry option)
    {
        ReadOnlySpan<byte> value = IptablesCompiler.First(line, option);
        string text = SharedText.Of(value, int.MaxValue);
        return Ipv4Text.TryParse(value, out _, out _) || OptionConditions.Addresses(text) is not null ? text : null;
    }

    private static MarkMatch? Mark(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        bool ofConnection = false;
        foreach (OptionEntry option in options)
        {
            if (option.Id == OptionId.Match)
            {
                ofConnection = IptablesCompiler.First(line, option).SequenceEqual("connmark"u8);
            }
            else if (option.Id == OptionId.Mark && !ofConnection
                && MarkNumbers.TryPair(IptablesCompiler.First(line, option), out uint value, out uint mask))
            {
                return new MarkMatch(value, mask, (option.Flags & OptionFlags.Negated) != 0);
            }
        }

        return null;
    }
}
