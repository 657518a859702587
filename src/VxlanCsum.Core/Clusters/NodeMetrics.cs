using System.Buffers;
using System.Globalization;
using System.Text;

namespace VxlanCsum.Clusters;

/// <summary>Puts samples of our metrics together to reports of nodes.</summary>
internal sealed class NodeMetrics
{
    public const string Level = "vxlancsum_level", Time = "vxlancsum_report_timestamp_seconds",
        Cause = "vxlancsum_cause";

    private static readonly SearchValues<char> s_ofNames =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:");

    private readonly Dictionary<(string Place, string Node), DiagnosisVerdict> _levels = [];
    private readonly Dictionary<(string Place, string Node), string> _causes = [];
    private readonly Dictionary<string, DateTime> _times = new(StringComparer.Ordinal);

    /// <summary>Takes a sample; those of other metrics, and of what is no node's diagnosis, are passed over.</summary>
    /// <param name="metric">Its name.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="value">Its value.</param>
    /// <param name="place">What belongs together: a file, an instance.</param>
    public void Add(string metric, IReadOnlyDictionary<string, string> labels, double value, string place)
    {
        if (metric == Time && value is >= 0 and < 1e11)
        {
            _times[place] = DateTime.UnixEpoch.AddSeconds(value);
        }
        else if (labels.GetValueOrDefault("kind") == "Diagnosis"
            && labels.GetValueOrDefault("node") is { Length: > 0 } node)
        {
            Add(metric, labels, value, (place, node));
        }
    }

    private void Add(string metric, IReadOnlyDictionary<string, string> labels, double value,
        (string Place, string Node) of)
    {
        if (metric == Level && value is 0 or 1 or 2 or 3)
        {
            _levels[of] = (DiagnosisVerdict)value;
        }
        else if (metric == Cause && labels.GetValueOrDefault("cause") is { } cause)
        {
            _causes[of] = cause;
        }
    }

    /// <summary>Takes a text as exporters give it.</summary>
    public void Read(TextReader text, string place)
    {
        while (text.ReadLine() is { } line)
        {
            if (Parse(line) is var (metric, labels, value))
            {
                Add(metric, labels, value, place);
            }
        }
    }

    public void AddTo(NodeReports reports)
    {
        foreach (((string Place, string Node) key, DiagnosisVerdict level) in _levels)
        {
            reports.Add(Text.SafeText.Escape(key.Node),
                new NodeReport(level, _causes.TryGetValue(key, out string? cause) ? Text.SafeText.Escape(cause) : null,
                _times.TryGetValue(key.Place, out DateTime time) ? time : null, []));
        }
    }

    /// <summary>name{label="value",...} 1; null for anything else.</summary>
    private static (string Metric, Dictionary<string, string> Labels, double Value)? Parse(string line)
    {
        const int Longest = 64 * 1024;
        int at = line.AsSpan().IndexOfAnyExcept(s_ofNames) is >= 0 and var end ? end : line.Length;

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        string metric = line[..at];
        if (at == 0 || line.Length > Longest || (at < line.Length && line[at] == '{' && !Labels(line, ref at, labels)))
        {
            return null;
        }

        string value = line[at..].Trim().Split(' ')[0];
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? (metric, labels, number) : null;
    }

    /// <summary>Up to the closing quote, behind which the position moves.</summary>
    private static string Quoted(string line, ref int at)
    {
        var value = new StringBuilder();
        for (; at < line.Length && line[at] != '"'; at++)
        {
            bool escaped = line[at] == '\\' && at + 1 < line.Length;
            value.Append(escaped ? line[++at] == 'n' ? '\n' : line[at] : line[at]);
        }

        at++;
        return value.ToString();
    }

    private static bool Labels(string line, ref int at, Dictionary<string, string> labels)
    {
        at++;
        while (at < line.Length && line[at] != '}')
        {
            int equals = line.IndexOf("=\"", at, StringComparison.Ordinal);
            if (equals < 0)
            {
                return false;
            }

            string name = line[at..equals].Trim(' ', ',');
            at = equals + 2;
            labels[name] = Quoted(line, ref at);
            at += at < line.Length && line[at] == ',' ? 1 : 0;
        }

        return at++ < line.Length;
    }
}
