using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>What a kubeconfig can have done: a program is run only where that is allowed, and a token goes nowhere but
/// to the server.</summary>
public sealed class KubeconfigTrustTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Run = "Get-KubeNodeRisk -Kubeconfig $args[0] -MaximumRetryCount 1";
    private const string Exec = "apiVersion: client.authentication.k8s.io/v1";

    [Fact]
    public async Task A_program_is_named_and_not_run_unless_that_is_allowed()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        using TemporaryFolder folder = new();
        string ran = System.IO.Path.Combine(folder.Path, "ran");
        string config = server.Kubeconfig(
            user: $"{{exec: {{{Exec}, command: /bin/sh, args: [-c, 'echo $# > {ran}; exit 3']}}}}");
        SessionResult refused = engine.Run(Run, config);
        Assert.Equal(["KubeconfigPluginRefused"], refused.ErrorIds);
        Assert.Contains($"/bin/sh -c echo $# > {ran}", refused.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("-AllowCredentialPlugin", refused.Errors[0].ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
        Assert.False(File.Exists(ran));
        Assert.Empty(server.Requests);
        Assert.Equal(["KubeconfigInvalid"], engine.Run(Run + " -AllowCredentialPlugin", config).ErrorIds);
        Assert.True(File.Exists(ran));
    }

    [Fact]
    public async Task Its_arguments_arrive_as_they_stand_and_its_environment_as_kubectl_sets_it()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        using TemporaryFolder folder = new();
        string seen = System.IO.Path.Combine(folder.Path, "seen");
        string program = folder.Write("log in", $$"""
            #!/bin/sh
            printf '%s\n' "$#" "$@" "$WHO" "$KUBERNETES_EXEC_INFO" > '{{seen}}'
            yes complaint | head -c 1000000 >&2
            echo '{"kind":"ExecCredential","status":{"token":"the-token" } }'
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string config = server.Kubeconfig(user: $"{{exec: {{{Exec}, command: '{program}', "
            + "args: ['two words', '', '$(id) `id` \"q\"'], env: [{name: WHO, value: some one}]}}");
        Assert.Single(engine.Run(Run + " -AllowCredentialPlugin", config).Succeeded().Output);
        string[] lines = await File.ReadAllLinesAsync(seen, TestContext.Current.CancellationToken);
        Assert.Equal(["3", "two words", "", "$(id) `id` \"q\"", "some one"], lines[..5]);
        Assert.Contains("\"kind\":\"ExecCredential\"", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_counts_before_a_token()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        using TemporaryFolder folder = new();
        string file = folder.Write("token", KubeApiServer.Token + "\n");
        string config = server.Kubeconfig(user: $"{{token: wrong, tokenFile: {file}}}");
        Assert.Single(engine.Run(Run, config).Succeeded().Output);
        File.Delete(file);
        Assert.Equal(["KubeconfigInvalid"], engine.Run(Run, config).ErrorIds);
        Assert.Equal(["KubeconfigInvalid"],
            engine.Run(Run, server.Kubeconfig(user: "{tokenFile: /dev/zero}")).ErrorIds);
    }

    [Fact]
    public async Task A_proxy_is_used_or_refused_by_name()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        using TcpListener proxy = new(IPAddress.Loopback, 0);
        proxy.Start();
        Task<string> asked = Relay(proxy);
        SessionResult result = engine.Run(Run, server.Kubeconfig(cluster: $"proxy-url: http://{proxy.LocalEndpoint}"));
        Assert.Single(result.Succeeded().Output);
        Assert.StartsWith($"CONNECT {new Uri(server.Url).Authority} ", await asked, StringComparison.Ordinal);
        SessionResult refused = engine.Run(Run, server.Kubeconfig(cluster: "proxy-url: ftp://127.0.0.1"));
        Assert.Equal(["KubeconfigInvalid"], refused.ErrorIds);
        Assert.Contains("proxy-url 'ftp://127.0.0.1'", refused.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_run_at_all_is_refused_by_name()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        SessionResult refused = engine.Run(Run + " -AllowCredentialPlugin",
            server.Kubeconfig(user: "{auth-provider: {name: gcp, config: {cmd-path: /bin/false}}}"));
        Assert.Equal(["KubeconfigInvalid"], refused.ErrorIds);
        Assert.Contains("auth-provider 'gcp'", refused.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_token_follows_no_redirection(int status)
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        await using KubeApiServer other = (await KubeApiServer.StartAsync()).WithCalico(1);
        server.Intercept = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = other.Url + context.Request.Path;
            return Task.FromResult(true);
        };
        Assert.NotEmpty(engine.Run(Run, server.Kubeconfig()).ErrorIds);
        Assert.NotEmpty(server.Requests);
        Assert.Empty(other.Requests);
    }

    /// <summary>A proxy that opens tunnels (RFC 9110, 9.3.6); gives the first line it was asked.</summary>
    private static async Task<string> Relay(TcpListener proxy)
    {
        string first = string.Empty;
        while (true)
        {
            TcpClient client = await proxy.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            NetworkStream near = client.GetStream();
            StringBuilder head = new();
            byte[] one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await near.ReadAsync(one) > 0)
            {
                head.Append((char)one[0]);
            }

            first = first.Length > 0 ? first : head.ToString();
            TcpClient server = new();
            await server.ConnectAsync(IPEndPoint.Parse(head.ToString().Split(' ')[1]));
            NetworkStream far = server.GetStream();
            await near.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            _ = near.CopyToAsync(far, CancellationToken.None);
            _ = far.CopyToAsync(near, CancellationToken.None);
            return first;
        }
    }
}
