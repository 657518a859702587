using System.Globalization;

namespace VxlanCsum.TcpdumpText;

/// <summary>How far the packet under way has come, told from its lines alone: enough to know which lines are still its
/// own.</summary>
internal struct RecordState
{
    private static readonly string[] _headers = ["(tos 0x", "(hlim ", "(class 0x", "(flowlabel 0x"];

    /// <summary>Behind these words, and the identifier with them, tcpdump begins a line for the encapsulated
    /// packet.</summary>
    private static readonly string[] _tunnels = ["VXLAN,", "OTV,", "VXLAN-GPE,", "Geneve,", "GREv0", "MPLS ("];

    private static readonly string[] _identifiers = ["vni", "instance", "length", "label"];

    /// <summary>ICMP messages that quote the packet they are about (RFC 792).</summary>
    private static readonly string[] _quoting = ["unreachable", "exceeded", "redirect", "parameter problem",
        "source quench"];

    /// <summary>What tcpdump prints at the margin for other protocols; without times (-t) these words alone begin a
    /// packet.</summary>
    private static readonly string[] _others =
    [
        "ARP, ", "RARP, ", "STP ", "LLDP, ", "CDPv", "LACPv", "EAPOL ", "EAP packet", "IS-IS, ", "MPLS (", "PPPoE ",
        "Loopback, ", "UDLDv", "DTPv", "VTPv", "IPX ", "SLARP ",
    ];

    /// <summary>Link-layer addresses, VLAN tags and labels before an IP header end here.</summary>
    private const int MaxPrefix = 300;

    private uint? _headerLength;
    private bool _isTunnel, _hasIdentifier, _quotes;
    private string? _tail;
    private int _open;
    private bool _endsOpen;

    /// <summary>The packet's first line had a mark of quotation.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>An IP header stands without its addresses yet.</summary>
    public bool ExpectsAddresses { get; private set; }

    /// <summary>A tunnel's words were the last: its frame comes, of whatever protocol.</summary>
    public readonly bool ExpectsFrame => _isTunnel;

    /// <summary>An ICMP error was the last: the header it quotes comes.</summary>
    public readonly bool ExpectsQuotedHeader => _quotes;

    /// <summary>The last line ended in the middle of something: an open bracket, a comma, a colon.</summary>
    public readonly bool ExpectsMore => _open > 0 || _endsOpen;

    /// <summary>An IP header was among its lines.</summary>
    public bool HasHeader { get; private set; }

    /// <summary>Does a packet, or a packet inside a packet, begin with this line?</summary>
    public static bool StartsHeader(string text)
    {
        if (IsFrame(text))
        {
            return true;
        }

        // "IP (tos …", "ip: (tos …", "AF IPv4 (2), length 60: (tos …", "eth0 In IP (tos …", "PPPoE [ses 0x17] IP (tos
        // …".
        if (IndexOfAny(text, _headers) is > 0 and < MaxPrefix)
        {
            return true;
        }

        bool ip = text.StartsWith("IP ", StringComparison.Ordinal) || text.StartsWith("IP6 ", StringComparison.Ordinal)
            || text.IndexOf("  In  IP", StringComparison.Ordinal) is > 0 and < 17
            || text.IndexOf("  Out IP", StringComparison.Ordinal) is > 0 and < 17;
        return ip && text.Contains(" > ", StringComparison.Ordinal);
    }

    /// <summary>Does a packet begin with this line, if it is none of the packet before?</summary>
    public static bool StartsPacket(string text) =>
        StartsHeader(text) || HasAddresses(text) || StartsWithAny(text, _others);

    /// <summary>"10.0.10.14.7103 > 10.0.10.10.4789: [bad udp cksum …": addresses and words of a protocol.</summary>
    public static bool HasAddresses(string text)
    {
        int arrow = text.IndexOf(" > ", StringComparison.Ordinal),
            colon = arrow < 0 ? -1 : text.IndexOf(": ", arrow, StringComparison.Ordinal);
        return arrow > 0 && colon > 0 && text.IndexOf(' ', StringComparison.Ordinal) == arrow
            && text.IndexOf(' ', arrow + 3) == colon + 1 && !IsFrame(text)
            && text.AsSpan(0, arrow).Contains('.')
            && RecordParser.NamesTransport(text.AsSpan(colon + 1));
    }

