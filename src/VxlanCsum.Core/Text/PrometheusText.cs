namespace VxlanCsum.Text;

/// <summary>Prometheus' text format, as its textfile collector reads it. All samples of a metric stand
/// together.</summary>
internal static class PrometheusText
{
    private const int LongestValue = 8192;

    /// <summary>A metric with its samples; nothing where there is none.</summary>
    /// <param name="text">Gets it.</param>
    /// <param name="name">Of the metric.</param>
    /// <param name="type">"gauge" or "counter".</param>
    /// <param name="help">What it is, in one line.</param>
    /// <param name="samples">Labels, as <see cref="Labels"/> makes them, and value.</param>
    public static void Metric(TextWriter text, string name, string type, string help,
        IEnumerable<(string Labels, string Value)> samples)
    {
        bool begun = false;
        foreach ((string labels, string value) in samples)
        {
            if (!begun)
            {
                text.Write($"# HELP {name} {help}\n# TYPE {name} {type}\n");
                begun = true;
            }

            text.Write(labels.Length == 0 ? $"{name} {value}\n" : $"{name}{{{labels}}} {value}\n");
        }
    }

    /// <summary>What is null or empty is left out: to Prometheus a label without a value is no label.</summary>
    public static string Labels(params (string Name, string? Value)[] labels) =>
        string.Join(',',
            labels.Where(static l => !string.IsNullOrEmpty(l.Value))
                .Select(static l => $"{l.Name}=\"{Escape(l.Value!)}\""));

    private static string Escape(string value)
    {
        string line = value.AsSpan().IndexOfAny('\r', '\n') < 0 ? value : value.ReplaceLineEndings(" ");
        return SafeText.Escape(line, LongestValue).Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
    }
}
