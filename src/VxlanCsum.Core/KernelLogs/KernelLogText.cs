using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using VxlanCsum.Marks;
using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.KernelLogs;

/// <summary>
/// Reads dmesg and the journal's kernel lines: "UDP: bad checksum. From A:p to B:q ulen n" (net/ipv4/udp.c; one in a
/// few
/// where many come, since the kernel limits how often it writes), "eth0: hw csum failure" (net/core/dev.c), and what a
/// LOG rule wrote.
/// </summary>
internal sealed partial class KernelLogText
{
    private readonly PasteStripper _paste = new(static _ => false);
    private readonly List<ChecksumComplaint> _complaints = [];
    private readonly List<MarkedPacket> _marked = [];

    public IReadOnlyList<ChecksumComplaint> Complaints => _complaints;

    public IReadOnlyList<MarkedPacket> Marked => _marked;

    /// <summary>Reads a line; false where it says nothing of these.</summary>
    public bool Add(string raw, long number)
    {
        string line = PasteStripper.Unquote(_paste.Strip(raw)).Trim();
        if (Bad().Match(line) is { Success: true } bad && End(bad.Groups["from"].Value) is { } from
            && End(bad.Groups["to"].Value) is { } to)
        {
            _complaints.Add(new ChecksumComplaint(number, from.Address, (ushort)from.Port, to.Address, (ushort)to.Port,
                null));
            return true;
        }

        if (Card().Match(line) is { Success: true } card)
        {
            _complaints.Add(new ChecksumComplaint(number, null, 0, null, 0,
                SafeText.Escape(card.Groups["device"].Value)));
            return true;
        }

        int start = line.IndexOf("IN=", StringComparison.Ordinal);
        if (start >= 0 && LogLine.Parse(line[start..], string.Empty) is { } packet)
        {
            _marked.Add(packet);
            return true;
        }

        return false;
    }

    private static IPEndPoint? End(string text) => IPEndPoint.TryParse(text, out IPEndPoint? end) ? end
        // Of IPv6 the kernel writes "[fe80::1]:53".
        : text.LastIndexOf(':') is > 0 and int colon && IPAddress.TryParse(text[..colon], out IPAddress? address)
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new IPEndPoint(address, port) : null;

    [GeneratedRegex(@"UDP(?:-?Lite|v6)?: bad checksum\. From (?<from>\S{1,60}) to (?<to>\S{1,60}) ulen",
        RegexOptions.CultureInvariant)]
    private static partial Regex Bad();

    [GeneratedRegex(@"(?<device>[\w.@-]{1,20}): hw csum failure", RegexOptions.CultureInvariant)]
    private static partial Regex Card();
}
