using System.Net;
using System.Text;
using VxlanCsum.Node.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.Node.Probes;

/// <summary>What the kubelet tells the pods of this machine about DNS.</summary>
/// <param name="Dns">The addresses of the cluster's DNS.</param>
/// <param name="Domain">The cluster's domain; null where it is not said.</param>
/// <param name="Origin">Where that stands.</param>
internal sealed record KubeletSettings(IReadOnlyList<IPAddress> Dns, string? Domain, string Origin)
{
    private const long MostBytes = 1 << 20;

    /// <summary>As kubeadm, EKS, k0s, RKE2 and k3s keep it. Kubelet's own flags go before.</summary>
    private static readonly string[] s_files =
    [
        "var/lib/kubelet/config.yaml", "etc/kubernetes/kubelet/kubelet-config.json",
        "etc/kubernetes/kubelet/config.json", "etc/kubernetes/kubelet-config.yaml",
        "var/lib/k0s/kubelet-config.yaml",
    ];

    private static readonly string[] s_folders = ["var/lib/rancher/rke2/agent/etc/kubelet.conf.d",
        "var/lib/rancher/k3s/agent/etc/kubelet.conf.d", "etc/kubernetes/kubelet.conf.d"];

    /// <summary>The first that says where DNS is; null where none does.</summary>
    /// <param name="root">The machine's root folder.</param>
    public static KubeletSettings? Find(string root = "/")
    {
        foreach (KubeletSettings flags in CommandLines(root))
        {
            return flags;
        }

        IEnumerable<string> files = s_files.Select(f => Path.Combine(root, f))
            .Concat(s_folders.SelectMany(f => FilesOf(Path.Combine(root, f))));
        return files.Select(ReadFile).FirstOrDefault(static s => s is not null);
    }

    /// <summary>Kubelet's configuration, YAML or JSON; null where it says nothing of DNS or cannot be read.</summary>
    public static KubeletSettings? Parse(string text, string origin)
    {
        try
        {
            if (YamlText.Load(new StringReader(text)).Documents is not [{ RootNode: YamlMappingNode root }, ..]
                || Child(root, "clusterDNS") is not YamlSequenceNode servers)
            {
                return null;
            }

            return Make(servers.Children.OfType<YamlScalarNode>().Select(static s => s.Value),
                (Child(root, "clusterDomain") as YamlScalarNode)?.Value, origin);
        }
        catch (YamlException)
        {
            return null;
        }
    }

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? found) ? found : null;

    private static KubeletSettings? Make(IEnumerable<string?> servers, string? domain, string origin)
    {
        IPAddress[] addresses = [
            .. servers.Select(static s => IPAddress.TryParse(s, out IPAddress? address) ? address : null)
                .OfType<IPAddress>()];
        return addresses.Length == 0 ? null
            : new KubeletSettings(addresses, string.IsNullOrEmpty(domain) ? null : domain, origin);
    }

    private static KubeletSettings? ReadFile(string path) => ReadText(path) is { } text ? Parse(text, path) : null;

    /// <summary>--cluster-dns of a running kubelet.</summary>
    private static IEnumerable<KubeletSettings> CommandLines(string root)
    {
        string processes = Path.Combine(root, "proc");
        if (!Directory.Exists(processes))
        {
            yield break;
        }

        foreach (string folder in Directory.EnumerateDirectories(processes)
            .Where(static f => Path.GetFileName(f).All(char.IsAsciiDigit)))
        {
            if (ReadText(Path.Combine(folder, "cmdline"))?.Split('\0') is [var program, .. var flags]
                && Path.GetFileName(program) == "kubelet"
                && Make(Flag(flags, "--cluster-dns")?.Split(',') ?? [], Flag(flags, "--cluster-domain"),
                    "the kubelet's --cluster-dns") is { } found)
            {
                yield return found;
            }
        }
    }

    private static string? Flag(string[] words, string name)
    {
        int at = Array.FindIndex(words, w => w == name || w.StartsWith(name + "=", StringComparison.Ordinal));
        return at < 0 ? null : words[at].Length > name.Length ? words[at][(name.Length + 1)..]
            : at + 1 < words.Length ? words[at + 1] : null;
    }

    private static string[] FilesOf(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length <= MostBytes ? File.ReadAllText(path, Encoding.UTF8)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Ended since, or root's alone.
            return null;
        }
    }
}
