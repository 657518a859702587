using System.Buffers;
using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>
/// The grammar of one packet: time, link layer, then IP headers with what they carry, each further one only where
/// tcpdump puts it, behind a tunnel's words; so nothing inside a payload is taken for a packet.
/// </summary>
internal sealed partial class RecordParser
{
    // What tcpdump -i any prints behind the interface's name.
    private static readonly string[] s_directions = ["In", "Out", "B", "M", "P"];

    private const int MaxDepth = 16;

    /// <summary>Words before an IP header: link-layer addresses, VLAN tags, MPLS labels, radio data.</summary>
    private const int MaxPrefixWords = 48;

    /// <summary>A name of 255 characters, a dot and a service.</summary>
    private const int MaxEndpoint = 300;

    private static readonly SearchValues<char> _addressCharacters = SearchValues.Create("0123456789abcdef:.");

    private readonly TextPacket _packet;
    private string? _problem;

    private RecordParser(TextPacket packet) => _packet = packet;

    private enum Prefix
    {
        /// <summary>No IP packet.</summary>
        Other,
        /// <summary>A verbose header's bracket comes next.</summary>
        Header,
        /// <summary>Addresses come next: printed without -v, or the header line is missing.</summary>
        Addresses,
        /// <summary>IP, by its word, but without anything that can be read.</summary>
        Unread,
    }

    /// <summary>Reads a packet.</summary>
    /// <param name="record">Its lines.</param>
    /// <param name="problem">What could not be read, or null.</param>
    /// <returns>Null where there is nothing of a packet to deliver.</returns>
    public static TextPacket? Parse(TextRecord record, out string? problem)
    {
        TextPacket packet = new() { FirstLine = record.FirstLine };
        RecordParser parser = new(packet);
        TextCursor cursor = new(record.Text);
        if (TextTimestamp.TryRead(record.Text, out long nanoseconds, out int length))
        {
            packet.TimestampNanoseconds = nanoseconds;
            cursor.Position = length;
        }

        bool read = parser.ReadFrame(ref cursor, depth: 0);
        problem = parser._problem;
        return read ? packet : null;
    }

    /// <summary>A link-layer frame, or what stands in its place; false where an IP packet is cut off before its
    /// addresses.</summary>
    private bool ReadFrame(ref TextCursor cursor, int depth)
    {
        IpHeaderText ip = default;
        bool cut = false;
        Prefix prefix = depth < MaxDepth ? ReadPrefix(ref cursor, ref ip.IsIPv6, ref cut) : Prefix.Other;
        if (prefix == Prefix.Header)
        {
            if (!IpHeaderParser.TryRead(ref cursor, ip.IsIPv6, out ip))
            {
                _problem = "an IP header is cut off";
                return false;
            }
        }
        else if (prefix != Prefix.Addresses)
        {
            _packet.IsUnread |= prefix == Prefix.Unread;
            return true;
        }

        ip.IsTruncated = cut;
        if (depth == 0 && _packet.WireLength == 0)
        {
            _packet.WireLength = ip.TotalLength ?? 0;
        }

        return ReadPacket(ref cursor, ip, depth);
    }

    private Prefix ReadPrefix(ref TextCursor cursor, ref bool isIPv6, ref bool cut)
    {
        bool isIp = false;
        string previous = string.Empty;
        for (int words = 0; words < MaxPrefixWords; words++)
        {
            cursor.SkipSpace();
            if (cursor.AtEnd)
            {
                break;
            }

            if (cursor.Current == '(')
            {
                if (IpHeaderParser.IsAtHeader(in cursor, out bool six))
                {
                    isIPv6 = six;
                    return Prefix.Header;
                }

                if (!cursor.TrySkipGroup())
                {
                    break;
                }

                continue;
            }

            if (previous != "ethertype" && (cursor.TryRead("IP ") || cursor.TryRead("IP6 ")))
            {
                isIp = true;
            }
            else if (AddressesFollow(cursor, isIp))
            {
                return Prefix.Addresses;
            }
            else
            {
                string word = cursor.ReadWord();
                cut |= isIp && (word.StartsWith("truncated-ip", StringComparison.Ordinal) || word == "[total"
                    || word == "[header+payload");
                isIp |= previous == "ethertype" && word.StartsWith("IPv", StringComparison.Ordinal);
                ReadLinkWord(previous, word);
                previous = word;
            }
        }

        return isIp ? Prefix.Unread : Prefix.Other;
    }

