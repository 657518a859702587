using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.Tunnels;

/// <summary>Reads routes as `ip route`, `ip -6 route`, `ip route get`, their JSON and `route -n` print them.</summary>
internal sealed partial class RouteText
{
    private readonly PasteStripper _paste = new(static text => Begins(text));
    private readonly List<TextRoute> _routes = [];

    /// <summary>The routes, in the order of the text.</summary>
    public IReadOnlyList<TextRoute> Routes => _routes;

    /// <summary>Does a route stand in this line?</summary>
    public static bool Begins(string text) => First().IsMatch(text) || Old().IsMatch(text);

    /// <summary>Reads a line; false where it says nothing of a route.</summary>
    /// <param name="raw">As it was pasted.</param>
    /// <param name="line">Of the source, 1-based.</param>
    public bool Add(string raw, long line)
    {
        string text = PasteStripper.Unquote(_paste.Strip(raw)).Trim();
        if (First().Match(text) is { Success: true } first && Network(first.Groups["to"].Value, text) is { } to)
        {
            _routes.Add(Read(new TextRoute(to, line) { Refusal = Refusal(first.Groups["type"].Value) }, text));
            return true;
        }

        if (Old().Match(text) is { Success: true } old && Masked(old) is { } masked)
        {
            _routes.Add(new TextRoute(masked, line)
            {
                Refusal = old.Groups["flags"].Value.Contains('!', StringComparison.Ordinal) ? "unreachable" : null,
                Gateway = old.Groups["flags"].Value.Contains('G', StringComparison.Ordinal)
                    ? Address(old.Groups["gateway"].Value) : null,
                Device = old.Groups["device"].Value is { Length: > 0 } name and not "-" ? SafeText.Escape(name) : null,
            });
            return true;
        }

        if (_routes.Count == 0 || More().Match(text) is not { Success: true })
        {
            return false;
        }

        // "nexthop via ... dev ..." of one with several ways, "cache expires 590sec mtu 1400" of an answer.
        _routes[^1] = text.StartsWith("nexthop", StringComparison.Ordinal) ? _routes[^1]
            : Read(_routes[^1], text) with { IsAnswer = true };
        return true;
    }

    /// <summary>Reads the objects of `ip -j route`; false where one is none.</summary>
    public bool Add(JsonElement route, long line)
    {
        if (route.Raw("dst") is not { } to
            || Network(to, route.Raw("gateway") ?? route.Raw("prefsrc") ?? string.Empty) is not { } network)
        {
            return false;
        }

        _routes.Add(new TextRoute(network, line)
        {
            Refusal = Refusal(route.Raw("type") ?? string.Empty),
            Gateway = Address(route.Raw("gateway")),
            Device = route.Text("dev"),
            Mtu = (int?)route.Objects("metrics").Select(static m => m.Number("mtu")).FirstOrDefault(static m =>
                m is > 0 and < int.MaxValue),
            Protocol = route.Text("protocol"),
            IsInMainTable = (route.Text("table") ?? "main") == "main" && !IsOwn(route.Raw("type") ?? string.Empty),
            IsAnswer = route.At("cache") is not null,
        });
        return true;
    }

    private static TextRoute Read(TextRoute route, string text)
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string? After(string key) => Array.IndexOf(words, key) is >= 0 and int at && at + 1 < words.Length
            ? words[at + 1] : null;
        int mtu = Array.IndexOf(words, "mtu");
        string? size = mtu < 0 ? null : words.Skip(mtu + 1).FirstOrDefault(static w => w != "lock");
        return route with
        {
            Gateway = Address(After("via")) ?? route.Gateway,
            Device = After("dev") is { } device ? SafeText.Escape(device, 40) : route.Device,
            Mtu = int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) && bytes > 0
                ? bytes : route.Mtu,
            Protocol = After("proto") is { } made ? SafeText.Escape(made, 40) : route.Protocol,
            IsInMainTable = (After("table") ?? "main") == "main" && !IsOwn(words[0]),
            IsAnswer = words.Contains("uid") || words.Contains("cache") || route.IsAnswer,
        };
    }

    /// <summary>What the kernel takes for itself stands in the table "local".</summary>
    private static bool IsOwn(string type) => type is "local" or "broadcast" or "multicast" or "anycast";

    private static string? Refusal(string type) =>
        type.Trim() is "blackhole" or "unreachable" or "prohibit" or "throw" ? type.Trim() : null;

    /// <summary>Of "default" only what else the route says tells the family.</summary>
    private static IPNetwork? Network(string to, string rest)
    {
        if (to == "default")
        {
            return new IPNetwork(rest.Contains(':', StringComparison.Ordinal) ? IPAddress.IPv6Any : IPAddress.Any, 0);
        }

        string[] parts = to.Split('/');
        if (Address(parts[0]) is not { } address)
        {
            return null;
        }

        int most = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        return parts.Length == 1 ? new IPNetwork(address, most)
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && bits <= most
                ? Cut(address, bits) : null;
    }

    private static IPNetwork? Masked(Match old)
    {
        if (Address(old.Groups["to"].Value) is not { } to || Address(old.Groups["mask"].Value) is not { } mask)
        {
            return null;
        }

        return Cut(to, mask.GetAddressBytes().Sum(static b => System.Numerics.BitOperations.PopCount(b)));
    }

    private static IPNetwork Cut(IPAddress address, int bits)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(bits - (8 * i), 0, 8));
        }

        return new IPNetwork(new IPAddress(bytes), bits);
    }

    private static IPAddress? Address(string? text) =>
        text is not null && IPAddress.TryParse(text, out IPAddress? address)
            && (text.Contains(':', StringComparison.Ordinal) || text.Count(static c => c == '.') == 3) ? address : null;

    [GeneratedRegex(@"^(?<type>(?:unreachable|blackhole|broadcast|local|prohibit|throw|anycast|multicast|unicast) )?"
        + @"(?<to>default|\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?|[0-9a-f]{0,4}:[0-9a-f:.]*(?:/\d{1,3})?)"
        + @"(?:(?: from \S+)? (?:via|dev|proto|nexthop|nhid|scope|metric|table|encap) ?\S*(?: .*)?|"
        + @"(?<=(?:unreachable|blackhole|prohibit|throw) \S{1,50}))\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex First();

    // route -n, netstat -rn: destination, gateway, mask, flags, three numbers, device.
    [GeneratedRegex(@"^(?<to>\d{1,3}(?:\.\d{1,3}){3})\s+(?<gateway>\d{1,3}(?:\.\d{1,3}){3}|-|\*)\s+"
        + @"(?<mask>\d{1,3}(?:\.\d{1,3}){3})\s+(?<flags>[UGHRDMAC!]{1,8})\s+[\d-]+\s+[\d-]+\s+[\d-]+\s+(?<device>\S{1,20})$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Old();

    [GeneratedRegex(@"^(?:nexthop (?:via|dev|encap) |cache\b)", RegexOptions.CultureInvariant)]
    private static partial Regex More();
}
