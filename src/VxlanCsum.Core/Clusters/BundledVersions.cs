using VxlanCsum.Advisories;

namespace VxlanCsum.Clusters;

/// <summary>
/// What k3s and RKE2 bring along: k3s runs flannel within its own process, so that no image tells its version. Within a
/// line of releases, and from one line to the next, flannel was only ever raised; what is known of one release bounds
/// the others.
/// </summary>
internal static class BundledVersions
{
    private const string K3sReleases = "https://github.com/k3s-io/k3s/releases/tag/";
    private const string Rke2Releases = "https://github.com/rancher/rke2/releases/tag/";
    private const string FlannelRaisedIn124 = "https://github.com/k3s-io/k3s/pull/6589";
    private const string FlannelOf124 = "https://github.com/k3s-io/k3s/pull/6418";

    // The first that fits counts. 0.20.2 came to all supported lines in December 2022 (the pull requests name each
    // other).
    private static readonly Bundle[] s_bundles =
    [
        new("k3s", "1.18.16", "1.18.17", "0.11.0", null, Bound.Exact, K3sReleases + "v1.18.16%2Bk3s1"),
        new("k3s", "1.19.15", "1.19.16", "0.12.0", null, Bound.Exact, K3sReleases + "v1.19.15+k3s2"),
        new("k3s", "1.24.4", "1.24.5", "0.19.1", null, Bound.Exact, "https://github.com/k3s-io/k3s/issues/6047"),
        new("k3s", "1.24.8", "1.24.9", "0.20.1", null, Bound.Exact, FlannelOf124),
        new("k3s", "1.25.4", "1.25.5", "0.20.1", null, Bound.Exact, "https://github.com/k3s-io/k3s/issues/6415"),
        new("k3s", "1.25.14", "1.25.15", "0.22.2", null, Bound.Exact, K3sReleases + "v1.25.14%2Bk3s1"),
        new("k3s", "1.26.14", "1.26.15", "0.24.2", null, Bound.Exact, K3sReleases + "v1.26.14%2Bk3s1"),
        new("k3s", "1.27.6", "1.27.7", "0.22.2", null, Bound.Exact, K3sReleases + "v1.27.6%2Bk3s1"),
        new("k3s", "1.34.9", "1.34.10", "0.28.4", null, Bound.Exact, K3sReleases + "v1.34.9%2Bk3s1"),
        new("k3s", "1.35.5", "1.35.7", "0.28.4", null, Bound.Exact, K3sReleases + "v1.35.5+k3s1"),
        new("k3s", "1.36.0", "1.36.3", "0.28.4", null, Bound.Exact, K3sReleases + "v1.36.0+k3s1"),
        new("k3s", "1.23.15", "1.24.0", "0.20.2", null, Bound.AtLeast, "https://github.com/k3s-io/k3s/pull/6590"),
        new("k3s", "1.24.9", "1.25.0", "0.20.2", null, Bound.AtLeast, FlannelRaisedIn124),
        new("k3s", "1.25.14", "1.26.0", "0.22.2", null, Bound.AtLeast, K3sReleases + "v1.25.14%2Bk3s1"),
        new("k3s", "1.26.14", "1.27.0", "0.24.2", null, Bound.AtLeast, K3sReleases + "v1.26.14%2Bk3s1"),
        new("k3s", "1.27.6", null, "0.22.2", null, Bound.AtLeast, K3sReleases + "v1.27.6%2Bk3s1"),
        new("k3s", "1.23.0", "1.23.15", "0.20.1", null, Bound.AtMost, "https://github.com/k3s-io/k3s/pull/6590"),
        new("k3s", "1.25.0", "1.25.4", "0.20.1", null, Bound.AtMost, "https://github.com/k3s-io/k3s/issues/6415"),
        new("k3s", null, "1.23.0", "0.20.1", null, Bound.AtMost, FlannelOf124),
        new("k3s", "1.24.0", "1.24.8", "0.20.1", null, Bound.AtMost, FlannelOf124),
        new("rke2", "1.18.20", "1.18.21", "0.13.0", "3.13.3", Bound.Exact, Rke2Releases + "v1.18.20%2Brke2r1"),
        new("rke2", "1.24.12", "1.24.13", "0.21.3", "3.25.0", Bound.Exact, Rke2Releases + "v1.24.12%2Brke2r1"),
        new("rke2", "1.29.2", "1.29.3", "0.24.2", "3.27.0", Bound.Exact, Rke2Notes),
        new("rke2", "1.29.3", "1.29.4", "0.24.3", "3.27.2", Bound.Exact, Rke2Notes),
        new("rke2", "1.29.4", "1.29.6", "0.25.1", "3.27.3", Bound.Exact, Rke2Notes),
        new("rke2", "1.29.6", "1.29.8", "0.25.4", "3.28.0", Bound.Exact, Rke2Notes),
        new("rke2", "1.29.8", "1.29.9", "0.25.5", "3.28.1", Bound.Exact, Rke2Notes),
        new("rke2", "1.29.9", "1.29.10", "0.25.6", "3.28.1", Bound.Exact, Rke2Notes),
    ];

    private enum Bound : byte
    {
        Exact,
        AtLeast,
        AtMost,
    }

    private static string Rke2Notes => "https://docs.rke2.io/release-notes/v1.29.X";

    /// <summary>What a kubelet of k3s or RKE2 comes with; null for any other, and for a release that is not
    /// known.</summary>
    public static BundledVersion? Of(string? kubelet)
    {
        if (DistributionOf(kubelet) is not { } distribution || VersionNumber.Parse(kubelet!) is not { } version)
        {
            return null;
        }

        return Array.Find(s_bundles, b => b.Distribution == distribution && b.Holds(version)) is { } found
            ? new BundledVersion(distribution, found.Flannel, found.Kind == Bound.Exact ? found.Calico : null,
                found.Kind switch
                {
                    Bound.AtLeast => $"{found.Flannel} or later",
                    Bound.AtMost => $"{found.Flannel} or earlier",
                    _ => found.Flannel,
                }, found.Kind == Bound.Exact, found.Source) : null;
    }

    /// <summary>"k3s", "rke2"; null for any other kubelet.</summary>
    public static string? DistributionOf(string? kubelet) =>
        kubelet is null ? null : kubelet.Contains("+k3s", StringComparison.Ordinal) ? "k3s"
            : kubelet.Contains("+rke2", StringComparison.Ordinal) ? "rke2" : null;

    private sealed record Bundle(string Distribution, string? From, string? Before, string Flannel, string? Calico,
        Bound Kind, string Source)
    {
        private readonly VersionNumber? _from = From is null ? null : VersionNumber.Parse(From),
            _before = Before is null ? null : VersionNumber.Parse(Before);

        public bool Holds(VersionNumber version) =>
            (_from is not { } from || version.CompareTo(from) >= 0)
                && (_before is not { } before || version.CompareTo(before) < 0);
    }
}

/// <summary>What a distribution of Kubernetes brings along.</summary>
/// <param name="Distribution">"k3s", "rke2".</param>
/// <param name="Flannel">flannel's version, or the bound of it.</param>
/// <param name="Calico">Calico's; null where none is known.</param>
/// <param name="FlannelWords">"0.20.1", "0.20.2 or later".</param>
/// <param name="IsExact">Whether it is the version and not a bound.</param>
/// <param name="Source">Who says so.</param>
internal sealed record BundledVersion(string Distribution, string Flannel, string? Calico, string FlannelWords,
    bool IsExact, string Source);
