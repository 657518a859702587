using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Deploy;

/// <summary>Alerts and dashboard against Prometheus itself.</summary>
public sealed class PrometheusTests
{
    [Fact]
    public async Task Promtool_takes_the_alerts_and_their_tests_pass()
    {
        string folder = Repository.PathOf("deploy", "prometheus");
        Assert.Contains("SUCCESS: 9 rules found",
            await RunAsync("promtool", ["check", "rules", Path.Combine(folder, "alerts.yaml")]),
            StringComparison.Ordinal);
        Assert.Contains("SUCCESS",
            await RunAsync("promtool", ["test", "rules", Path.Combine(folder, "alerts.test.yaml")]),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_query_of_the_dashboard_is_answered()
    {
        using TemporaryFolder folder = new();
        string metrics = await MetricsAsync(folder);
        await using Target target = Target.Start(metrics);
        int port = FreePort();
        string configuration = Path.Combine(folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["{{Repository.PathOf("deploy", "prometheus", "alerts.yaml")}}"]
            scrape_configs:
            - job_name: node
              static_configs: [{targets: ["127.0.0.1:{{target.Port}}"]}]
            """), TestContext.Current.CancellationToken);
        using Process prometheus = Start("prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={folder.Path}/data",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                "--log.level=error"]);
        try
        {
            _ = prometheus.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            _ = prometheus.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            using HttpClient client = new()
            {
                BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"))
            };
            foreach ((string title, string query) in Queries())
            {
                JsonElement answer = await AskAsync(client, prometheus, query, title);
                Assert.True(answer.GetArrayLength() > 0, $"{title}: {query}");
            }

            // What the recorded node's diagnosis says is what the panels say.
            Assert.Equal("2",
                Value(await AskAsync(client, prometheus, "vxlancsum_level{kind=\"Diagnosis\",node=\"node7\"}",
                    "level")));
            Assert.Equal("1",
                Value(await AskAsync(client, prometheus, Queries().First(static q => q.Title == "Fault").Query,
                    "fault")));
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A real report of a recorded node, and what other exporters and the agents write beside it.</summary>
    private static async Task<string> MetricsAsync(TemporaryFolder folder)
    {
        string file = Path.Combine(folder.Path, "vxlancsum.prom");
        ShellResult result = await ShellProcess.RunAsync("-NoLogo", "-NonInteractive", "-c",
            $"Get-ChecksumDiagnosis -FromPath '{Repository.Data("diagnoses/fault")}' | Export-ChecksumReport '{file}'");
        Assert.Equal("", result.Errors);
        const string Node = "{node=\"node7\",kind=\"UnmarkTunnel\"}";
        return await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) + $$"""
            node_textfile_scrape_error 0
            node_netstat_Udp_InCsumErrors COUNT
            vxlancsum_cure_asked{{Node}} 1
            vxlancsum_cure_applied{{Node}} 0
            vxlancsum_cure_drift{{Node}} 0
            vxlancsum_cure_whatif{{Node}} 1
            vxlancsum_dropped_packets_total{reason="UDP_CSUM",sender="10.0.10.14",vni="1",cause="NatLocalChecksum"} COUNT

            """;
    }

    private static IEnumerable<(string Title, string Query)> Queries()
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllText(Repository.PathOf("deploy", "grafana", "vxlancsum.json")));
        foreach (JsonElement panel in document.RootElement.GetProperty("panels").EnumerateArray())
        {
            foreach (JsonElement target in panel.GetProperty("targets").EnumerateArray())
            {
                // As Grafana fills in its variables.
                yield return (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!
                    .Replace("$node", ".*", StringComparison.Ordinal)
                    .Replace("$__rate_interval", "4s", StringComparison.Ordinal));
            }
        }
    }

    /// <summary>Asks until there is an answer: rates need two scrapes.</summary>
    private static async Task<JsonElement> AskAsync(HttpClient client, Process prometheus, string query, string title)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            Assert.False(prometheus.HasExited, "prometheus ended");
            try
            {
                using HttpResponseMessage response =
                    await client.GetAsync(
                        new Uri("api/v1/query?query=" + Uri.EscapeDataString(query), UriKind.Relative), limit.Token);
                string text = await response.Content.ReadAsStringAsync(limit.Token);
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable,
                    $"{title}: {text}");
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    using JsonDocument document = JsonDocument.Parse(text);
                    JsonElement result = document.RootElement.GetProperty("data").GetProperty("result");
                    if (result.GetArrayLength() > 0 && (title != "level" || Value(result) == "2")
                        && (title != "fault" || Value(result) == "1"))
                    {
                        return result.Clone();
                    }
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            try
            {
                await Task.Delay(200, limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"no answer to {title}: {query}");
            }
        }
    }

    private static string Value(JsonElement result) => result[0].GetProperty("value")[1].GetString()!;

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"needs {program}: apt install prometheus");
            throw;
        }
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, text);
        return text;
    }

    /// <summary>What is scraped: a text in which COUNT grows.</summary>
    private sealed class Target : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _text;
        private Task _serving = Task.CompletedTask;
        private int _count;

        private Target(string text) => _text = text;

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public static Target Start(string text)
        {
            Target target = new(text);
            target._listener.Start();
            target._serving = target.ServeAsync();
            return target;
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync();
                    await using NetworkStream stream = client.GetStream();
                    byte[] request = new byte[8192];
                    _ = await stream.ReadAsync(request);

                    // Reports of a recorded node are old: here it was made just now.
                    string now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                    string text = string.Join('\n',
                        _text.Replace("COUNT", (++_count * 7).ToString(CultureInfo.InvariantCulture),
                            StringComparison.Ordinal).Split('\n')
                        .Select(l => l.StartsWith("vxlancsum_report_timestamp_seconds ", StringComparison.Ordinal)
                            ? "vxlancsum_report_timestamp_seconds " + now : l));
                    byte[] body = Encoding.UTF8.GetBytes(text);
                    await stream.WriteAsync(
                        Encoding.ASCII.GetBytes(
                            string.Create(CultureInfo.InvariantCulture,
                                $"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: "
                                + $"{body.Length}\r\nConnection: close\r\n\r\n")));
                    await stream.WriteAsync(body);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}
