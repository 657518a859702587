using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.Connections;

/// <summary>Reads what `ss` and `netstat -t` print of sockets: which wait for an answer, and which send again.</summary>
internal sealed partial class SocketText
{
    private readonly PasteStripper _paste = new(static text => Begins(text));
    private string? _last;

    /// <summary>How many sockets were read.</summary>
    public int Sockets { get; private set; }

    /// <summary>The other ends of connections whose SYN has no answer yet; escaped.</summary>
    public List<string> Unanswered { get; } = [];

    /// <summary>The other ends of connections that are up and wait for an acknowledgement of what was sent again;
    /// escaped.</summary>
    public List<string> SendingAgain { get; } = [];

    /// <summary>Does a table of sockets, or a row of it, begin with this line?</summary>
    public static bool Begins(string text) =>
        Head().IsMatch(text) || Row().IsMatch(text) || OldRow().IsMatch(text);

    /// <summary>Does what ss -i says of a socket stand in this line?</summary>
    public static bool IsMore(string text) => More().IsMatch(text);

    /// <summary>Reads a line; false where it says nothing of a socket.</summary>
    public bool Add(string raw)
    {
        string text = PasteStripper.Unquote(_paste.Strip(raw)).Trim();
        if (Row().Match(text) is { Success: true } row)
        {
            Socket(row);
            return true;
        }

        if (OldRow().Match(text) is { Success: true } old)
        {
            Socket(old);
            return true;
        }

        if (Again().Match(text) is { Success: true } again && _last is { } peer
            && int.Parse(again.Groups["now"].Value, CultureInfo.InvariantCulture) > 0)
        {
            SendingAgain.Add(peer);
            _last = null;
        }

        return IsMore(text) || Head().IsMatch(text);
    }

    private void Socket(Match row)
    {
        Sockets++;
        string peer = SafeText.Escape(row.Groups["peer"].Value, 60);
        bool waits = row.Groups["state"].Value is "SYN-SENT" or "SYN_SENT";
        if (waits)
        {
            Unanswered.Add(peer);
        }

        _last = waits ? null : peer;
    }

    [GeneratedRegex(@"^(?:(?:Netid +)?State +Recv-Q +Send-Q +Local Address|Active Internet connections|"
        + @"Proto Recv-Q Send-Q Local Address|TCP: +\d+ \(estab \d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Head();

    [GeneratedRegex(@"^(?:(?:tcp|udp|sctp|mptcp) +)?(?<state>ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|"
        + @"LAST-ACK|CLOSING|CLOSED|LISTEN|UNCONN) +\d+ +\d+ +(?<local>\S+:\S+) +(?<peer>\S+:\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Row();

    [GeneratedRegex(@"^(?:tcp|udp)6? +\d+ +\d+ +(?<local>\S+:\S+) +(?<peer>\S+:\S+)(?: +(?<state>[A-Z][A-Z_0-9]{3,12}))?(?: |$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex OldRow();

    [GeneratedRegex(@"\bretrans:(?<now>\d{1,6})/\d{1,9}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Again();

    // ss -i; and the table of ss -s.
    [GeneratedRegex(@"\brto:\d|\bskmem:\(|^(?:Transport +Total|(?:RAW|UDP|TCP|INET|FRAG|\*)\s+\d+\s+(?:\d+|-)\s+(?:\d+|-)\s*$|UDP: +\d)",
        RegexOptions.CultureInvariant)]
    private static partial Regex More();
}
