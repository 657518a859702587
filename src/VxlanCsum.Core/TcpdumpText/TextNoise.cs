using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;

namespace VxlanCsum.TcpdumpText;

/// <summary>What stands between packets in a paste and is no loss: prompts, fences, tcpdump's own messages.</summary>
internal static partial class TextNoise
{
    // libpcap's names.
    private static readonly Dictionary<string, LinkType> s_links = new(StringComparer.Ordinal)
    {
        ["EN10MB"] = LinkType.Ethernet,
        ["LINUX_SLL"] = LinkType.LinuxSll,
        ["LINUX_SLL2"] = LinkType.LinuxSll2,
        ["NULL"] = LinkType.Null,
        ["LOOP"] = LinkType.Loop,
        ["PPP"] = LinkType.Ppp,
        ["PPP_SERIAL"] = LinkType.PppHdlc,
        ["C_HDLC"] = LinkType.CHdlc,
        ["RAW"] = LinkType.Raw,
    };

    /// <summary>Is the line no part of any packet, and known to be none?</summary>
    public static bool IsNoise(string text) =>
        "#$%`~^<".Contains(text[0], StringComparison.Ordinal) && Marks().IsMatch(text)
        || IsMessage(text) || Rules().IsMatch(text) || PastePrompt.TryRead(text, out _);

    /// <summary>A line of tcpdump -x or -X: "0x0010:  4500 …".</summary>
    public static bool IsHexDump(string text) =>
        text.Length > 6 && text.StartsWith("0x", StringComparison.Ordinal) && HexDump().IsMatch(text);

    /// <summary>"listening on vxlan.calico, link-type EN10MB (Ethernet), capture size 262144 bytes"; "reading from file
    /// x.pcap, link-type …".</summary>
    public static bool TryReadSource(string text, out string? device, out LinkType? link, out uint snapLength)
    {
        (device, link, snapLength) = (null, null, 0);
        Match match = Source().Match(text);
        if (!match.Success)
        {
            return false;
        }

        device = match.Groups["device"] is { Success: true, Value: var name } ? name : null;
        link = s_links.TryGetValue(match.Groups["link"].Value, out LinkType known) ? known : null;
        _ = uint.TryParse(match.Groups["snap"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out snapLength);
        return true;
    }

    private static bool IsMessage(string text) =>
        text.StartsWith("tcpdump:", StringComparison.Ordinal)
        || text.StartsWith("tcpdump ", StringComparison.Ordinal)
        || text.StartsWith("listening on ", StringComparison.Ordinal)
        || text.StartsWith("reading from ", StringComparison.Ordinal)
        || text.StartsWith("dropped privs to ", StringComparison.Ordinal)
        || text.StartsWith("Warning: ", StringComparison.Ordinal)
        || Count().IsMatch(text);

    // "# tcpdump …", "$ …", "% …", "```bash", "~~~", "^C", "<details>".
    [GeneratedRegex(@"^(?:[#$%](?:\s|$)|#{2,}|```|~~~|\^[A-Z]|</?[a-zA-Z][^>]{0,200}>)", RegexOptions.CultureInvariant)]
    private static partial Regex Marks();

    // "12 packets captured" and its brothers, with the "^C" of the terminal before it.
    [GeneratedRegex(@"^(?:\^C)?\d+ packets? (?:captured|received by filter|dropped by (?:kernel|interface))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Count();

    // Rulers, grep's "--", marks of omission.
    [GeneratedRegex(@"^(?:[-=_*.+…]{2,}|[-(\[<]*\.\.\.[-)\]>]*|[(\[<]?snip[)\]>]?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Rules();

    [GeneratedRegex(@"^0x[0-9a-f]{4,8}:(?:\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex HexDump();

    [GeneratedRegex(@"(?:listening on (?<device>[^\s,]{1,64})|reading from (?:file )?[^,]{1,300}), link-type "
        + @"(?<link>\w{1,32})(?: \([^)]{0,100}\))?(?:, (?:capture size|snapshot length) (?<snap>\d{1,9}))?",
            RegexOptions.CultureInvariant)]
    private static partial Regex Source();
}
