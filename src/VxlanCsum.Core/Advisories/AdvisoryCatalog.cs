using System.Text.RegularExpressions;
using VxlanCsum.Text;

namespace VxlanCsum.Advisories;

/// <summary>From versions to what they suggest. Never to "not affected": where nothing is known of a version it says
/// nothing, or that it is unknown.</summary>
internal static partial class AdvisoryCatalog
{
    private static readonly Lazy<AdvisoryData> s_own = new(ReadOwn);

    /// <summary>What this version of the module knows.</summary>
    public static AdvisoryData Own => s_own.Value;

    /// <summary>The advisories in the order of the knowledge; a version that was not given has none.</summary>
    public static IReadOnlyList<Advisory> Advise(NodeVersions versions, AdvisoryData? data = null)
    {
        VersionNumber? kernel = VersionNumber.Parse(Upstream(versions) ?? versions.KernelRelease);
        var advisories = new List<Advisory>();
        foreach (AdvisoryEntry entry in (data ?? Own).Advisories)
        {
            foreach (string text in Texts(entry.Subject, versions))
            {
                VersionNumber? version = entry.Subject == AdvisorySubject.Kernel ? kernel : VersionNumber.Parse(text);
                string matched = entry.Subject == AdvisorySubject.Kernel ? Upstream(versions) ?? text : text;
                AdvisoryRule? rule = entry.Rules.FirstOrDefault(
                    r => r.Holds(matched, version, kernel, Distribution(versions)));
                if (rule is not null)
                {
                    advisories.Add(Describe(entry, rule, text, version, versions));
                }
            }
        }

        return advisories;
    }

    private static Advisory Describe(AdvisoryEntry entry, AdvisoryRule rule, string text, VersionNumber? version,
        NodeVersions versions) => new()
        {
            Id = entry.Id,
            NodeName = versions.NodeName is null ? null : SafeText.Escape(versions.NodeName),
            Subject = entry.Subject,
            Version = SafeText.Escape(text),
            Suggests = rule.Suggests,
            Defects = (rule.Defects ?? entry.Defects).Aggregate(ChecksumDefect.None, static (all, d) => all | d),
            Message = rule.Message,
            FixedIn = entry.FixedIn,
            // What a release candidate holds of the version that it leads to is not known.
            Certainty = version?.IsPreview == true && rule.Certainty > AdvisoryCertainty.Possible
            ? AdvisoryCertainty.Possible : rule.Certainty,
            Sources = [.. entry.Sources.Concat(rule.Sources ?? []).Distinct(StringComparer.Ordinal)],
        };

    /// <summary>The versions that an entry is about.</summary>
    private static IEnumerable<string> Texts(AdvisorySubject subject, NodeVersions versions)
    {
        string?[] texts = subject switch
        {
            AdvisorySubject.Kernel => new[] { versions.KernelRelease },
            AdvisorySubject.Kubernetes => WritesRules(versions) ? new[] { versions.KubeProxy, versions.Kubelet }
                : new[] { versions.KubeProxy },
            AdvisorySubject.Calico => new[] { versions.Calico },
            AdvisorySubject.Flannel => new[] { versions.Flannel },
            AdvisorySubject.Driver => versions.Drivers.ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(subject), subject, null),
        };
        return texts.OfType<string>().Where(static t => !string.IsNullOrWhiteSpace(t)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Whether the kubelet's version counts: it wrote the rules, too (KEP-3178 ended that), or stands for a
    /// kube-proxy that is not known.</summary>
    private static bool WritesRules(NodeVersions versions) =>
        versions.KubeProxy is null || VersionNumber.Parse(versions.Kubelet)?.CompareTo(VersionNumber.Parse("1.28")) < 0;

    /// <summary>
    /// The stable version that Debian's kernel is built from: "#1 SMP Debian 4.19.132-1 (2020-07-24)". Its release
    /// names only the line.
    /// </summary>
    private static string? Upstream(NodeVersions versions) =>
        versions.KernelBuild is not null && DebianBuild().Match(versions.KernelBuild) is { Success: true } match
            ? match.Groups[1].Value : null;

    /// <summary>The distribution, also where only the kernel's build names it ("#46-Ubuntu SMP ...").</summary>
    private static string Distribution(NodeVersions versions) => $"{versions.Distribution} {versions.KernelBuild}";

    private static AdvisoryData ReadOwn()
    {
        using Stream stream = typeof(AdvisoryCatalog).Assembly.GetManifestResourceStream("advisories.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return AdvisoryData.Parse(bytes.ToArray());
    }

    [GeneratedRegex(@"\bDebian ([0-9]+(?:\.[0-9]+){2,3})", RegexOptions.CultureInvariant)]
    private static partial Regex DebianBuild();
}