    /// <summary>Can this header line be that of the packet in the tunnel, by its length?</summary>
    public readonly bool ExpectsInner(string text)
    {
        // UDP 8, VXLAN 8, and, where no link-layer header is printed, Ethernet 14; tcpdump's "length" of a frame counts
        // the latter.
        const uint Headers = 16, Ethernet = 14, IPv4 = 20;
        return _isTunnel
            && (_headerLength is not { } outer || LengthIn(text) is not { } inner
                || inner + IPv4 + Headers + (IsFrame(text) ? 0 : Ethernet) <= outer);
    }

    /// <summary>Takes a line of the packet into account.</summary>
    public void Read(string line)
    {
        foreach (char c in line)
        {
            _open = c switch
            {
                '(' or '[' => _open + 1,
                ')' or ']' => Math.Max(_open - 1, 0),
                _ => _open,
            };
        }

        _endsOpen = line is [.., ',' or ':' or '>'] || line.EndsWith(" Flags", StringComparison.Ordinal);

        // A wrapped line goes on in the middle of a word; words that were understood are not read again.
        const int Longest = 24;
        string text = _tail + line;
        int understood = 0;
        int header = IndexOfAny(text, _headers);
        if (header >= 0)
        {
            understood = header + 1;
            ExpectsAddresses = !HasArrow(text, header);
            _headerLength = LengthIn(text[header..]);
            _isTunnel = _quotes = false;
            HasHeader = true;
        }
        else if (ExpectsAddresses)
        {
            ExpectsAddresses = !HasArrow(text, 0);
        }

        int tunnel = IndexOfAny(text, _tunnels);
        if (tunnel > header)
        {
            _isTunnel = !ExpectsAddresses;
            _hasIdentifier = HasIdentifier(text[tunnel..]);
            understood = _hasIdentifier ? text.Length : tunnel;
        }
        else if (_isTunnel && !_hasIdentifier)
        {
            _hasIdentifier = HasIdentifier(text);
            understood = _hasIdentifier ? text.Length : 0;
        }
        else if (_isTunnel && line.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            // No more digits of the identifier, but a frame that is not IP.
            _isTunnel = false;
        }

        int icmp = text.IndexOf(": ICMP", StringComparison.Ordinal);
        _quotes |= icmp > header && IndexOfAny(text[icmp..], _quoting) >= 0;
        int keep = _isTunnel && !_hasIdentifier ? 4 * Longest : Longest;
        _tail = text[Math.Max(understood, text.Length - keep)..];
    }

    private static bool HasIdentifier(string text)
    {
        int at = IndexOfAny(text, _identifiers);
        return at >= 0 && text.AsSpan(at).IndexOfAnyInRange('0', '9') >= 0;
    }

    /// <summary>"aa:bb:cc:dd:ee:ff > …": a line that tcpdump -e begins with the link layer's addresses.</summary>
    private static bool IsFrame(string text) =>
        text.Length > 20 && text[2] == ':' && text[5] == ':' && text[8] == ':' && text[11] == ':' && text[14] == ':'
            && text[17] == ' '
        && (text.IndexOf(" > ", 17, StringComparison.Ordinal) is >= 17 and < 40
            || text.AsSpan(18).StartsWith("ethertype", StringComparison.Ordinal));

    private static bool HasArrow(string text, int from) =>
        text.IndexOf(" > ", from, StringComparison.Ordinal) >= 0 || text.EndsWith(" >", StringComparison.Ordinal)
            || text.StartsWith("> ", StringComparison.Ordinal);

    /// <summary>The first length: of the frame where the link layer is printed, else of the IP packet with its
    /// header.</summary>
    private static uint? LengthIn(string text)
    {
        const string Word = "length", IPv6Word = "payload length";
        int at = text.IndexOf(Word, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        uint header = text.IndexOf(IPv6Word, StringComparison.Ordinal) == at + Word.Length - IPv6Word.Length ? 40u : 0;
        ReadOnlySpan<char> number = text.AsSpan(at + Word.Length).TrimStart(": ");
        int end = number.IndexOfAnyExceptInRange('0', '9');
        // At the end of the line it may go on in the next.
        return end > 0 && uint.TryParse(number[..end], NumberStyles.None, CultureInfo.InvariantCulture, out uint length)
            && length <= int.MaxValue
            ? length + header
            : null;
    }

    private static bool StartsWithAny(string text, string[] words)
    {
        foreach (string word in words)
        {
            if (text.StartsWith(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static int IndexOfAny(string text, string[] words)
    {
        int first = -1;
        foreach (string word in words)
        {
            int at = text.IndexOf(word, StringComparison.Ordinal);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }

        return first;
    }
}
