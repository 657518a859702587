using System.Text.RegularExpressions;
using VxlanCsum.Text;

namespace VxlanCsum.Advisories;

/// <summary>
/// Versions as people write them into tickets: uname, os-release, "Kubernetes version: v1.18.5", images. Only lines
/// that
/// begin with what they name count: "fixed in Kubernetes 1.19" in the middle of a sentence is nobody's version. Where a
/// text names several of one program, none is known.
/// </summary>
internal sealed partial class VersionWords
{
    private readonly Dictionary<string, HashSet<string>> _found = new(StringComparer.Ordinal);
    private string? _host;

    /// <summary>The machine that uname names.</summary>
    public string? Host => _host;

    /// <summary>What is known: programs that were named with several versions are left out.</summary>
    public NodeVersions Versions => new()
    {
        KernelRelease = Only("kernel"),
        KernelBuild = Only("build"),
        Distribution = Only("os"),
        Kubelet = Only("kubernetes"),
        KubeProxy = Only("kube-proxy"),
        Calico = Only("calico"),
        Flannel = Only("flannel"),
    };

    /// <summary>Programs that were named with several versions.</summary>
    public IReadOnlyList<string> Disputed => [.. _found.Where(static f => f.Value.Count > 1 && f.Key != "build")
        .Select(static f => $"{f.Key} ({string.Join(", ", f.Value.Order(StringComparer.Ordinal))})")];

    /// <summary>Reads a line; null where it names no version, else what it named, in words.</summary>
    /// <param name="text">Stripped.</param>
    /// <param name="command">What was typed before it, if it is known.</param>
    public string? Add(string text, string? command)
    {
        if (text.Length > 1000)
        {
            return null;
        }

        if (Uname().Match(text) is { Success: true } uname)
        {
            _host ??= SafeText.Escape(uname.Groups["host"].Value);
            Note("build", uname.Groups["build"].Value);
            return Note("kernel", uname.Groups["release"].Value);
        }

        if (command?.StartsWith("uname", StringComparison.Ordinal) == true && Release().IsMatch(text))
        {
            return Note("kernel", text);
        }

        if (Pretty().Match(text) is { Success: true } pretty)
        {
            return Note("os", pretty.Groups["value"].Value);
        }

        string? said = null;
        foreach (Match image in Image().Matches(text))
        {
            said = Note(image.Groups["name"].Value switch
            {
                "kube-proxy" => "kube-proxy",
                "flannel" => "flannel",
                _ => "calico",
            }, image.Groups["version"].Value);
        }

        return said ?? (Label().Match(text) is { Success: true } label ? Note(Program(label.Groups["label"].Value),
            label.Groups["version"].Value) : null);
    }

    private static string Program(string label) => label.ToUpperInvariant() switch
    {
        "KERNEL" => "kernel",
        "CALICO" or "CALICO/NODE" or "CALICO-NODE" => "calico",
        "FLANNEL" or "FLANNELD" => "flannel",
        "KUBE-PROXY" => "kube-proxy",
        _ => "kubernetes",
    };

    private string Note(string program, string version)
    {
        string safe = SafeText.Escape(version.Trim().TrimEnd('.', ',', ';', '`', '"'), 120);
        if (!_found.TryGetValue(program, out HashSet<string>? all))
        {
            _found[program] = all = new HashSet<string>(StringComparer.Ordinal);
        }

        if (all.Count < 16)
        {
            all.Add(safe);
        }

        return program == "os" ? safe : $"{program} {safe}";
    }

    private string? Only(string program) => _found.GetValueOrDefault(program) is { Count: 1 } all ? all.First() : null;

    [GeneratedRegex(@"^Linux (?<host>\S{1,64}) (?<release>\d+\.\d+\S*) (?<build>#\d+.*?)(?:\s+"
        + @"(?:x86_64|aarch64|ppc64le|s390x|armv7l)\b.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Uname();

    [GeneratedRegex(@"^\d+\.\d+\.\d+[\w.+-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Release();

    [GeneratedRegex("^PRETTY_NAME=\"?(?<value>[^\"]{1,100})\"?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pretty();

    [GeneratedRegex(@"(?:^|[\s/""'=])(?<name>kube-proxy|calico/node|calico-node|flannel)(?:-amd64|-arm64)?:"
        + @"(?<version>v?\d+\.\d+\.\d+[\w.+-]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Image();

    // "* Kernel (e.g. `uname -a`): 5.4.0-42-generic", "- Flannel version: v0.11.0", "Kubernetes v1.18.5".
    [GeneratedRegex(@"^[-*•\s]{0,6}(?<label>kernel|kubernetes|k8s|kubelet|server version|calico"
        + @"(?:[/-]node)?|flanneld?|kube-proxy)(?:\s+version)?(?:\s*\([^)]{1,80}\)+)?(?:\s*[:=|]\s*|\s+)"
        + @"(?:version\.Info\{.{0,60}GitVersion:)?[`""]?(?:Linux \S+ )?(?<version>v?\d+\.\d+\.\d+[\w.+-]*)",
            RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Label();
}
