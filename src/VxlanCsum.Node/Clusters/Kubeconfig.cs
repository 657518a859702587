using System.Text;
using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Clusters;

/// <summary>Finds the clusters that kubectl would find: -Kubeconfig, KUBECONFIG, ~/.kube/config, the pod's own service
/// account.</summary>
internal sealed class Kubeconfig
{
    private const string InCluster = "in-cluster", Variable = "KUBECONFIG";

    private const long LargestFile = 4 << 20;

    private readonly K8SConfiguration? _content;
    private readonly string _place;

    private readonly KubeconfigExtras _extras;

    private Kubeconfig(K8SConfiguration? content, string place, IReadOnlyList<KubeconfigExtras> extras)
    {
        _content = content;
        _place = place;
        _extras = KubeconfigExtras.Together(extras);
    }

    /// <summary>The names of its contexts.</summary>
    public IReadOnlyList<string> Contexts =>
        _content is null ? [InCluster] : [.. _content.Contexts.Select(static c => c.Name).OfType<string>()];

    /// <summary>Reads it.</summary>
    /// <param name="path">A file; null for those that kubectl takes.</param>
    /// <exception cref="NodeException">There is none, or it cannot be read.</exception>
    public static Kubeconfig Read(string? path)
    {
        string variable = Environment.GetEnvironmentVariable(Variable) ?? string.Empty;
        string[] places = path is not null ? [path]
            : variable.Split(System.IO.Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } listed ? listed
            : [KubernetesClientConfiguration.KubeConfigDefaultLocation];

        // Like kubectl, which passes over the missing ones of KUBECONFIG.
        string[] files = [.. places.Where(File.Exists)];
        if (files.Length > 0)
        {
            (K8SConfiguration Content, KubeconfigExtras Extras)[] read = [.. files.Select(ReadFile)];
            return new Kubeconfig(Merge([.. read.Select(static r => r.Content)]),
                string.Join(System.IO.Path.PathSeparator, files), [.. read.Select(static r => r.Extras)]);
        }

        return path is null && variable.Length == 0 && KubernetesClientConfiguration.IsInCluster()
            ? new Kubeconfig(null, InCluster, [])
            : throw KubeErrors.NoKubeconfig(places, variable.Length > 0 && path is null);
    }

    /// <summary>A context by its exact name, or the current one.</summary>
    /// <param name="name">Null for the current one.</param>
    /// <param name="mayRun">Whether a program that it names to log in with may be run.</param>
    /// <param name="cancellation">Ends that program.</param>
    /// <exception cref="NodeException">There is no such context, or it is not whole.</exception>
    public KubeContext Choose(string? name, bool mayRun, CancellationToken cancellation)
    {
        try
        {
            if (_content is null)
            {
                return name is null or InCluster
                    ? new KubeContext(InCluster, KubernetesClientConfiguration.InClusterConfig(), null, null)
                    : throw KubeErrors.NoContext(name, _place, Contexts);
            }

            string? wanted = name ?? (_content.CurrentContext is { Length: > 0 } current ? current : null);
            Context context = _content.Contexts.FirstOrDefault(c => c.Name == wanted && wanted is not null)
                ?? throw KubeErrors.NoContext(wanted, _place, Contexts);

            // Alone, since KubernetesClient would also take one of another case.
            K8SConfiguration only = new()
            {
                FileName = _content.FileName,
                CurrentContext = context.Name,
                Contexts = [context],
                Clusters = [.. _content.Clusters.Where(c => c.Name == context.ContextDetails?.Cluster)],
                Users = [.. _content.Users.Where(u => u.Name == context.ContextDetails?.User)],
            };
            Identify(only, context.Name, mayRun, cancellation);
            return new KubeContext(
                SafeText.Escape(context.Name), KubernetesClientConfiguration.BuildConfigFromConfigObject(only),
                only.Users.FirstOrDefault()?.UserCredentials,
                _extras.Proxies.GetValueOrDefault(context.ContextDetails?.Cluster ?? string.Empty));
        }
        catch (Exception e) when (e is not (NodeException or OperationCanceledException))
        {
            throw KubeErrors.BadKubeconfig(_place, e);
        }
    }

    /// <summary>Whom the context logs in as, in the order that kubectl looks: a program only where it may be run, and
    /// a token's file before the token.</summary>
    private void Identify(K8SConfiguration only, string context, bool mayRun, CancellationToken cancellation)
    {
        if (only.Users.FirstOrDefault() is not { UserCredentials: { } user } named)
        {
            return;
        }

        if (user.AuthProvider is { } provider)
        {
            throw new NotSupportedException(
                $"its user logs in by auth-provider '{SafeText.Escape(provider.Name ?? string.Empty)}', which Kubernetes "
                + "1.26 gave up and this module does not run");
        }

        if (user.ExternalExecution is { } exec)
        {
            if (!mayRun)
            {
                throw KubeErrors.PluginRefused(SafeText.Escape(context), CredentialPlugin.Describe(exec));
            }

            CredentialPlugin.LogIn(user, _extras.Folders[named.Name], cancellation);
        }

        if (_extras.TokenFiles.TryGetValue(named.Name, out string? file))
        {
            user.Token = Encoding.UTF8.GetString(BoundedFile.ReadAll(file, LargestFile)).Trim();
        }
    }

    private static (K8SConfiguration, KubeconfigExtras) ReadFile(string file)
    {
        try
        {
            byte[] bytes = BoundedFile.ReadAll(file, LargestFile);
            string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!;

            // First: KubernetesClient would read what is nested without end until the stack ends.
            KubeconfigExtras extras = KubeconfigExtras.Of(bytes, folder);
            using var stream = new MemoryStream(bytes);
            K8SConfiguration content = KubernetesClientConfiguration.LoadKubeConfig(stream)
                ?? throw new KubeConfigException("it is empty");
            content.FileName = System.IO.Path.GetFullPath(file);

            // Paths are relative to the file that names them, also where files are merged.
            foreach (ClusterEndpoint cluster in (content.Clusters ??= []).Select(static c => c.ClusterEndpoint)
                .OfType<ClusterEndpoint>())
            {
                cluster.CertificateAuthority = Absolute(folder, cluster.CertificateAuthority);
            }

            foreach (UserCredentials user in (content.Users ??= []).Select(static u => u.UserCredentials)
                .OfType<UserCredentials>())
            {
                user.ClientCertificate = Absolute(folder, user.ClientCertificate);
                user.ClientKey = Absolute(folder, user.ClientKey);
            }

            content.Contexts ??= [];
            return (content, extras);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw KubeErrors.BadKubeconfig(file, e);
        }
    }

    private static string? Absolute(string folder, string? path) =>
        string.IsNullOrEmpty(path) ? path : System.IO.Path.Combine(folder, path);

    /// <summary>As kubectl merges: of what several files define under one name, the first counts.</summary>
    private static K8SConfiguration Merge(K8SConfiguration[] files) => new()
    {
        FileName = files[0].FileName,
        CurrentContext = files.Select(static f => f.CurrentContext)
            .FirstOrDefault(static c => !string.IsNullOrEmpty(c)),
        Contexts = [.. files.SelectMany(static f => f.Contexts).DistinctBy(static c => c.Name)],
        Clusters = [.. files.SelectMany(static f => f.Clusters).DistinctBy(static c => c.Name)],
        Users = [.. files.SelectMany(static f => f.Users).DistinctBy(static u => u.Name)],
    };
}
