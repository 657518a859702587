using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>
/// Maps addresses to others of the same kind: the same one always to the same one, and addresses that share a network
/// to ones
/// that share a network as large, so that rules match what they matched. The first octet of IPv4 and the first group of
/// IPv6 stay:
/// they say whether an address is private, of the machine itself, or a group's.
/// </summary>
/// <param name="key">What decides which; thrown away, it cannot be undone but by guessing.</param>
internal sealed partial class AddressAnonymizer(byte[] key)
{
    private const int KeptBits4 = 8, KeptBits6 = 16;

    private readonly Dictionary<IPAddress, IPAddress> _known = [];

    public IPAddress Map(IPAddress address)
    {
        if (!_known.TryGetValue(address, out IPAddress? mapped))
        {
            bool kept = IPAddress.IsLoopback(address) || address.Equals(IPAddress.Broadcast)
                || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
            _known[address] = mapped = kept ? address : Scramble(address);
        }

        return mapped;
    }

    /// <summary>A text with every address in it mapped; of a network the bits behind its length are none.</summary>
    public string Map(string text) => Candidate().Replace(text, match =>
    {
        string word = match.Groups["address"].Value;
        if (!IsAddress(word) || !IPAddress.TryParse(word, out IPAddress? address))
        {
            return match.Value;
        }

        IPAddress mapped = Map(address);
        string tail = match.Groups["length"].Value;
        int most = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        return tail.Length > 1 && int.TryParse(tail.AsSpan(1), out int length) && length <= most
            && IsNetwork(address, length)
            ? $"{Masked(mapped, length)}{tail}" : $"{mapped}{tail}";
    });

    /// <summary>JSON with every text in it mapped, but for what stands under these names.</summary>
    public byte[] MapJson(byte[] json, params ReadOnlySpan<string> except)
    {
        JsonNode root = JsonNode.Parse(json)!;
        HashSet<string> left = [.. except];
        MapNode(root, left);
        return Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private void MapNode(JsonNode node, HashSet<string> except)
    {
        switch (node)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members.ToArray())
                {
                    if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String
                        && !except.Contains(name))
                    {
                        members[name] = Map(text.GetValue<string>());
                    }
                    else if (value is not null && !except.Contains(name))
                    {
                        MapNode(value, except);
                    }
                }

                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    if (items[i] is JsonValue text && text.GetValueKind() == JsonValueKind.String)
                    {
                        items[i] = Map(text.GetValue<string>());
                    }
                    else if (items[i] is { } item)
                    {
                        MapNode(item, except);
                    }
                }

                break;
        }
    }

    /// <summary>Each bit is turned or not by a hash of those before it: what begins alike stays alike as far as it
    /// was.</summary>
    private IPAddress Scramble(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        byte[] mapped = [.. bytes];
        Span<byte> prefix = stackalloc byte[18], hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (int bit = bytes.Length == 4 ? KeptBits4 : KeptBits6; bit < bytes.Length * 8; bit++)
        {
            prefix.Clear();
            prefix[0] = (byte)bytes.Length;
            prefix[1] = (byte)bit;
            for (int i = 0; i < bytes.Length; i++)
            {
                prefix[i + 2] = (byte)(bytes[i] & Mask(bit - (i * 8)));
            }

            HMACSHA256.HashData(key, prefix, hash);
            mapped[bit / 8] ^= (byte)((hash[0] & 1) << (7 - (bit % 8)));
        }

        return new IPAddress(mapped);
    }

    private static bool IsNetwork(IPAddress address, int length) => Masked(address, length).Equals(address);

    private static IPAddress Masked(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= Mask(length - (i * 8));
        }

        return new IPAddress(bytes);
    }

    /// <summary>The highest so many bits of an octet.</summary>
    private static byte Mask(int bits) => bits >= 8 ? (byte)0xff : bits <= 0 ? (byte)0 : (byte)(0xff << (8 - bits));

    // A colon alone makes no address: ports, counters and MAC addresses have some, too.
    private static bool IsAddress(string word) =>
        word.Contains(':', StringComparison.Ordinal) ? word.Length > 2 && word.Any(char.IsAsciiHexDigit)
            : word.Count(static c => c == '.') == 3;

    // Behind an IPv4 address a port may follow, as "10.0.0.1:53" or, in tcpdump's way, "10.0.0.1.53".
    [GeneratedRegex(@"(?<![\w.:])(?<address>(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w)|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:]))(?<length>/[0-9]{1,3})?", RegexOptions.CultureInvariant)]
    private static partial Regex Candidate();
}
