using System.Globalization;

namespace VxlanCsum.Counters;

/// <summary>Reads /proc/net/snmp and /proc/net/snmp6 (net/ipv4/proc.c, net/ipv6/proc.c).</summary>
internal static class SnmpText
{
    /// <summary>
    /// The counters that concern checksums. What a kernel does not count is left out: InCsumErrors exist since Linux
    /// 3.10.
    /// </summary>
    /// <param name="snmp">/proc/net/snmp: a line of names and a line of numbers a protocol.</param>
    /// <param name="snmp6">/proc/net/snmp6: a name and a number a line; empty on a machine without IPv6.</param>
    /// <exception cref="FormatException">The text is no such file.</exception>
    public static IReadOnlyList<ChecksumErrorCounter> Parse(string snmp, string snmp6)
    {
        Dictionary<string, ulong> all = Numbers(snmp);
        foreach (string[] words in snmp6.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Words))
        {
            if (words.Length == 2
                && ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                all[words[0]] = value;
            }
        }

        var counters = new List<ChecksumErrorCounter>();
        foreach ((string protocol, string counter) in Wanted)
        {
            if (all.TryGetValue(protocol + counter, out ulong value))
            {
                counters.Add(new ChecksumErrorCounter(protocol, counter, value));
            }
        }

        return counters.Count > 0 ? counters : throw new FormatException("no counter of checksum errors in it");
    }

    /// <summary>Of a line of names and a line of numbers a protocol, by both names.</summary>
    private static Dictionary<string, ulong> Numbers(string snmp)
    {
        Dictionary<string, ulong> all = new(StringComparer.Ordinal);
        string[] lines = snmp.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i + 1 < lines.Length; i += 2)
        {
            string[] names = Words(lines[i]), values = Words(lines[i + 1]);
            if (names.Length != values.Length || names[0] != values[0] || !names[0].EndsWith(':'))
            {
                throw new FormatException($"lines {i + 1} and {i + 2} of snmp do not belong together");
            }

            for (int k = 1; k < names.Length; k++)
            {
                // Tcp MaxConn is -1 where there is no limit; no counter that is read here is signed.
                if (ulong.TryParse(values[k], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
                {
                    all[names[0][..^1] + names[k]] = value;
                }
            }
        }

        return all;
    }

    /// <summary>The same counters with what came since an earlier reading of the same namespace.</summary>
    public static IEnumerable<ChecksumErrorCounter> Compare(
        IReadOnlyList<ChecksumErrorCounter> before, IReadOnlyList<ChecksumErrorCounter> after, TimeSpan elapsed)
    {
        foreach (ChecksumErrorCounter now in after)
        {
            if (before.FirstOrDefault(b => b.Protocol == now.Protocol && b.Counter == now.Counter) is { } was)
            {
                // A 32-bit kernel's counters wrap around.
                ulong delta = now.Value >= was.Value ? now.Value - was.Value : now.Value + (1ul << 32) - was.Value;
                yield return now with
                {
                    Delta = (long)delta,
                    Rate = elapsed > TimeSpan.Zero ? delta / elapsed.TotalSeconds : null
                };
            }
        }
    }

    /// <summary>What is read, by the kernel's words.</summary>
    public static readonly (string Protocol, string Counter)[] Wanted =
    [
        ("Udp", "InCsumErrors"),
        ("Udp6", "InCsumErrors"),
        ("UdpLite", "InCsumErrors"),
        ("UdpLite6", "InCsumErrors"),
        ("Tcp", "InCsumErrors"),
        ("Icmp", "InCsumErrors"),
        ("Icmp6", "InCsumErrors"),
        ("Ip", "InHdrErrors"),
        ("Ip6", "InHdrErrors"),
    ];

    private static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
