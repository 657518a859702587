using System.Text;
using System.Text.RegularExpressions;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Pasting;

namespace VxlanCsum.Netfilter.Listings;

/// <summary>Rules among what pasting puts around them: comment signs, and prompts with the command that printed
/// them.</summary>
internal sealed partial class PastedText
{
    private readonly PasteStripper _paste = new(static text => IsRule(Encoding.UTF8.GetBytes(text)), hasComments: true);
    private bool? _isQuoted;

    /// <summary>The line without what stands before a rule; the line itself where nothing does.</summary>
    /// <param name="line">Not empty, without blanks around it.</param>
    public ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = Encoding.UTF8.GetBytes(
            PasteStripper.Unquote(_paste.Strip(Encoding.UTF8.GetString(line.Trim("`"u8)))).Trim());
        if (text.IsEmpty)
        {
            return text;
        }

        if (text[0] == (byte)'#')
        {
            // Behind "#" a rule is quoted where the text began so. In a text of rules it is one that somebody took out.
            ReadOnlySpan<byte> behind = text.TrimStart("# \t"u8);
            if (!IsRule(behind) || _isQuoted == false)
            {
                return text;
            }

            _isQuoted = true;
            return behind;
        }

        _isQuoted ??= IsRule(text) ? false : null;
        return text;
    }

    /// <summary>A rule stands there without anything before it.</summary>
    public void SeePlain() => _isQuoted ??= false;

    /// <summary>The command that a prompt was given, if it is one that prints rules.</summary>
    public static PastedCommand? Command(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("tables"u8) < 0 || line.Length > 1000)
        {
            return null;
        }

        Match match = Prompt().Match(Encoding.UTF8.GetString(line));
        if (!match.Success)
        {
            return null;
        }

        string program = match.Groups["program"].Value, arguments = match.Groups["arguments"].Value;
        Match table = Table().Match(arguments);
        return new PastedCommand(
            table.Success ? table.Groups["name"].Value : null,
            program.Contains('6', StringComparison.Ordinal) ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
            program.Contains("-nft", StringComparison.Ordinal) ? NetfilterBackend.IptablesNft
                : program.Contains("-legacy", StringComparison.Ordinal) ? NetfilterBackend.IptablesLegacy
                    : NetfilterBackend.Unknown,
            Filter().IsMatch(arguments));
    }

    /// <summary>It begins as a line of iptables-save or a listing's chain does.</summary>
    public static bool IsRule(ReadOnlySpan<byte> text) => text.Length > 3 && text[0] switch
    {
        (byte)'-' => IsCommand(text),
        (byte)'*' => IsTable(text),
        (byte)':' => IsDeclaration(text),
        (byte)'[' => char.IsAsciiDigit((char)text[1]) && text.IndexOf("] -A "u8) > 0,
        (byte)'C' => text.SequenceEqual("COMMIT"u8) || IsChain(text),
        _ => false,
    };

    private static bool IsCommand(ReadOnlySpan<byte> text) => text[2] == (byte)' ' && "ANPI"u8.Contains(text[1]);

    private static bool IsTable(ReadOnlySpan<byte> text) =>
        char.IsAsciiLetterLower((char)text[1]) && !text.Contains((byte)' ');

    private static bool IsDeclaration(ReadOnlySpan<byte> text) =>
        char.IsAsciiLetterOrDigit((char)text[1]) && text.Contains((byte)' ');

    /// <summary>"Chain POSTROUTING (policy ACCEPT)".</summary>
    private static bool IsChain(ReadOnlySpan<byte> text) => text.StartsWith("Chain "u8) && text.IndexOf(" ("u8) > 0;

    [GeneratedRegex(@"^(?:.*?[#$>%]\s*)?(?:sudo\s+(?:-\S+\s+)*)?(?:[\w./-]*/)?(?<program>ip6?tables(?:-legacy|-nft)?"
        + @"(?:-save)?)(?:\s+(?<arguments>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Prompt();

    [GeneratedRegex(@"(?:^|\s)(?:-t\s*|--table[ =])(?<name>nat|mangle|raw|filter|security)\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Table();

    [GeneratedRegex(@"\|\s*(?:\S*/)?(?:[ez]?grep|awk|sed|head|tail|less\s+\+|cut|rg)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Filter();
}

/// <summary>A command that printed rules.</summary>
/// <param name="Table">The one that it asked for; null where it did not say.</param>
/// <param name="Family">Of its rules.</param>
/// <param name="Backend">Of its rules; Unknown where its name does not say.</param>
/// <param name="IsFiltered">Another program took lines out.</param>
internal sealed record PastedCommand(string? Table, NetfilterFamily Family, NetfilterBackend Backend, bool IsFiltered);
