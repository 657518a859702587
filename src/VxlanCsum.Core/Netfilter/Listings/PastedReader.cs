using System.Globalization;
using System.Text;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Listings;

/// <summary>
/// Reads what people paste around and instead of iptables-save: iptables -L, prompts, quotation, prose. Each becomes a
/// line that <see cref="IptablesReader"/> reads, or nothing.
/// </summary>
internal sealed class PastedReader(RulesetSink sink, IptablesReader iptables)
{
    private readonly PastedText _paste = new();
    private readonly ListingReader _listing = new();
    private (int Count, long Line, string Text, string Reason) _unreadable;
    private bool _isCut;

    /// <summary>What a program prints begins otherwise: these are to be looked at before.</summary>
    public static bool MayBePasted(ReadOnlySpan<byte> line) => line[0] is (byte)'#' or (byte)'>' or (byte)'`';

    /// <summary>A line was read as it is: what stands behind "#" from here on was taken out.</summary>
    public void SeePlain() => _paste.SeePlain();

    /// <summary>An empty line.</summary>
    public void Blank() => _listing.Blank();

    /// <summary>Reads one line, without blanks around it.</summary>
    public void Read(ReadOnlySpan<byte> line, long number)
    {
        ReadOnlySpan<byte> text = _paste.Clean(line).TrimEnd(" \t"u8);
        if (text.IsEmpty || IsFence(text) || IsOtherCommand(text))
        {
            return;
        }

        if (PastedText.Command(text) is { } command)
        {
            _listing.Restart(command.IsFiltered);
            iptables.Tables.BeginListing(command.Table, command.Backend, command.Family, command.IsFiltered, number);
            if (command.IsFiltered)
            {
                Cut(number, text, "another program took lines out of this output: rules may be missing");
            }

            return;
        }

        if (iptables.Read(text, number))
        {
            return;
        }

        if (_listing.Read(Encoding.UTF8.GetString(text), number, out string? saved))
        {
            if (saved is not null && !iptables.Read(Encoding.UTF8.GetBytes(saved), number))
            {
                Unreadable(text, number);
            }
        }
        else if (IsElision(text))
        {
            _listing.Gap();
            iptables.Tables.Gap(number);
            Cut(number, text, "something was left out here: rules may be missing");
        }
        else
        {
            Unreadable(text, number);
        }
    }

    /// <summary>No more lines.</summary>
    public void End(long number)
    {
        if (_listing.Orphans is { Count: > 0 } orphans)
        {
            sink.Problem(RulesetErrorId.Incomplete, orphans.Line, string.Empty,
                string.Create(CultureInfo.InvariantCulture,
                $"{Rules(orphans.Count)} without the \"Chain ...\" line of the chain: where rules stand here is a "
                + $"guess, and others may be missing"));
        }

        if (_unreadable.Count > 0)
        {
            bool isOther = _unreadable.Count > 1 && sink.IsEmptyHanded;
            string more = _unreadable.Count == 1 ? string.Empty
                : string.Create(CultureInfo.InvariantCulture, $" (and {_unreadable.Count - 1} more lines)");
            sink.Problem(isOther ? RulesetErrorId.NoRules : RulesetErrorId.LineUnreadable, _unreadable.Line,
                _unreadable.Text,
                isOther ? "no rule is in this text" + more
                    + ": it is none of iptables-save, iptables -S, iptables -L, nft list ruleset, ipset save"
                    : _unreadable.Reason + more);
        }

        (_unreadable, _isCut) = (default, false);
        iptables.Tables.End(number);
    }

    private void Unreadable(ReadOnlySpan<byte> text, long number)
    {
        if (_unreadable.Count++ == 0)
        {
            _unreadable = (1, number, SafeText.Escape(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 800)]), 200),
                Reason(text));
        }
    }

    private void Cut(long number, ReadOnlySpan<byte> text, string reason)
    {
        if (!_isCut)
        {
            _isCut = true;
            sink.Problem(RulesetErrorId.Incomplete, number, text, reason);
        }
    }

    private static string Rules(int count) =>
        count == 1 ? "a rule" : string.Create(CultureInfo.InvariantCulture, $"{count} groups of rules");

    /// <summary>A prompt with a command whose name tells nothing of the rules behind it: nft, ipset, cat.</summary>
    private static bool IsOtherCommand(ReadOnlySpan<byte> text) => text.Length < 1000
        && text.IndexOfAny("#$%>"u8) >= 0 && text.IndexOf("tables"u8) < 0
        && PastePrompt.TryRead(Encoding.UTF8.GetString(text), out PastePrompt prompt) && prompt.Command.Length > 0;

    private static bool IsFence(ReadOnlySpan<byte> text) => text.StartsWith("```"u8) || text.StartsWith("~~~"u8);

    /// <summary>"...", "[...]", "(snip)", "&lt;omitted&gt;".</summary>
    private static bool IsElision(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> bare = text.Trim("[](){}<>- *"u8);
        return bare.Length > 0 && (bare.TrimStart((byte)'.').IsEmpty || bare.SequenceEqual("…"u8)
            || bare.SequenceEqual("snip"u8) || bare.SequenceEqual("omitted"u8) || bare.SequenceEqual("truncated"u8));
    }

    private static string Reason(ReadOnlySpan<byte> line) => line[0] switch
    {
        (byte)'-' => "a command, not a saved rule: only -A, -I, -N and -P are read",
        (byte)'[' => "counters without a rule behind them",
        _ => "not a line of iptables-save, iptables -S, iptables -L, nft list ruleset or ipset save",
    };
}
