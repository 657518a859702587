using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tunnels;

/// <summary>Reads what `ip -d link`, `ip -d addr`, `ip -s link`, their JSON and ifconfig print of devices and their
/// addresses.</summary>
/// <remarks>
/// iproute2 prints a device's first line at the margin and all else of it indented; where the indentation was lost, the
/// words tell. What is not printed is null: without -d that is all of a tunnel.
/// </remarks>
internal sealed partial class LinkText(string path)
{
    private const int MostLinks = 100_000, MostJson = 24 << 20;

    private readonly PasteStripper _paste = new(static text => First().IsMatch(text));
    private readonly List<TextLink> _links = [];
    private readonly Dictionary<string, VxlanInterface> _tunnels = new(StringComparer.Ordinal);

    /// <summary>The devices, in the order of the text.</summary>
    public IReadOnlyList<TextLink> Links => _links;

    /// <summary>The tunnels among them.</summary>
    public IReadOnlyList<VxlanInterface> Tunnels
    {
        get
        {
            var devices = new LinkIndex(_links);
            return [.. _tunnels.Values.Select(devices.Over)];
        }
    }

    /// <summary>Does a device begin with this line?</summary>
    public static bool Begins(string text) => First().IsMatch(text) || Old().IsMatch(text);

    /// <summary>Why the text was not read to its end; null where it was.</summary>
    public string? Left { get; private set; }

    /// <summary>Reads a whole text: lines, or the JSON of `ip -j`. Of a very long one the first part.</summary>
    /// <param name="path">Of the text.</param>
    /// <param name="lines">JSON's are not cut.</param>
    public static LinkText Read(string path, IEnumerable<string> lines)
    {
        var text = new LinkText(path);
        StringBuilder? json = null;
        foreach (string line in lines)
        {
            if (text._links.Count >= MostLinks || json?.Length > MostJson)
            {
                text.Left = Phrase.Text($"it has more than {MostLinks:N0} devices, or more than {MostJson >> 20} MiB of JSON");
                break;
            }

            if (json is not null || (text._links.Count == 0 && AddressJson.BeginsList(line)))
            {
                (json ??= new StringBuilder()).Append(line).Append('\n');
            }
            else
            {
                text.Add(line);
            }
        }

        foreach (JsonElement device in json is null ? [] : AddressJson.Objects(json.ToString(), line =>
            text.Left ??= Phrase.Text($"the JSON is damaged or cut off at line {line + 1}")))
        {
            text.Add(device);
        }

        return text;
    }

    /// <summary>Reads a line; false where it says nothing of a device.</summary>
    public bool Add(string raw)
    {
        string text = PasteStripper.Unquote(_paste.Strip(raw)).Trim();
        if (text.Length == 0)
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

    /// <summary>Reads an object of `ip -j -d link` or `ip -j -d addr`; false where it is none.</summary>
    public bool Add(JsonElement device)
    {
        if (device.Text("ifname") is not { } name || device.Number("mtu") is null)
        {
            return false;
        }

        var link = new TextLink(name, (int)(device.Number("ifindex") ?? 0))
        {
            IsUp = device.At("flags") is null ? null : device.Strings("flags").Contains("UP"),
            Mtu = (int?)device.Number("mtu"),
        };
        _links.Add(link);
        foreach (JsonElement address in device.Objects("addr_info"))
        {
            Hold(link, Address(address.Raw("local")));
        }

        if (device.Text("linkinfo", "info_kind") is ("vxlan" or "geneve") and var kind)
        {
            _tunnels[name] = Tunnel(link, kind, device.At("linkinfo", "info_data") ?? default);
        }

        return true;
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
                _tunnels[link.Name] = Tunnel(link, words);
                return true;
            case ["inet" or "inet6", var address, ..] when Address(address) is { } read:
                Hold(link, read);
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

    private VxlanInterface Tunnel(TextLink link, string kind, JsonElement said)
    {
        bool external = said.Flag("external") == true;
        bool? Checksum(string name) => external ? null : said.Flag(name);
        return new VxlanInterface(link.Name, kind)
        {
            Index = link.Index,
            Vni = (int?)said.Number("id") ?? (external ? 0 : null),
            Port = said.Number("port") is > 0 and <= ushort.MaxValue and var port ? (ushort)port : null,
            Local = Address(said.Raw("local") ?? said.Raw("local6")),
            Remote = Address(said.Raw("remote") ?? said.Raw("remote6")),
            Group = Address(said.Raw("group") ?? said.Raw("group6")),
            UnderlyingDevice = said.Text("link"),
            UdpChecksum = Checksum("udp_csum"),
            UdpZeroChecksum6Tx = Checksum("udp_zero_csum6_tx"),
            UdpZeroChecksum6Rx = said.Flag("udp_zero_csum6_rx"),
            SourcePortRange = said.Number("port_range", "low") is >= 0 and var low
                && said.Number("port_range", "high") is > 0 and <= ushort.MaxValue and var high && low <= high
                ? new PortRange((ushort)low, (ushort)high) : null,
            Learning = said.Flag("learning"),
            CollectMetadata = external,
            Mtu = link.Mtu ?? 0,
            Up = link.IsUp ?? true,
            Path = path,
        };
    }

    /// <summary>A host's own, on loopback, names no node; a link's own is on every one.</summary>
    private static void Hold(TextLink link, IPAddress? address)
    {
        if (address is not null && !address.IsIPv6LinkLocal && !IPAddress.IsLoopback(address))
        {
            link.Addresses.Add(address);
        }
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