    /// <summary>"143:".</summary>
    private static bool TryFrameLength(string word, out uint length)
    {
        length = 0;
        return word.EndsWith(':') && uint.TryParse(word.AsSpan(0, word.Length - 1), out length);
    }

    /// <summary>What the link layer's words tell: interface and direction, frame length, kind of frame.</summary>
    private void ReadLinkWord(string previous, string word)
    {
        if (_packet.Layers.Count > 0)
        {
            return;
        }

        if (previous == "length" && TryFrameLength(word, out uint length) && _packet.WireLength == 0)
        {
            _packet.WireLength = length;
        }
        else if (previous.Length > 0 && Array.IndexOf(s_directions, word) >= 0 && !IsMac(previous))
        {
            _packet.Interface ??= Text.SafeText.Escape(previous);
            _packet.LinkType = LinkType.LinuxSll2;
        }
        else if (word is "In" or "Out")
        {
            _packet.LinkType = LinkType.LinuxSll;
        }
        else if (IsMac(word) && _packet.LinkType == LinkType.Raw)
        {
            _packet.LinkType = LinkType.Ethernet;
        }
    }

    private static bool IsMac(string word) => word.AsSpan().TrimEnd(',') is { Length: 17 } mac && mac.Count(':') == 5;

    /// <summary>"10.0.0.1.53 > 10.0.0.2.4000:", and not the link layer's "aa:… > bb:…,".</summary>
    private static bool AddressesFollow(TextCursor cursor, bool isIp)
    {
        string source = ReadSource(ref cursor);
        if (source.Length == 0 || !cursor.TryRead("> ") || IsMac(source))
        {
            return false;
        }

        // Without a word for IP before them, addresses must look like some: other protocols print arrows, too.
        string destination = ReadDestination(ref cursor);
        return destination.Length > 0 && (isIp
            || (source.Contains('.', StringComparison.Ordinal) && TransportOf(in cursor) is not null));
    }

    /// <summary>Addresses, and what lies behind them.</summary>
    private bool ReadPacket(ref TextCursor cursor, IpHeaderText ip, int depth)
    {
        cursor.SkipSpace();
        if (cursor.TryRead("[real length ") && cursor.TryReadNumber(out uint real))
        {
            // BIG TCP without a length: what was printed counts the IPv6 header, too.
            ip.Length = real < 40 ? null : real - 40;
            _ = cursor.TryRead(", presumed BIG TCP]");
            cursor.SkipSpace();
        }

        string from = ReadSource(ref cursor);
        string to = cursor.TryRead("> ") ? ReadDestination(ref cursor) : string.Empty;
        ip.Protocol ??= TransportOf(in cursor);
        bool ports = !ip.IsLaterFragment && HasPorts(ip, from);
        TextEndpoint? source = TextEndpoint.Parse(from, ports), destination = TextEndpoint.Parse(to, ports);
        if (source is null || destination is null)
        {
            _problem = "an IP header stands without its addresses: the next line is missing or cut off";
            return false;
        }

        ip.IsIPv6 |= source.Address?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        (_packet.Source, _packet.Destination) = (source, destination);
        if (ip.IsVerbose && !ip.IsIPv6)
        {
            AddIPv4(ip, source, destination, depth);
        }

        cursor.SkipSpace();
        ReadTransport(ref cursor, ref ip, source, destination, depth);
        return true;
    }

