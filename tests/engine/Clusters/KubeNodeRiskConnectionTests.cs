using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>Kubeconfigs, trust, credentials, and Ctrl-C.</summary>
public sealed class KubeNodeRiskConnectionTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Run = "Get-KubeNodeRisk -Kubeconfig $args[0] -MaximumRetryCount 1";

    [Fact]
    public void Without_a_kubeconfig_nothing_begins()
    {
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig /no/such/config");
        Assert.Equal(["KubeconfigNotFound"], result.ErrorIds);
        Assert.Contains("/no/such/config", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("kubectl get nodes,pods", result.Errors[0].ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contexts: [")]
    [InlineData("")]
    [InlineData("- 1")]
    [InlineData("\u0007")]
    public void A_kubeconfig_that_is_none_is_told(string text)
    {
        using TemporaryFolder folder = new();
        SessionResult result = engine.Run(Run, folder.Write("config", text));
        Assert.Equal(["KubeconfigInvalid"], result.ErrorIds);
        Assert.DoesNotContain(result.Errors[0].ErrorDetails.Message, char.IsControl);
    }

    [Fact]
    public async Task A_context_that_is_missing_or_broken_is_told_and_the_next_is_read()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        SessionResult result = engine.Run(Run + " -Context missing, broken, TEST, other", server.Kubeconfig());
        Assert.Equal(["KubeContextNotFound", "KubeconfigInvalid", "KubeContextNotFound"], result.ErrorIds);
        Assert.Contains("test, other, broken", result.Errors[0].ErrorDetails.RecommendedAction,
            StringComparison.Ordinal);
        Assert.Equal("other", Assert.Single(result.Output).Properties["Cluster"].Value);
    }

    [Fact]
    public async Task KUBECONFIG_names_several_files_whose_paths_are_their_own()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        using TemporaryFolder folder = new();
        folder.Write("ca.pem", server.Certificates.AuthorityPem);
        folder.Write("first",
            "current-context: mine\ncontexts: [{name: mine, context: {cluster: far, user: me}}]\nusers: [{name: me, "
            + "user: {token: the-token}}]\n");
        Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, "sub"));
        File.Copy(System.IO.Path.Combine(folder.Path, "ca.pem"), System.IO.Path.Combine(folder.Path, "sub", "ca.pem"));
        string second = System.IO.Path.Combine(folder.Path, "sub", "second");
        await File.WriteAllTextAsync(second,
            $"clusters: [{{name: far, cluster: {{server: '{server.Url}', certificate-authority: ca.pem}}}}]\nusers: "
            + $"[{{name: me, user: {{token: wrong}}}}]\n", TestContext.Current.CancellationToken);
        ShellResult result = await ShellProcess.RunAsync(
            ["-c", "(Get-KubeNodeRisk).Cluster"], null,
            new Dictionary<string, string?> { ["KUBECONFIG"] = $"{folder.Path}/first:{folder.Path}/none:{second}" });
        Assert.Equal(("mine\n", "", 0), (result.Output, result.Errors, result.ExitCode));
    }

    [Fact]
    public async Task Within_a_pod_the_service_account_is_used()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess,
            "needs root, for a mount namespace that has a service account where pods have it");
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        using TemporaryFolder home = new();
        home.Write("token", KubeApiServer.Token + "\n");
        home.Write("ca.crt", server.Certificates.AuthorityPem);
        const string Script = """
            mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount &&
            cp "$HOME/token" "$HOME/ca.crt" /run/secrets/kubernetes.io/serviceaccount && exec "$0" "$@"
            """;
        ProcessStartInfo start = new("unshare",
            ["--mount", "sh", "-c", Script, ShellProcess.Executable, "-c",
                "Get-KubeNodeRisk | ForEach-Object { \"$_ $($_.Cluster)\" }"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home.Path;
        start.Environment.Remove("KUBECONFIG");
        start.Environment["KUBERNETES_SERVICE_HOST"] = "127.0.0.1";
        start.Environment["KUBERNETES_SERVICE_PORT"] = new Uri(server.Url).Port.ToString(
            System.Globalization.CultureInfo.InvariantCulture);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ShellResult result = await ShellProcess.FinishAsync(process);
        Assert.Equal(("node-00000: Likely in-cluster\n", "", 0), (result.Output, result.Errors, result.ExitCode));
    }

    [Fact]
    public void A_server_that_is_not_there_is_told_at_once()
    {
        using TcpListener port = new(IPAddress.Loopback, 0);
        port.Start();
        int number = ((IPEndPoint)port.LocalEndpoint).Port;
        port.Stop();
        using TemporaryFolder folder = new();
        SessionResult result = engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]",
            Config(folder, $"https://127.0.0.1:{number}"));
        Assert.Equal(["KubeApiUnreachable"], result.ErrorIds);
        Assert.Equal(ErrorCategory.ConnectionError, result.Errors[0].CategoryInfo.Category);
        Assert.Contains($"https://127.0.0.1:{number}", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(["KubeApiUnreachable"],
            engine.Run("Get-KubeNodeRisk -Kubeconfig $args[0]",
                Config(folder, "https://no-such-host.invalid")).ErrorIds);
    }

    [Fact]
    public void A_server_that_is_not_reached_by_HTTPS_is_told()
    {
        using TemporaryFolder folder = new();
        SessionResult result = engine.Run(Run, Config(folder, "ftp://127.0.0.1"));
        Assert.Equal(["KubeconfigInvalid"], result.ErrorIds);
        Assert.Contains("ftp://127.0.0.1", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contexts_are_completed()
    {
        using TemporaryFolder folder = new();
        string config = folder.Write("config", "contexts: [{name: production}, {name: 'pre prod'}, {name: other}]\n");
        const string Script =
            "param($line) [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, "
            + "$null).CompletionMatches | ForEach-Object CompletionText";
        Assert.Equal(["production", "'pre prod'"],
            engine.Run(Script, $"Get-KubeNodeRisk -Kubeconfig '{config}' -Context pr").Values);
        Assert.Empty(engine.Run(Script, $"Get-KubeNodeRisk -Kubeconfig '{folder.Path}/none' -Context zz").Values);
    }

    [Theory]
    [InlineData("stranger", "not signed by an authority")]
    [InlineData("name", "for another name")]
    [InlineData("expired", "expired")]
    public async Task A_certificate_that_is_not_good_is_not_taken(string kind, string message)
    {
        using KubeCertificates own = new(), stranger = new();
        using X509Certificate2 certificate = kind switch
        {
            "name" => own.Server("kubernetes.example"),
            "expired" => own.Server(expired: true),
            _ => own.Server(),
        };
        await using KubeApiServer server = (await KubeApiServer.StartAsync(certificate)).WithCalico(1);
        SessionResult result = engine.Run(Run, server.Kubeconfig((kind == "stranger" ? stranger : own).AuthorityPem));
        Assert.Equal(["KubeApiCertificate"], result.ErrorIds);
        Assert.Equal(ErrorCategory.SecurityError, result.Errors[0].CategoryInfo.Category);
        Assert.Contains(message, result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Empty(server.Users);
    }

    [Fact]
    public async Task The_kubeconfig_may_name_another_name_or_trust_all()
    {
        using KubeCertificates own = new();
        using X509Certificate2 certificate = own.Server("kubernetes.example");
        await using KubeApiServer server = (await KubeApiServer.StartAsync(certificate)).WithCalico(1);
        Assert.Single(
            engine.Run(Run, server.Kubeconfig(own.AuthorityPem, cluster: "tls-server-name: kubernetes.example"))
                .Succeeded().Output);
        using KubeCertificates stranger = new();
        Assert.Single(
            engine.Run(Run, server.Kubeconfig(stranger.AuthorityPem, cluster: "insecure-skip-tls-verify: true"))
                .Succeeded().Output);
    }

    [Fact]
    public async Task Client_certificates_programs_and_impersonation_are_used()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync(asksForCertificate: true)).WithCalico(1);
        (string certificate, string key) = server.Certificates.User("operator");
        using TemporaryFolder folder = new();
        string user =
            $"{{client-certificate: {folder.Write("user.pem", certificate)}, client-key: "
            + $"{folder.Write("user.key", key)}}}";
        Assert.Single(engine.Run(Run, server.Kubeconfig(user: user)).Succeeded().Output);
        Assert.Equal("CN=operator", server.Users.Last());

        string program = folder.Write("login",
            "#!/bin/sh\necho "
            + "'{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"the-token\"}}'\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Single(
            engine.Run(Run + " -AllowCredentialPlugin",
                server.Kubeconfig(
                    user: $"{{as: someone, exec: {{apiVersion: client.authentication.k8s.io/v1, command: "
                        + $"{program}}}}}")).Succeeded().Output);
        Assert.Equal("Bearer the-tokensomeone", server.Users.Last());

        SessionResult failed = engine.Run(Run + " -AllowCredentialPlugin",
            server.Kubeconfig(
                user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: /no/such/program}}"));
        Assert.Equal(["KubeconfigInvalid"], failed.ErrorIds);
    }

    [Fact]
    public async Task Credentials_that_are_not_accepted_are_told()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        SessionResult result = engine.Run(Run, server.Kubeconfig(user: "token: wrong"));
        Assert.Equal(["KubeApiUnauthorized"], result.ErrorIds);
        Assert.Equal(ErrorCategory.AuthenticationError, result.Errors[0].CategoryInfo.Category);
        Assert.Single(server.Requests);
        Assert.DoesNotContain("wrong", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)] // while an answer is awaited
    [InlineData(false)] // while it waits to ask again
    public async Task Stopping_ends_it_at_once(bool silent)
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1);
        TaskCompletionSource asked = new();
        server.Intercept = async (context, _) =>
        {
            asked.TrySetResult();
            if (silent)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted)
                    .ContinueWith(static _ => { }, TaskScheduler.Default);
            }
            else
            {
                context.Response.Headers.RetryAfter = "25";
                await KubeApiServer.WriteStatusAsync(context, 503, "Busy", "later");
            }

            return true;
        };
        using ModuleSession session = new();
        using PowerShell shell = PowerShell.Create(session.Runspace);
        shell.AddCommand("Get-KubeNodeRisk").AddParameter("Kubeconfig", server.Kubeconfig());
        IAsyncResult running = shell.BeginInvoke();
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await Task.Run(() => shell.Stop(), TestContext.Current.CancellationToken);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Single(server.Requests);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
    }

    private static string Config(TemporaryFolder folder, string server) => folder.Write("config", $$$"""
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {server: '{{{server}}}'}}]
        users: [{name: u, user: {token: t}}]
        """);
}
