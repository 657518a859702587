using System.Globalization;
using System.Net;
using VxlanCsum.Text;

namespace VxlanCsum.Marks;

/// <summary>What the LOG target and nft's log statement write of a packet (nf_log_syslog.c): "IN= OUT=eth0 SRC=...
/// PROTO=UDP SPT=... MARK=0x4000".</summary>
internal static class LogLine
{
    /// <summary>The packet of a line; null for lines that are not this prefix's, and for damaged ones.</summary>
    public static MarkedPacket? Parse(string message, string prefix)
    {
        if (!message.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        // What an ICMP error quotes of another packet stands in brackets, with the same keys.
        string text = message[prefix.Length..];
        int quoted = text.IndexOf('[', StringComparison.Ordinal);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(quoted < 0 ? text : text[..quoted], values);
        if (quoted >= 0)
        {
            Read(text[(text.LastIndexOf(']') + 1)..], values);
        }

        return !values.TryGetValue("OUT", out string? output)
            || !IPAddress.TryParse(values.GetValueOrDefault("SRC"), out IPAddress? source)
            || !IPAddress.TryParse(values.GetValueOrDefault("DST"), out IPAddress? destination)
            ? null
            : new MarkedPacket
            {
                InInterface = Name(values.GetValueOrDefault("IN")),
                OutInterface = Name(output),
                Source = source,
                Destination = destination,
                Protocol = SafeText.Escape(values.GetValueOrDefault("PROTO", string.Empty), 16),
                SourcePort = Number(values, "SPT"),
                DestinationPort = Number(values, "DPT"),
                Length = Number(values, "LEN"),
                Mark = values.TryGetValue("MARK", out string? mark) && mark.StartsWith("0x", StringComparison.Ordinal)
                    && uint.TryParse(mark.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                        out uint bits) ? bits : null,
                Method = MarkWatchMethod.Log,
            };
    }

    // The first counts: behind the packet's own LEN there is that of its UDP header.
    private static void Read(string text, Dictionary<string, string> values)
    {
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
            {
                values.TryAdd(word[..equals], word[(equals + 1)..]);
            }
        }
    }

    private static string? Name(string? device) => string.IsNullOrEmpty(device) ? null : SafeText.Escape(device, 32);

    private static int? Number(Dictionary<string, string> values, string key) =>
        int.TryParse(values.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : null;
}
