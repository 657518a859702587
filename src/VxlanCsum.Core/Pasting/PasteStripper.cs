using System.Globalization;
using System.Text.RegularExpressions;

namespace VxlanCsum.Pasting;

/// <summary>
/// Takes from the lines of a text what pasting put before, around and into them: entities, tags, bold, arrows, the
/// prefixes of logs, line numbers, comment signs. The one place for all readers. Marks of quotation (">") are left to
/// <see cref="Unquote"/>: for tcpdump one may be an arrow that was wrapped.
/// </summary>
/// <param name="isOurs">Does a piece that the reader knows begin with this text? Numbers, names and comment signs are
/// taken away only before such a piece and behind its beginning: they may belong to the text.</param>
/// <param name="hasComments">"#" is a word of the reader's own language, and left to it.</param>
internal sealed partial class PasteStripper(Func<string, bool> isOurs, bool hasComments = false)
{
    /// <summary>What is longer was not pasted by hand; rules, the longest lines there are, end before.</summary>
    private const int Longest = ushort.MaxValue;

    private string? _name;
    private long _number = -1;
    private bool _isCommented;

    /// <summary>The mark of the list or table whose items are the lines of a paste.</summary>
    private char _item;

    /// <summary>The line as the program printed it, as far as that can be told; indentation is kept.</summary>
    public string Strip(string raw)
    {
        string line = Inline(PasteCharacters.Plain(raw.Length <= Longest ? raw : raw[..Longest]));
        int lead = Lead(line);
        string quoted = line[..lead], rest = Prefixed(line[lead..]);
        return quoted.Length == 0 ? rest : quoted + rest;
    }

    /// <summary>The line without marks of quotation, of whatever depth; indentation behind them is kept.</summary>
    public static string Unquote(string line)
    {
        int lead = Lead(line);
        return lead == 0 ? line : line[lead..];
    }

    /// <summary>Where the text begins behind "&gt; &gt;"; a blank behind the mark belongs to it.</summary>
    private static int Lead(string line)
    {
        int end = 0;
        for (int at = 0; at < line.Length && (char.IsWhiteSpace(line[at]) || line[at] == '>'); at++)
        {
            end = line[at] == '>' ? at + 1 : end;
        }

        return end > 0 && end < line.Length && line[end] == ' ' ? end + 1 : end;
    }

    /// <summary>Tags, bold, the borders of a terminal's pane.</summary>
    private static string Inline(string line)
    {
        if (line.Contains('<', StringComparison.Ordinal))
        {
            line = Tag().Replace(Summary().Replace(line, string.Empty), string.Empty);
        }

        if (line.Contains("**", StringComparison.Ordinal))
        {
            line = Bold().Replace(line, "${text}");
        }

        if (line.Contains('│', StringComparison.Ordinal))
        {
            line = Border().Replace(line, string.Empty);
        }

        return line;
    }

    private string Prefixed(string line)
    {
        for (int i = 0; i < 3 && Log().Match(line) is { Success: true, Length: > 0 } log; i++)
        {
            line = line[log.Length..];
        }

        return line.Length == 0 ? line : Commented(Named(Numbered(Listed(line))));
    }

    /// <summary>A list or table of Markdown whose items are lines of a program: the first one tells, and the next ones
    /// go on. "- apiVersion: v1" is a list of its own.</summary>
    private string Listed(string line)
    {
        if (Item().Match(line) is not { Success: true } item)
        {
            return line;
        }

        string given = item.Groups["text"].Value.TrimEnd(), text = given.Trim('`');
        char mark = item.Groups["mark"].Value[0];
        if (text.Length == 0 || isOurs(line.Trim()))
        {
            return line;
        }

        if (isOurs(text.Trim()))
        {
            _item = mark;
            return text;
        }

        return _item == mark && (mark == '|' || given[0] == '`' || char.IsWhiteSpace(text[0])) ? text : line;
    }

    /// <summary>grep -n, cat -n, nl, editors: "12:", "  12  ", "12 | ".</summary>
    private string Numbered(string line)
    {
        if (!char.IsAsciiDigit(line[0]) && line[0] is not (' ' or '\t'))
        {
            return line;
        }

        Match match = Number().Match(line);
        if (!match.Success
            || !long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture,
                out long number))
        {
            return line;
        }

        string rest = line[match.Length..];
        bool goesOn = _number >= 0 && number == _number + 1;
        if ((!goesOn && !isOurs(rest.Trim())) || isOurs(line.Trim()))
        {
            return line;
        }

        _number = number;
        return rest;
    }

    /// <summary>docker compose: "node-1  | ".</summary>
    private string Named(string line)
    {
        if (_name is not null && line.StartsWith(_name, StringComparison.Ordinal))
        {
            return line[_name.Length..];
        }

        if (line.Length == 0 || !char.IsAsciiLetterOrDigit(line[0])
            || Service().Match(line) is not { Success: true } match
            || !isOurs(line[match.Length..].Trim()))
        {
            return line;
        }

        _name = match.Value;
        return line[match.Length..];
    }

    /// <summary>A whole paste behind "# ": its first line tells, and the next ones go on.</summary>
    private string Commented(string line)
    {
        int sign = line.AsSpan().IndexOfAnyExcept(' ', '\t');
        if (hasComments || sign < 0 || sign + 1 >= line.Length || line[sign] != '#'
            || line[sign + 1] is not (' ' or '\t'))
        {
            return line;
        }

        string rest = line[(sign + 2)..];
        _isCommented |= isOurs(rest.Trim());
        return _isCommented ? rest : line;
    }

    // The title of what a forge folds away: prose.
    [GeneratedRegex(@"<summary>[^<]{0,300}</summary>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Summary();

    [GeneratedRegex(@"</?(?:pre|code|b|i|u|strong|em|p|div|span|br|blockquote|details|summary|tt|font|"
        + @"kbd|samp|table|tbody|thead|tr|td|th|ul|ol|li|a|h[1-6])(?:\s[^<>]{0,300})?/?>",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\*\*(?=\S)(?<text>[^*]{1,2000}(?<=\S))\*\*", RegexOptions.CultureInvariant)]
    private static partial Regex Bold();

    [GeneratedRegex(@"^│ ?|\s{0,300}│$", RegexOptions.CultureInvariant)]
    private static partial Regex Border();

    /// <summary>What programs that keep logs put before each line: kubectl logs --prefix, --timestamps, journald and
    /// syslog, ts.</summary>
    [GeneratedRegex(
        @"^(?:\[pod/[^\]\s]{1,300}\] "
        + @"|\[\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\] ?"
        + @"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)? (?:[\w.-]{1,64} (?:kernel|[\w./()-]{1,64}\[\d{1,9}\]): ?)?"
        + @"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [\w.-]{1,64} [\w./()-]{1,64}(?:\[\d{1,9}\])?: ?)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Log();

    // The inside of `code` keeps its indentation.
    [GeneratedRegex(@"^\s{0,8}(?:(?<mark>[-*+•]) (?<text>.*)|(?<mark>\|) ?(?<text>.*?)\s*\|)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Item();

    // Not "12:34:56.789" (a time), and not "2001:db8::1".
    [GeneratedRegex(@"^\s{0,8}(?<number>\d{1,7})(?:[:|] ?(?!\d\d:)|-(?=[^\d\s])|\t|  ?(?:[|│] )?)", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]{0,62}\s{1,40}\| ", RegexOptions.CultureInvariant)]
    private static partial Regex Service();
}
