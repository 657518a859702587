using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;

namespace VxlanCsum.Counters;

/// <summary>
/// Reads checksum errors in whatever form they were printed: /proc/net/snmp and snmp6, `nstat -az`, `netstat -s` (whose
/// words are net-tools' statistics.c). Of several readings in one text the later ones say what came since.
/// </summary>
internal sealed partial class CounterText
{
    private readonly PasteStripper _paste = new(static text => Begins(text));
    private readonly List<(string Name, ulong Value)> _read = [];
    private string? _section, _names;

    /// <summary>What comes next is another command's output.</summary>
    public void EndReading() => (_section, _names) = (null, null);

    /// <summary>Reads a line; false where it says nothing of counters.</summary>
    public bool Add(string raw)
    {
        string line = PasteStripper.Unquote(_paste.Strip(raw)), text = line.Trim();
        if (Section().Match(text) is { Success: true } section)
        {
            (_section, _names) = (section.Groups["name"].Value, null);
            return true;
        }

        return text == "#kernel" || ReadProc(text) || ReadNamed(text) || ReadNetstat(text);
    }

    /// <summary>The counters of the last reading, with what came since the first; empty where there were
    /// none.</summary>
    public IReadOnlyList<ChecksumErrorCounter> Counters()
    {
        var found = new List<ChecksumErrorCounter>();
        foreach ((string protocol, string counter) in SnmpText.Wanted)
        {
            ulong[] values = [.. _read.Where(r => r.Name == protocol + counter).Select(static r => r.Value)];
            if (values.Length > 0)
            {
                found.Add(new ChecksumErrorCounter(protocol, counter, values[^1])
                {
                    Delta = values.Length > 1 && values[^1] >= values[0] ? (long)(values[^1] - values[0]) : null,
                });
            }
        }

        return found;
    }

    private static bool Begins(string text) => Section().IsMatch(text) || Proc().IsMatch(text) || Named().IsMatch(text);

    /// <summary>/proc/net/snmp: a line of names, and one of numbers.</summary>
    private bool ReadProc(string text)
    {
        if (!Proc().IsMatch(text))
        {
            return false;
        }

        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (!IsNumber(words[1]))
        {
            _names = text;
            return true;
        }

        string[] names = (_names ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == words.Length && names[0] == words[0])
        {
            for (int i = 1; i < words.Length; i++)
            {
                Add(words[0][..^1] + names[i], words[i]);
            }
        }

        _names = null;
        return true;
    }

    /// <summary>nstat, snmp6: "UdpInCsumErrors   1289   0.0".</summary>
    private bool ReadNamed(string text)
    {
        if (Named().Match(text) is not { Success: true } named)
        {
            return false;
        }

        Add(named.Groups["name"].Value, named.Groups["value"].Value);
        return true;
    }

    /// <summary>Below "Udp:" stands "InCsumErrors: 1289", which has no words of its own; most others have
    /// some.</summary>
    private bool ReadNetstat(string text)
    {
        if (_section is null)
        {
            return false;
        }

        if (Pair().Match(text) is { Success: true } pair)
        {
            Add(_section + pair.Groups["name"].Value, pair.Groups["value"].Value);
            return true;
        }

        if (Worded().Match(text) is not { Success: true } worded)
        {
            return false;
        }

        if (_section == "Ip" && worded.Groups["words"].Value == "with invalid headers")
        {
            Add("IpInHdrErrors", worded.Groups["value"].Value);
        }

        return true;
    }

    private void Add(string name, string value)
    {
        if (SnmpText.Wanted.Any(w => w.Protocol + w.Counter == name)
            && ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            && _read.Count < 100_000)
        {
            _read.Add((name, number));
        }
    }

    private static bool IsNumber(string word) =>
        long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"^(?<name>Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|Ip6|Icmp6|Udp6|UdpLite6|TcpExt|IpExt|MPTcpExt):$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    [GeneratedRegex(@"^(?:Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite): \S", RegexOptions.CultureInvariant)]
    private static partial Regex Proc();

    [GeneratedRegex(@"^(?<name>(?:Ip|Icmp|Tcp|Udp|UdpLite)6?[A-Z]\w{1,40})\s+(?<value>\d{1,20})(?:\s+[\d.]+)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"^(?<name>[A-Z]\w{1,40}): (?<value>\d{1,20})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();

    [GeneratedRegex(@"^(?<value>\d{1,20}) (?<words>[a-z][^<]{1,80}?)(?:\s*<.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Worded();
}
