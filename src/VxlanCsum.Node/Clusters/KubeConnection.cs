using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Authentication;

namespace VxlanCsum.Node.Clusters;

/// <summary>An HTTPS client for one API server, with its context's trust and credentials.</summary>
/// <remarks>
/// The client that KubernetesClient makes takes any certificate that the cluster's authority signed, whatever name is
/// in it (Kubernetes.CertificateValidationCallBack looks at the chain alone). Here .NET checks both.
/// </remarks>
internal sealed class KubeConnection : IDisposable
{
    private readonly HttpClient _client;
    private readonly ServiceClientCredentials? _credentials;
    private readonly KubeContext _context;
    private readonly X509Certificate2? _certificate;
    private string? _distrust;

    public KubeConnection(KubeContext context, TimeSpan patience)
    {
        _context = context;
        KubernetesClientConfiguration configuration = context.Configuration;
        IWebProxy? proxy;
        try
        {
            Server = new Uri(configuration.Host.EndsWith('/') ? configuration.Host : configuration.Host + "/");
            if (Server.Scheme != Uri.UriSchemeHttps && Server.Scheme != Uri.UriSchemeHttp)
            {
                throw new UriFormatException($"its server {configuration.Host} is not reached by HTTPS");
            }

            _certificate = ClientCertificate(configuration);
            _credentials = Kubernetes.CreateCredentials(configuration);
            proxy = context.ProxyUrl is { } url ? Proxy(url) : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw KubeErrors.BadKubeconfig(context.Name, e);
        }

        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = patience,
            SslOptions = Trust(configuration),
        };
        if (proxy is not null)
        {
            handler.Proxy = proxy;
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("VxlanCsum", typeof(KubeConnection).Assembly.GetName().Version?.ToString(3)));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public Uri Server { get; }

    /// <summary>The context's name, fit to be shown.</summary>
    public string Name => _context.Name;

    /// <summary>Why the server's certificate was refused; null where it was not.</summary>
    public string? Distrust => Volatile.Read(ref _distrust);

    /// <summary>Sends a GET; the answer's headers are there when it ends.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get,
            new Uri(Server, path))
        { Version = HttpVersion.Version20 };
        if (_context.Configuration.TlsServerName is { Length: > 0 } name)
        {
            // .NET asks for, and expects, the certificate of the name in this header.
            request.Headers.Host = name;
        }

        if (_context.User is { Impersonate.Length: > 0 } user)
        {
            request.Headers.Add("Impersonate-User", user.Impersonate);
            foreach (string group in user.ImpersonateGroups ?? [])
            {
                request.Headers.Add("Impersonate-Group", group);
            }
        }

        try
        {
            await (_credentials?.ProcessHttpRequestAsync(request, cancellation)
                ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A token file that is gone, or a program that gives tokens and failed.
            throw KubeErrors.BadKubeconfig(Name, e);
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _certificate?.Dispose();
    }

    /// <summary>The kinds that kubectl takes.</summary>
    private static WebProxy Proxy(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? new WebProxy(proxy)
            : throw new UriFormatException($"its proxy-url '{Text.SafeText.Escape(url)}' is not http, https or socks5");

    private SslClientAuthenticationOptions Trust(KubernetesClientConfiguration configuration)
    {
        SslClientAuthenticationOptions options = new()
        {
            EnabledSslProtocols = SslProtocols.None,
            RemoteCertificateValidationCallback = (_, _, chain, errors) => IsTrusted(configuration, chain, errors),
        };
        if (_certificate is not null)
        {
            options.ClientCertificates = [_certificate];
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => _certificate;
        }

        if (configuration.SslCaCerts is { Count: > 0 } authorities)
        {
            // The cluster's own authorities alone, as kubectl does.
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    private bool IsTrusted(KubernetesClientConfiguration configuration, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None || configuration.SkipTlsVerify
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && EndsAtAuthority(configuration, chain)))
        {
            return true;
        }

        StringBuilder problem = new();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            problem.Append("it shows no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            problem.Append("its certificate is for another name");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            problem.Append(problem.Length > 0 ? ", and " : string.Empty).Append(ChainProblem(chain));
        }

        Volatile.Write(ref _distrust, problem.ToString());
        return false;
    }

    private static string ChainProblem(X509Chain? chain)
    {
        const X509ChainStatusFlags Stranger = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain
            | X509ChainStatusFlags.NotSignatureValid;
        X509ChainStatusFlags all = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError,
            static (flags, status) => flags | status.Status);
        return all.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "its certificate has expired or is not valid yet"
            : (all & Stranger) != 0
                ? "its certificate is not signed by an authority that the kubeconfig, or this machine, trusts"
            : $"its certificate's chain is not sound ({all})";
    }

    /// <summary>Whether the chain is whole but for its root, and ends at an authority that the kubeconfig trusts:
    /// kubectl takes such a one.</summary>
    private static bool EndsAtAuthority(KubernetesClientConfiguration configuration, X509Chain? chain) =>
        configuration.SslCaCerts is { } authorities
        && chain is { ChainElements.Count: > 1 }
        && Array.TrueForAll(chain.ChainStatus, static s => s.Status is X509ChainStatusFlags.PartialChain)
        && authorities.Contains(chain.ChainElements[^1].Certificate);

    private static X509Certificate2? ClientCertificate(KubernetesClientConfiguration configuration)
    {
        string? certificate = Pem(configuration.ClientCertificateData, configuration.ClientCertificateFilePath);
        string? key = Pem(configuration.ClientCertificateKeyData, configuration.ClientKeyFilePath);
        if (certificate is null || key is null)
        {
            return null;
        }

        X509Certificate2 pair = X509Certificate2.CreateFromPem(certificate, key);
        if (!OperatingSystem.IsWindows())
        {
            return pair;
        }

        // Windows' TLS takes no key that lives in memory alone.
        using (pair)
        {
            return new X509Certificate2(pair.Export(X509ContentType.Pkcs12));
        }
    }

    private static string? Pem(string? data, string? file) =>
        !string.IsNullOrWhiteSpace(file) ? File.ReadAllText(file)
        : string.IsNullOrWhiteSpace(data) ? null
        : Encoding.UTF8.GetString(Convert.FromBase64String(data));
}