    private static bool HasPorts(in IpHeaderText ip, string source) => ip.Protocol switch
    {
        IpHeaderText.Tcp or IpHeaderText.Udp or IpHeaderText.Sctp or IpHeaderText.Dccp => true,
        null => TextEndpoint.LooksLikeAddressWithPort(source),
        _ => false,
    };

    /// <summary>The word before " > ". It may be wrapped, unless the arrow is what was wrapped.</summary>
    private static string ReadSource(ref TextCursor cursor)
    {
        cursor.SkipSpace();
        Span<char> word = stackalloc char[MaxEndpoint];
        int count = 0;
        ReadOnlySpan<char> rest = cursor.Rest;
        for (int at = 0; at < rest.Length && count < MaxEndpoint; at++)
        {
            if (rest[at] == '\n' && at + 1 < rest.Length && rest[at + 1] != '>')
            {
                continue;
            }

            if (char.IsWhiteSpace(rest[at]))
            {
                cursor.Position += at;
                cursor.SkipSpace();
                return word[..count].ToString();
            }

            word[count++] = rest[at];
        }

        return string.Empty;
    }

    /// <summary>The word up to a colon with white space or nothing behind it; the colon is stepped over.</summary>
    private static string ReadDestination(ref TextCursor cursor)
    {
        cursor.SkipSpace();
        Span<char> word = stackalloc char[MaxEndpoint];
        int count = 0;
        ReadOnlySpan<char> rest = cursor.Rest;
        for (int at = 0; at < rest.Length && count < MaxEndpoint; at++)
        {
            char next = at + 1 < rest.Length ? rest[at + 1] : ' ';
            if (rest[at] == ':' && (next is ' ' or '\t' || (next == '\n' && IsWhole(word[..count], rest[(at + 2)..]))))
            {
                cursor.Position += at + 1;
                return word[..count].ToString();
            }

            if (rest[at] == '\n')
            {
                continue;
            }

            if (char.IsWhiteSpace(rest[at]))
            {
                break;
            }

            word[count++] = rest[at];
        }

        return string.Empty;
    }

    /// <summary>Is this a whole destination, so that a colon and a wrapped line behind it end it?</summary>
    private static bool IsWhole(ReadOnlySpan<char> word, ReadOnlySpan<char> next)
    {
        int end = next.IndexOfAny(' ', '\t', '\n');
        ReadOnlySpan<char> more = end < 0 ? next : next[..end];
        if (more is [':', ..] || (more is [.., ':'] && more.IndexOfAnyExcept(_addressCharacters) < 0)
            || (word.Length <= 4 && word.IndexOfAnyExcept(_addressCharacters) < 0))
        {
            return false;
        }

        string text = word.ToString();
        return !text.Contains(':', StringComparison.Ordinal)
            || System.Net.IPAddress.TryParse(text, out _)
            || TextEndpoint.LooksLikeAddressWithPort(text);
    }

    private void AddIPv4(in IpHeaderText ip, TextEndpoint source, TextEndpoint destination, int depth)
    {
        LayerRecord record = new()
        {
            Protocol = ChecksumProtocol.IPv4,
            Depth = (byte)depth,
            Offset = -1,
            Length = ip.OptionsLength is { } options ? 20 + options : -1,
            Reason = LayerReason.Unremarked,
        };
        if (ip.HasBadChecksum)
        {
            record.Found = ip.Found;
            record.Expected = ip.Expected;
            record.Flags = LayerFlags.HasFound | LayerFlags.HasExpected;
            record.Status = ChecksumStatus.Bad;
            record.Reason = ip.Found == 0 ? LayerReason.ZeroHeaderOffload : LayerReason.Mismatch;
        }

        _packet.Layers.Add(new TextLayer
        {
            Record = record,
            Source = source.WithoutPort(),
            Destination = destination.WithoutPort(),
        });
    }
}
