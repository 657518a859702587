using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tunnels;

/// <summary>Reads what `ip -d link`, `ip -d addr`, `ip -s link` and ifconfig print of devices and their
/// addresses.</summary>
/// <remarks>
/// iproute2 prints a device's first line at the margin and all else of it indented; where the indentation was lost, the
/// words tell. What is not printed is null: without -d that is all of a tunnel.
/// </remarks>
internal sealed partial class LinkText(string path)
{
    private const int Most = 100_000;

    private readonly PasteStripper _paste = new(static text => First().IsMatch(text));
    private readonly List<TextLink> _links = [];
    private readonly List<VxlanInterface> _tunnels = [];

    /// <summary>The devices, in the order of the text.</summary>
    public IReadOnlyList<TextLink> Links => _links;

    /// <summary>The tunnels among them.</summary>
    public IReadOnlyList<VxlanInterface> Tunnels => _tunnels;

    /// <summary>Does a device begin with this line?</summary>
    public static bool Begins(string text) => First().IsMatch(text) || Old().IsMatch(text);

    /// <summary>Reads a line; false where it says nothing of a device.</summary>
    public bool Add(string raw)
    {
        string text = PasteStripper.Unquote(_paste.Strip(raw)).Trim();
        if (_links.Count >= Most || text.Length == 0)
        {
            return false;
        }

        if (First().Match(text) is { Success: true } first)
        {
            Begin(first, int.Parse(first.Groups["index"].Value, CultureInfo.InvariantCulture));
            return true;
        }

        if (Old().Match(text) is { Success: true } old)
        {
            Begin(old, 0);
            return true;
        }

        return _links.Count > 0 && Detail(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private void Begin(Match match, int index)
    {
        string[] flags = match.Groups["flags"].Value.Split(',');
        _links.Add(new TextLink(SafeText.Escape(match.Groups["name"].Value), index)
        {
            IsUp = match.Groups["flags"].Success ? flags.Contains("UP") : null,
            Mtu = match.Groups["mtu"].Success ? int.Parse(match.Groups["mtu"].Value, CultureInfo.InvariantCulture)
                : null,
        });
    }

    private bool Detail(string[] words)
    {
        TextLink link = _links[^1];
        switch (words)
        {
            case ["vxlan" or "geneve", ..]:
                _tunnels.RemoveAll(t => t.Name == link.Name);
                _tunnels.Add(Tunnel(link, words));
                return true;
            case ["inet" or "inet6", var address, ..] when Address(address) is { } read:
                // A host's own, on loopback, names no node; a link's own is on every one.
                if (!read.IsIPv6LinkLocal && !IPAddress.IsLoopback(read))
                {
                    link.Addresses.Add(read);
                }

                return true;
            case ["mtu", var mtu,
                ..] when int.TryParse(mtu, NumberStyles.None, CultureInfo.InvariantCulture, out int size):
                _links[^1] = link with { Mtu = size };
                return true;
            default:
                return true;
        }
    }

    private VxlanInterface Tunnel(TextLink link, string[] words)
    {
        string? After(string key) => Array.IndexOf(words, key) is >= 0 and int at && at + 1 < words.Length
            ? words[at + 1] : null;
        bool? Flag(string key) => words.Contains(key) ? true : words.Contains("no" + key) ? false : null;
        bool external = words.Contains("external");
        IPAddress? group = Address(After("group") ?? After("group6"));
        return new VxlanInterface(link.Name, words[0])
        {
            Index = link.Index,
            Vni = int.TryParse(After("id"), NumberStyles.None, CultureInfo.InvariantCulture, out int vni) ? vni
                : external ? 0 : null,
            Port = ushort.TryParse(After("dstport"), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
                ? port : null,
            Local = Address(After("local") ?? After("local6")),
            Remote = Address(After("remote") ?? After("remote6")),
            Group = group,
            UnderlyingDevice = After("dev") is { } device ? SafeText.Escape(device) : null,

            // With "external" each packet's metadata says whether a checksum is sent.
            UdpChecksum = external ? null : Flag("udpcsum"),
            UdpZeroChecksum6Tx = external ? null : Flag("udp6zerocsumtx"),
            UdpZeroChecksum6Rx = Flag("udp6zerocsumrx"),
            SourcePortRange = Range(words),
            Learning = words[0] == "vxlan" ? !words.Contains("nolearning") : null,
            CollectMetadata = external,
            Mtu = link.Mtu ?? 0,
            Up = link.IsUp ?? true,
            Path = path,
        };
    }

    private static PortRange? Range(string[] words)
    {
        int at = Array.IndexOf(words, "srcport");
        return at >= 0 && at + 2 < words.Length
            && ushort.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(words[at + 2], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            && last > 0 && first <= last ? new PortRange(first, last) : null;
    }

    private static IPAddress? Address(string? text) =>
        text is not null && IPAddress.TryParse(text.Split('/')[0], out IPAddress? address) ? address : null;

    [GeneratedRegex(@"^(?<index>\d{1,9}): (?<name>[^\s:@]{1,20})(?:@\S{1,40})?: <(?<flags>[A-Z0-9_,-]*)>(?: mtu "
        + @"(?<mtu>\d{1,9}))?", RegexOptions.CultureInvariant)]
    private static partial Regex First();

    [GeneratedRegex(@"^(?<name>[\w.@-]{1,20})(?:: flags=\d+<(?<flags>[A-Z0-9_,-]*)>(?:\s+mtu "
        + @"(?<mtu>\d{1,9}))?|\s+Link encap:)", RegexOptions.CultureInvariant)]
    private static partial Regex Old();
}
