using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>Get-KubeNodeRisk against an HTTPS server that speaks the list API; see <see cref="KubeApiServer"/> for
/// why.</summary>
public sealed class KubeNodeRiskApiTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Nodes = "/api/v1/nodes";

    [Fact]
    public async Task A_node_is_put_together_from_all_that_the_cluster_tells()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(2);
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]", server.Kubeconfig());
        Assert.Equal(["node-00000", "node-00001"], result.Property("Name").Cast<string>());
        string[] expected =
        [
            "test", "Likely", "5.15.0-91-generic", "Ubuntu 22.04.3 LTS", "v1.18.5", "containerd://1.7.2", "ipvs",
            "v1.18.5", "calico", "v3.20.0", "Always",
        ];
        string[] names = ["Cluster", "Risk", "KernelVersion", "OSImage", "Kubelet", "ContainerRuntime", "KubeProxyMode",
            "KubeProxyVersion", "Cni", "CniVersion", "VxlanMode"];
        Assert.Equal(expected, names.Select(name => result.Output[0].Properties[name].Value?.ToString()));
        Assert.Empty((string[])result.Output[0].Properties["Notes"].Value);
        Assert.Contains("VxlanCsum.NodeRisk", result.Output[0].TypeNames);
        Assert.DoesNotContain(server.Requests, static r => r.Contains("watch", StringComparison.Ordinal));
        Assert.All(server.Users, static u => Assert.Equal("Bearer " + KubeApiServer.Token, u));
    }

    [Fact]
    public async Task Without_any_right_the_decisive_error_comes_first()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(2);
        server.Intercept = async (context, _) =>
        {
            await KubeApiServer.WriteStatusAsync(context, 403, "Forbidden", "no");
            return true;
        };
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]", server.Kubeconfig());
        Assert.Empty(result.Output);
        Assert.All(result.ErrorIds, static id => Assert.Equal("KubeApiForbidden", id));
        Assert.Contains("nodes", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.True(result.Errors.Count > 1);
    }

    /// <summary>Figures for bench/FLEET.md stand in the test's output.</summary>
    [Fact]
    public async Task Ten_thousand_nodes_and_a_hundred_thousand_pods_fit_a_small_process()
    {
        const int Count = 10_000;
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(Count)
            .WithList("api/v1/namespaces/kube-system/pods", KubeObjects.Pods(Count).Concat(
                Enumerable.Range(0, 8 * Count)
                    .Select(static i => KubeObjects.Pod($"node-{i % Count:d5}", $"other-{i}",
                        "registry.example/other:v1"))));
        int asked = 0, gone = 0;
        server.Intercept = async (context, _) =>
        {
            // Each twentieth answer is a refusal for now, and the list of pods is forgotten once.
            int code = Interlocked.Increment(ref asked) % 20 == 0 ? 429
                : context.Request.Query.ContainsKey("continue")
                    && context.Request.Path.Value!.EndsWith("pods", StringComparison.Ordinal)
                    && Interlocked.Increment(ref gone) == 50 ? 410 : 0;
            if (code != 0)
            {
                context.Response.Headers.RetryAfter = "0";
                await KubeApiServer.WriteStatusAsync(context, code, code == 410 ? "Expired" : "TooManyRequests",
                    "later");
            }

            return code != 0;
        };
        ShellResult result = await ShellProcess.RunAsync("-NoLogo", "-NonInteractive", "-c", $$"""
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $likely = $all = 0
            Get-KubeNodeRisk -Kubeconfig '{{server.Kubeconfig()}}' | ForEach-Object { $all++; if ("$($_.Risk)" -eq 'Likely') { $likely++ } }
            $seconds = $clock.Elapsed.TotalSeconds
            $me = [System.Diagnostics.Process]::GetCurrentProcess()
            "nodes $all, likely $likely"
            "$($me.PeakWorkingSet64 -shr 20) MB, $([int] $me.TotalProcessorTime.TotalSeconds) s of processor time, $([int] $seconds) s"
            """);
        string[] lines = [.. result.Lines.Where(static l => l.Length > 0)];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, lines));
        Assert.Contains($"nodes {Count}, likely {Count}", lines);
        Assert.InRange(int.Parse(lines[^1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 1, 400);
    }

    [Fact]
    public async Task Ten_thousand_nodes_pass_page_by_page_and_one_page_is_held()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(10_000);
        List<int> outputWhenAsked = [];
        int output = 0;
        server.Intercept = (context, _) =>
        {
            if (context.Request.Path == Nodes)
            {
                outputWhenAsked.Add(Volatile.Read(ref output));
            }

            return Task.FromResult(false);
        };
        SessionResult result = engine.Run(
            "param($config, $count) Get-KubeNodeRisk -Kubeconfig $config | ForEach-Object { $count.Invoke(); $_ }",
            server.Kubeconfig(), () => { Interlocked.Increment(ref output); });
        Assert.Equal(10_000, result.Succeeded().Output.Count);
        Assert.Equal(10_000, result.Property("Name").Distinct().Count());

        // Each page is out before the next is asked for.
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => i * 500), outputWhenAsked);
        Assert.All(server.Requests.Where(static r => r.StartsWith(Nodes, StringComparison.Ordinal)),
            static r => Assert.Contains("limit=500", r, StringComparison.Ordinal));
        Assert.Contains(result.Progress,
            static p => p.StatusDescription == "nodes: 5,000 of 10,000" && p.PercentComplete == 50);
        Assert.Equal(System.Management.Automation.ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Fact]
    public async Task Names_selectors_and_contexts_select()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(5);
        string config = server.Kubeconfig();
        Assert.Equal(["node-00003"],
            engine.Run("Get-KubeNodeRisk *3 -Kubeconfig $args[0] -PageSize 2 -LabelSelector 'a in (b, c)'", config)
                .Property("Name").Cast<string>());
        Assert.Contains(Nodes + "?limit=2&labelSelector=a%20in%20%28b%2C%20c%29&continue=4", server.Requests);
        Assert.Equal(["test", "other"],
            engine.Run("Get-KubeNodeRisk node-00000 -Kubeconfig $args[0] -Context test, other", config)
                .Property("Cluster").Cast<string>());
    }

    [Fact]
    public async Task A_list_that_the_server_forgot_is_read_again_and_that_is_told()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(6);
        server.Intercept = async (context, number) =>
        {
            if (context.Request.Path == Nodes && number == 3)
            {
                await KubeApiServer.WriteStatusAsync(context, 410, "Expired",
                    "The provided continue parameter is too old");
                return true;
            }

            return false;
        };
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0] -PageSize 2", server.Kubeconfig());
        Assert.Equal(6, result.Property("Name").Distinct().Count());
        Assert.Equal(6, result.Output.Count);
        Assert.Equal(1 + 2 + 3, server.Requests.Count(static r => r.StartsWith(Nodes, StringComparison.Ordinal)));
        Assert.Contains("410 Gone", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_always_forgets_ends_in_an_error()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(4);
        server.Intercept = async (context, _) =>
        {
            bool later = context.Request.Path == Nodes && context.Request.Query.ContainsKey("continue");
            await (later ? KubeApiServer.WriteStatusAsync(context, 410, "Expired", "too old") : Task.CompletedTask);
            return later;
        };
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0] -PageSize 2", server.Kubeconfig());
        Assert.Equal(["KubeApiListExpired"], result.ErrorIds);
        Assert.Equal((2, 3), (result.Output.Count, result.Warnings.Count));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(0)] // the connection drops before an answer
    [InlineData(1)] // ... within a page
    [InlineData(0, HttpProtocols.Http1)]
    [InlineData(1, HttpProtocols.Http1)]
    [InlineData(2)] // a page ends too early, with all signs of a good end
    [InlineData(4)] // its compression is damaged
    public async Task What_passes_is_asked_for_again(int failure, HttpProtocols protocols = HttpProtocols.Http2)
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync(protocols: protocols)).WithCalico(6);
        server.Intercept = (context, number) => context.Request.Path == Nodes && number is 2 or 3
            ? FailAsync(context, failure) : Task.FromResult(false);
        SessionResult result = engine.Run(
            "$VerbosePreference = 'Continue'; Get-KubeNodeRisk -Kubeconfig $args[0] -PageSize 2; $VerbosePreference "
            + "= 'SilentlyContinue'", server.Kubeconfig());
        Assert.Equal(Enumerable.Range(0, 6).Select(static i => $"node-{i:d5}"), result.Property("Name").Cast<string>());
        Assert.Equal(2, result.Verbose.Count(static v => v.Contains("asking again", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(503, "503")]
    [InlineData(1, "did not arrive whole")]
    [InlineData(3, "KubeTextInvalid")]
    public async Task What_does_not_pass_ends_after_a_bounded_number_of_times(int failure, string message)
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(6);
        server.Intercept = (context, number) => context.Request.Path == Nodes && number > 1
            ? FailAsync(context, failure) : Task.FromResult(false);
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0] -PageSize 2 -MaximumRetryCount 2",
            server.Kubeconfig());
        Assert.Equal(["KubeApiFailed"], result.ErrorIds);
        if (failure == 3)
        {
            // No JSON: asked for once.
            Assert.Equal(2, server.Requests.Count(static r => r.StartsWith(Nodes, StringComparison.Ordinal)));
        }
        else
        {
            Assert.Contains(message, result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
            Assert.Contains("3 times", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
            Assert.Equal(1 + 3, server.Requests.Count(static r => r.StartsWith(Nodes, StringComparison.Ordinal)));
        }

        Assert.Equal(2, result.Output.Count);
    }

    [Fact]
    public async Task A_slow_answer_is_waited_for_and_a_silent_one_is_not()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        TaskCompletionSource never = new();
        server.Intercept = async (context, _) =>
        {
            if (context.Request.Path == Nodes)
            {
                await context.Response.WriteAsync("""{"items":[""");
                await context.Response.Body.FlushAsync();
                await Task.WhenAny(never.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
                return true;
            }

            return false;
        };
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0] -Timeout 1 -MaximumRetryCount 1",
            server.Kubeconfig());
        Assert.Equal(["KubeApiUnreachable"], result.ErrorIds);
        Assert.Contains("sent nothing for 1 s", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);

        server.Intercept = async (context, _) =>
        {
            if (context.Request.Path != Nodes)
            {
                return false;
            }

            // Slower in all than the patience, byte by byte faster.
            foreach (char c in """{"items":[ ]}     """)
            {
                await context.Response.WriteAsync(c.ToString());
                await context.Response.Body.FlushAsync();
                await Task.Delay(100);
            }

            return true;
        };
        Assert.Empty(engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0] -Timeout 1", server.Kubeconfig())
            .Succeeded().Output);
    }

    [Theory]
    [InlineData(Nodes, "list nodes", 0, 1)]
    [InlineData("/api/v1/namespaces/kube-system/pods", "list pods in kube-system", 2, 1)]
    [InlineData("/api/v1/namespaces/calico-system/pods", null, 2, 0)] // the network plugin is in another
    [InlineData("/apis/crd.projectcalico.org/v1/ippools", "list ippools.crd.projectcalico.org", 2, 0)]
    [InlineData("/apis/crd.projectcalico.org/v1/felixconfigurations", "list felixconfigurations.crd.projectcalico.org",
        2, 0)]
    public async Task What_may_not_be_read_is_named_with_verb_and_resource(string path, string? named, int nodes,
        int errors)
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(2);
        server.Intercept = async (context, _) =>
        {
            bool forbidden = context.Request.Path == path;
            await (forbidden
                ? KubeApiServer.WriteStatusAsync(context, 403, "Forbidden", "User \\\"me\\\" cannot do that\\u001b[2J")
                : Task.CompletedTask);
            return forbidden;
        };
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]", server.Kubeconfig());
        Assert.Equal((nodes, errors), (result.Output.Count, result.Errors.Count));
        if (errors > 0)
        {
            Assert.Equal(["KubeApiForbidden"], result.ErrorIds);
            string message = result.Errors[0].ErrorDetails.Message;
            Assert.Contains(named!, message, StringComparison.Ordinal);
            Assert.Contains("User \"me\" cannot do that\\x1b[2J", message, StringComparison.Ordinal);
            Assert.Contains("rbac-node-risk.yaml", result.Errors[0].ErrorDetails.RecommendedAction,
                StringComparison.Ordinal);
            Assert.Equal(System.Management.Automation.ErrorCategory.PermissionDenied,
                result.Errors[0].CategoryInfo.Category);
        }
        else if (named is not null)
        {
            Assert.Contains((string[])result.Output[0].Properties["Notes"].Value,
                n => n.Contains(named, StringComparison.Ordinal) && n.Contains("403", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Without_Calicos_definitions_there_is_a_note_and_newer_ones_are_found()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync())
            .WithList("api/v1/nodes", KubeObjects.Nodes(1))
            .WithList("api/v1/namespaces/kube-system/pods", KubeObjects.Pods(1));
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]", server.Kubeconfig());
        Assert.Contains((string[])result.OnlyOutput.Properties["Notes"].Value,
            static n => n.Contains("ippools.crd.projectcalico.org (404)", StringComparison.Ordinal));

        server.WithList("apis/projectcalico.org/v3/ippools", KubeObjects.Pool("p", "CrossSubnet"));
        result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]", server.Kubeconfig());
        Assert.Equal("CrossSubnet", result.OnlyOutput.Properties["VxlanMode"].Value);
        Assert.DoesNotContain((string[])result.OnlyOutput.Properties["Notes"].Value,
            static n => n.Contains("ippools", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_without_the_fields_are_unknown_and_nameless_ones_are_an_error()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync())
            .WithList("api/v1/nodes", """{"metadata":{"name":"bare"} }""", """{"status":{} }""",
                """{"metadata":{"name":"odd"},"status":{"nodeInfo":7} }""");
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]", server.Kubeconfig());
        Assert.Equal(["bare", "odd"], result.Output.Select(static o => o.Properties["Name"].Value));
        Assert.All(result.Output, static o => Assert.Equal("Unknown", o.Properties["Risk"].Value.ToString()));
        Assert.Equal(["KubeObjectInvalid"], result.ErrorIds);
    }

    [Fact]
    public async Task A_page_that_comes_again_and_again_ends_in_an_error()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        server.Intercept = async (context, _) =>
        {
            bool nodes = context.Request.Path == Nodes;
            await (nodes ? context.Response.WriteAsync("""{"metadata":{"continue":"same"},"items":[]}""")
                : Task.CompletedTask);
            return nodes;
        };
        Assert.Equal(["KubeApiFailed"],
            engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]", server.Kubeconfig()).ErrorIds);
    }

    private static async Task<bool> FailAsync(HttpContext context, int failure)
    {
        switch (failure)
        {
            case 0:
                context.Abort();
                break;
            case 1:
                await context.Response.WriteAsync(
                    $$$"""{"metadata":{"continue":"4"},"items":[{{{KubeObjects.NodeNamed("node-00002")}}},{"metadata":{"name":"no""");
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case 2:
                await context.Response.WriteAsync(
                    """{"metadata":{"continue":"4"},"items":[{"metadata":{"name":"node-00002"} }""");
                break;
            case 3:
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html>Log in first</html>");
                break;
            case 4:
                context.Response.Headers.ContentEncoding = "gzip";
                await context.Response.Body.WriteAsync(
                    new byte[] { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff });
                break;
            default:
                context.Response.Headers.RetryAfter = "0";
                await KubeApiServer.WriteStatusAsync(context, failure, "Busy", "later");
                break;
        }

        return true;
    }
}
