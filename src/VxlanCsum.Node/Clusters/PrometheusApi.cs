using System.Globalization;
using System.Text.Json;
using VxlanCsum.Clusters;
using VxlanCsum.Node.Errors;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Clusters;

/// <summary>Asks a Prometheus for what the nodes reported (its HTTP API, /api/v1/query).</summary>
internal static class PrometheusApi
{
    private const int Largest = 64 << 20;

    /// <exception cref="NodeException">It does not answer, or not as Prometheus does.</exception>
    public static void Read(Uri server, NodeMetrics metrics, TimeSpan patience, CancellationToken cancellation)
    {
        using HttpClient client = new() { Timeout = patience, MaxResponseContentBufferSize = Largest };
        foreach (string metric in (string[])[NodeMetrics.Level, NodeMetrics.Time, NodeMetrics.Cause])
        {
            string query = metric == NodeMetrics.Time ? metric : metric + "{kind=\"Diagnosis\"}";
            Uri address = new(server.AbsoluteUri.TrimEnd('/') + "/api/v1/query?query=" + Uri.EscapeDataString(query));
            try
            {
                Take(Ask(client, server, address, cancellation), metrics);
            }
            catch (FormatException e)
            {
                throw Failure(server, "does not answer as Prometheus does.", e);
            }
        }
    }

    private static byte[] Ask(HttpClient client, Uri server, Uri address, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage answer = client.GetAsync(address, cancellation).GetAwaiter().GetResult();
            byte[] body = answer.Content.ReadAsByteArrayAsync(cancellation).GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode ? body : throw Failure(server, $"answered {(int)answer.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException
            && !cancellation.IsCancellationRequested)
        {
            throw Failure(server, $"does not answer: {SafeText.Escape(e.Message, 300)}", e);
        }
    }

    /// <summary>Takes the samples of an answer.</summary>
    /// <exception cref="FormatException">It is none of Prometheus.</exception>
    public static void Take(ReadOnlyMemory<byte> body, NodeMetrics metrics)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            foreach (JsonElement series in document.RootElement.GetProperty("data").GetProperty("result")
                .EnumerateArray())
            {
                Add(series, metrics);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or IndexOutOfRangeException or ArgumentException)
        {
            throw new FormatException("no answer of Prometheus", e);
        }
    }

    private static void Add(JsonElement series, NodeMetrics metrics)
    {
        Dictionary<string, string> labels = series.GetProperty("metric").EnumerateObject()
            .ToDictionary(static l => l.Name, static l => l.Value.GetString() ?? string.Empty, StringComparer.Ordinal);
        string value = series.GetProperty("value")[1].GetString() ?? string.Empty;
        metrics.Add(labels.GetValueOrDefault("__name__", string.Empty), labels,
            double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
            $"{labels.GetValueOrDefault("job")} {labels.GetValueOrDefault("instance")}");
    }

    private static NodeException Failure(Uri server, string problem, Exception? inner = null) => new(
        NodeErrorId.PrometheusFailed, NodeFailure.Failed, SafeText.Escape(server.GetLeftPart(UriPartial.Authority)),
        $"Prometheus at {SafeText.Escape(server.GetLeftPart(UriPartial.Authority))} {problem}",
        "Give its address, such as http://prometheus:9090.", inner);
}
