using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>
/// The list API of Kubernetes as far as Get-KubeNodeRisk speaks it, over HTTPS on loopback: pages by limit and
/// continue, Status
/// objects for failures, a bearer token. No API server can be run on the machines that build this; what it answers
/// follows
/// kubernetes.io's API concepts, "Retrieving large results sets in chunks".
/// </summary>
internal sealed class KubeApiServer : IAsyncDisposable
{
    public const string Token = "the-token";

    private readonly WebApplication _server;
    private readonly KubeCertificates _certificates = new();
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Func<IReadOnlyList<string>>> _lists = [];
    private readonly Dictionary<string, string> _objects = [];

    private KubeApiServer(X509Certificate2? certificate, bool asksForCertificate, HttpProtocols protocols)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = _folder.Path });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            listen.UseHttps(certificate ?? _certificates.Server(), https =>
            {
                https.ClientCertificateMode = asksForCertificate ? ClientCertificateMode.AllowCertificate
                    : ClientCertificateMode.NoCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true;
            });
        }));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>Requests so far, as path and query.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>May answer a request in its own way: gives true where it did. The number counts requests of the same
    /// path from 1.</summary>
    public Func<HttpContext, int, Task<bool>> Intercept { get; set; } = static (_, _) => Task.FromResult(false);

    /// <summary>Told of the user of each request: the token, or the client certificate's subject.</summary>
    public ConcurrentQueue<string> Users { get; } = [];

    public KubeCertificates Certificates => _certificates;

    public string Url { get; private set; } = string.Empty;

    /// <summary>Starts one. Its certificate is for 127.0.0.1 where none is given.</summary>
    public static async Task<KubeApiServer> StartAsync(
        X509Certificate2? certificate = null, bool asksForCertificate = false,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        KubeApiServer server = new(certificate, asksForCertificate, protocols);
        await server._server.StartAsync(TestContext.Current.CancellationToken);
        server.Url =
            server._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    /// <summary>Serves a list.</summary>
    public KubeApiServer WithList(string path, params IEnumerable<string> items)
    {
        string[] all = [.. items];
        _lists["/" + path] = () => all;
        return this;
    }

    /// <summary>Serves an object.</summary>
    public KubeApiServer WithObject(string path, string text)
    {
        _objects["/" + path] = text;
        return this;
    }

    /// <summary>Writes a kubeconfig and gives its path.</summary>
    /// <param name="authority">The trusted certificate; the server's own where null.</param>
    /// <param name="user">The user's lines.</param>
    /// <param name="cluster">More lines of the cluster.</param>
    public string Kubeconfig(string? authority = null, string user = $"token: {Token}", string cluster = "",
        string name = "config") => _folder.Write(name, $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        contexts:
        - name: test
          context: {cluster: one, user: me}
        - name: other
          context: {cluster: one, user: me}
        - name: broken
          context: {cluster: none, user: me}
        clusters:
        - name: one
          cluster:
            server: {{Url}}
            certificate-authority-data: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(authority ?? _certificates.AuthorityPem))}}
            {{cluster}}
        users:
        - name: me
          user:
            {{user}}
        """);

    public static Task WriteStatusAsync(HttpContext context, int code, string reason, string message)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(
            $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificates.Dispose();
        _folder.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path;
        Requests.Enqueue(path + context.Request.QueryString);
        Users.Enqueue(
            $"{context.Connection.ClientCertificate?.Subject}{context.Request.Headers.Authorization}"
                + $"{context.Request.Headers["Impersonate-User"]}");
        if (await Intercept(context, Requests.Count(r => r.Split('?')[0] == path)))
        {
            return;
        }

        if (context.Connection.ClientCertificate is null && context.Request.Headers.Authorization != "Bearer " + Token)
        {
            await WriteStatusAsync(context, 401, "Unauthorized", "Unauthorized");
        }
        else if (_objects.TryGetValue(path, out string? text))
        {
            await context.Response.WriteAsync(text);
        }
        else if (_lists.TryGetValue(path, out Func<IReadOnlyList<string>>? list))
        {
            await WritePageAsync(context, list());
        }
        else if (path.StartsWith("/api/v1/", StringComparison.Ordinal)
            && path.EndsWith("/pods", StringComparison.Ordinal))
        {
            // Of a namespace that does not exist the list is empty.
            await WritePageAsync(context, []);
        }
        else
        {
            await WriteStatusAsync(context, 404, "NotFound", "the server could not find the requested resource");
        }
    }

    private static async Task WritePageAsync(HttpContext context, IReadOnlyList<string> items)
    {
        int limit = int.Parse(context.Request.Query["limit"].ToString(), CultureInfo.InvariantCulture);
        int start = context.Request.Query.TryGetValue("continue", out var token)
            ? int.Parse(token.ToString(), CultureInfo.InvariantCulture) : 0;
        int end = Math.Min(items.Count, start + limit);
        string more = end < items.Count ? $$""" "continue":"{{end}}","remainingItemCount":{{items.Count - end}},"""
            : string.Empty;
        context.Response.ContentType = "application/json";

        // As the API server writes a list: the kind and the token first, items without a kind.
        await context.Response.WriteAsync(
            $$"""{"kind":"SomeList","apiVersion":"v1","metadata":{ {{more}} "resourceVersion":"7"},"items":[""");
        for (int i = start; i < end; i++)
        {
            await context.Response.WriteAsync((i > start ? "," : string.Empty) + items[i]);
        }

        await context.Response.WriteAsync("]}\n");
    }
}
