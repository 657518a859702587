using System.Globalization;
using VxlanCsum.Text;

namespace VxlanCsum.Drops;

/// <summary>Counts drops by reason, sender, network and cause, and writes them for Prometheus.</summary>
/// <remarks>Senders can be forged: beyond a number of them the rest is counted together, so that nobody fills a
/// monitor.</remarks>
internal sealed class DropCounts(DateTime started)
{
    /// <summary>Sets of labels; a cluster's nodes that spoil what they send are fewer.</summary>
    internal const int MostSeries = 256;

    private const string Others = "other";

    private readonly Dictionary<string, long> _series = new(StringComparer.Ordinal);

    /// <summary>One more.</summary>
    public void Add(ChecksumDrop drop)
    {
        string labels = Labels(drop.Reason, AddressOf(drop.OuterSource ?? drop.Source),
            drop.Vni?.ToString(CultureInfo.InvariantCulture), drop.Cause.ToString());
        if (!_series.ContainsKey(labels) && _series.Count >= MostSeries)
        {
            labels = Labels(drop.Reason, Others, null, Others);
        }

        _series[labels] = _series.GetValueOrDefault(labels) + 1;
    }

    /// <summary>Writes them.</summary>
    /// <param name="text">Gets them.</param>
    /// <param name="missed">Drops that were not fetched in time.</param>
    /// <param name="leftOut">Drops that were too many a second.</param>
    public void Write(TextWriter text, long missed, long leftOut)
    {
        static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
        PrometheusText.Metric(text, "vxlancsum_dropped_packets_total", "counter",
            "Packets that this kernel dropped for their checksum, by what each alone shows.",
            _series.Select(static s => (s.Key, Number(s.Value))));
        PrometheusText.Metric(text, "vxlancsum_dropped_packets_missed_total", "counter",
            "Such packets that were not fetched in time, and are in no other number here.",
            [(string.Empty, Number(missed))]);
        PrometheusText.Metric(text, "vxlancsum_dropped_packets_left_out_total", "counter",
            "Such packets that were too many a second, and are in no other number here.",
            [(string.Empty, Number(leftOut))]);
        PrometheusText.Metric(text, "vxlancsum_drop_watch_start_time_seconds", "gauge",
            "When the counting began, in seconds since 1970.",
            [(string.Empty, Number(new DateTimeOffset(started).ToUnixTimeSeconds()))]);
    }

    private static string Labels(string? reason, string? sender, string? vni, string cause) =>
        PrometheusText.Labels(("reason", reason ?? "not told"), ("sender", sender), ("vni", vni), ("cause", cause));

    /// <summary>Without the port, which is another for each flow: "10.0.0.1:4789", "[fd00::1]:4789",
    /// "10.0.0.1".</summary>
    private static string? AddressOf(string? endpoint) => endpoint is null ? null
        : endpoint.StartsWith('[') ? endpoint[1..endpoint.IndexOf(']')]
        : endpoint.Count(static c => c == ':') == 1 ? endpoint[..endpoint.IndexOf(':')] : endpoint;
}
