using System.Globalization;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>tshark's fields of one frame.</summary>
internal sealed class TsharkFrame
{
    /// <summary>The protocols compared, as tshark calls their fields.</summary>
    public static readonly string[] Compared = ["ip", "udp", "tcp", "icmp", "icmpv6", "sctp", "igmp", "gre"];

    private readonly Dictionary<string, string> _fields = [];

    private TsharkFrame(string[] header, string[] row)
    {
        for (int i = 0; i < header.Length && i < row.Length; i++)
        {
            _fields[header[i]] = row[i];
        }

        Number = long.Parse(_fields["frame.number"], CultureInfo.InvariantCulture);
        Protocols = _fields["frame.protocols"].Split(':', StringSplitOptions.RemoveEmptyEntries);
    }

    public long Number { get; }

    /// <summary>Every header tshark dissected, outer to inner.</summary>
    public string[] Protocols { get; }

    /// <summary>Rows under a header line, tab-separated, values of nested layers joined by commas.</summary>
    public static IEnumerable<TsharkFrame> Parse(TextReader lines)
    {
        if (lines.ReadLine()?.Split('\t') is not { } header)
        {
            yield break;
        }

        while (lines.ReadLine() is { } line)
        {
            yield return new TsharkFrame(header, line.Split('\t'));
        }
    }

    /// <summary>The verdicts on one protocol, outer to inner.</summary>
    public ChecksumStatus[] Statuses(string protocol) =>
        [.. Values($"{protocol}.checksum.status").Select(v => v switch
        {
            "0" => ChecksumStatus.Bad,
            "1" => ChecksumStatus.Good,
            "2" => ChecksumStatus.Unverified,
            "3" => ChecksumStatus.NotPresent,
            "4" => ChecksumStatus.Illegal,
            _ => throw new FormatException($"tshark printed a status {v}"),
        })];

    /// <summary>The values of a field, outer to inner; none where it does not occur.</summary>
    public string[] Values(string field) =>
        _fields.TryGetValue(field, out string? value) && value.Length > 0 ? value.Split(',') : [];

    /// <summary>The numbers of a field, outer to inner.</summary>
    public uint[] Numbers(string field) => [.. Values(field).Select(ParseNumber)];

    private static uint ParseNumber(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : uint.Parse(text, CultureInfo.InvariantCulture);
}
