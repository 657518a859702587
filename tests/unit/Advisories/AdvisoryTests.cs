using VxlanCsum.Advisories;
using Xunit;

namespace VxlanCsum.UnitTests.Advisories;

/// <summary>What versions suggest, line by line of the published facts.</summary>
public sealed class AdvisoryTests
{
    [Theory]
    [InlineData("5.7.0", "", "", "FixIncluded")]
    [InlineData("6.18.5", "", "", "FixIncluded")]
    [InlineData("5.6.13", "", "", "FixIncluded")]
    [InlineData("5.6.12", "", "", "Affected")]
    [InlineData("5.5.19", "", "", "Affected")]
    [InlineData("5.4.41", "", "", "FixIncluded")]
    [InlineData("5.4.40", "", "", "Affected")]
    [InlineData("4.19.123", "", "", "FixIncluded")]
    [InlineData("4.19.122", "", "", "Affected")]
    [InlineData("4.14.181", "", "", "FixIncluded")]
    [InlineData("4.14.180", "", "", "Affected")]
    [InlineData("4.9.330", "", "", "Affected")]
    [InlineData("4.4.302", "", "", "Affected")]
    [InlineData("5.4.0-32-generic", "Ubuntu 20.04 LTS", "", "FixIncluded")]
    [InlineData("5.4.0-31-generic", "Ubuntu 20.04 LTS", "", "Affected")]
    [InlineData("5.4.0-42-generic", "", "#46-Ubuntu SMP Fri Jul 10 00:24:02 UTC 2020", "FixIncluded")]
    [InlineData("4.15.0-107-generic", "Ubuntu 18.04.4 LTS", "", "FixIncluded")]
    [InlineData("4.15.0-106-generic", "Ubuntu 18.04.4 LTS", "", "Affected")]
    [InlineData("5.4.0-1021-aws", "Ubuntu 18.04.4 LTS", "", "Unknown")]
    [InlineData("5.3.0-62-generic", "Ubuntu 18.04.4 LTS", "", "Unknown")]
    [InlineData("5.4.35-050435-generic", "Ubuntu 20.04 LTS", "", "Affected")]
    [InlineData("3.10.0-1127.8.2.el7.x86_64", "CentOS Linux 7 (Core)", "", "Affected")]
    [InlineData("3.10.0-1160.118.1.el7.x86_64", "CentOS Linux 7 (Core)", "", "Unknown")]
    [InlineData("4.18.0-193.14.3.el8_2.x86_64", "Red Hat Enterprise Linux 8.2 (Ootpa)", "", "Unknown")]
    [InlineData("5.14.0-427.el9.x86_64", "Red Hat Enterprise Linux 9.4 (Plow)", "", "FixIncluded")]
    [InlineData("4.19.0-9-amd64", "Debian GNU/Linux 10 (buster)", "", "Unknown")]
    [InlineData("4.19.0-9-amd64", "Debian GNU/Linux 10 (buster)", "#1 SMP Debian 4.19.118-2 (2020-04-29)", "Affected")]
    [InlineData("4.19.0-10-amd64", "Debian GNU/Linux 10 (buster)", "#1 SMP Debian 4.19.132-1 (2020-07-24)",
        "FixIncluded")]
    [InlineData("5.3.18-24.75-default", "SUSE Linux Enterprise Server 15 SP2", "", "Unknown")]
    [InlineData("5.4.91-41.139.amzn2.x86_64", "Amazon Linux 2", "", "FixIncluded")]
    public void DefectAFollowsTheKernelsLine(string release, string distribution, string build, string suggests)
    {
        Advisory advisory = Single("kernel-zero-checksum",
            new NodeVersions { KernelRelease = release, Distribution = distribution, KernelBuild = build });
        Assert.Equal(suggests, advisory.Suggests.ToString());
        Assert.Equal(ChecksumDefect.A, advisory.Defects);
        Assert.Equal(release, advisory.Version);
    }

    [Theory]
    [InlineData("4.6.0", AdvisorySuggestion.Affected, AdvisoryCertainty.Certain)]
    [InlineData("4.18.0-553.el8.x86_64", AdvisorySuggestion.Affected, AdvisoryCertainty.Certain)]
    [InlineData("6.18.5", AdvisorySuggestion.Affected, AdvisoryCertainty.Certain)]
    [InlineData("7.1.0", AdvisorySuggestion.Affected, AdvisoryCertainty.Possible)]
    [InlineData("3.10.0-1160.el7.x86_64", AdvisorySuggestion.Unknown, AdvisoryCertainty.Unknown)]
    [InlineData("4.4.0", AdvisorySuggestion.Unknown, AdvisoryCertainty.Unknown)]
    public void NoKernelIsEverClearedOfDefectB(string release, AdvisorySuggestion suggests, AdvisoryCertainty certainty)
    {
        Advisory advisory = Single("kernel-local-checksum", new NodeVersions { KernelRelease = release });
        Assert.Equal((suggests, certainty), (advisory.Suggests, advisory.Certainty));
    }

    [Theory]
    [InlineData("v1.15.12", AdvisorySuggestion.Affected, AdvisoryCertainty.Possible)]
    [InlineData("v1.16.0", AdvisorySuggestion.Affected, AdvisoryCertainty.Certain)]
    [InlineData("v1.16.12", AdvisorySuggestion.Affected, AdvisoryCertainty.Certain)]
    [InlineData("v1.16.13", AdvisorySuggestion.FixIncluded, AdvisoryCertainty.Certain)]
    [InlineData("v1.17.8+rke2r1", AdvisorySuggestion.Affected, AdvisoryCertainty.Certain)]
    [InlineData("v1.17.9-eks-4c6976", AdvisorySuggestion.FixIncluded, AdvisoryCertainty.Certain)]
    [InlineData("v1.18.5", AdvisorySuggestion.Affected, AdvisoryCertainty.Certain)]
    [InlineData("v1.18.6+k3s1", AdvisorySuggestion.FixIncluded, AdvisoryCertainty.Certain)]
    [InlineData("v1.19.0-rc.4", AdvisorySuggestion.FixIncluded, AdvisoryCertainty.Possible)]
    [InlineData("v1.36.1", AdvisorySuggestion.FixIncluded, AdvisoryCertainty.Certain)]
    public void KubeProxysRuleFollowsItsLine(string version, AdvisorySuggestion suggests, AdvisoryCertainty certainty)
    {
        Advisory advisory = Single("kube-postrouting-mark", new NodeVersions { KubeProxy = version });
        Assert.Equal((suggests, certainty), (advisory.Suggests, advisory.Certainty));
    }

    [Fact]
    public void AnOldKubeletCountsBesideANewKubeProxyAndANewOneDoesNot()
    {
        Assert.Equal(["v1.19.3", "v1.18.2"],
            Of("kube-postrouting-mark", new NodeVersions { KubeProxy = "v1.19.3", Kubelet = "v1.18.2" })
                .Select(static a => a.Version));
        Assert.Equal(["v1.29.0"],
            Of("kube-postrouting-mark", new NodeVersions { KubeProxy = "v1.29.0", Kubelet = "v1.28.4" })
                .Select(static a => a.Version));
        Assert.Equal(["v1.30.0"],
            Of("kube-postrouting-mark", new NodeVersions { Kubelet = "v1.30.0" }).Select(static a => a.Version));
    }

    [Theory]
    [InlineData("v3.19.1", "4.18.0", AdvisorySuggestion.Affected)]
    [InlineData("v3.19.2", "5.4.0", AdvisorySuggestion.WorksAround)]
    [InlineData("v3.24.5", "5.15.0", AdvisorySuggestion.Affected)]
    [InlineData("v3.24.6", "5.15.0", AdvisorySuggestion.WorksAround)]
    [InlineData("v3.25.0", null, AdvisorySuggestion.WorksAround)]
    [InlineData("v3.27.5", "6.1.0", AdvisorySuggestion.WorksAround)]
    [InlineData("v3.28.0", "6.1.0", AdvisorySuggestion.Affected)]
    [InlineData("v3.28.1", "6.1.0", AdvisorySuggestion.WorksAround)]
    [InlineData("v3.28.2", "6.1.0", AdvisorySuggestion.Affected)]
    [InlineData("v3.29.0", "5.7.0", AdvisorySuggestion.WorksAround)]
    [InlineData("v3.31.0", null, AdvisorySuggestion.Unknown)]
    public void WhetherFelixSwitchesTheOffloadOffFollowsCalicosTable(string calico, string? kernel,
        AdvisorySuggestion suggests) =>
        Assert.Equal(suggests,
            Single("calico-checksum-offload", new NodeVersions { Calico = calico, KernelRelease = kernel }).Suggests);

    [Fact]
    public void CardsAreKnownByTheirDriver()
    {
        Advisory[] found = [.. AdvisoryCatalog.Advise(new NodeVersions { Drivers = ["vmxnet3", "virtio_net"] })];
        Assert.Equal(["driver-vmxnet3"], found.Select(static a => a.Id));
        Assert.Equal(ChecksumDefect.C, found[0].Defects);
    }

    /// <summary>As their sources say (Linux 6.1): whose tunnel packets the kernel completes, and whose the card.</summary>
    [Theory]
    [InlineData("tg3", AdvisorySuggestion.WorksAround, "no offload for tunnels")]
    [InlineData("hv_netvsc", AdvisorySuggestion.WorksAround, "accelerated networking")]
    [InlineData("i40e", AdvisorySuggestion.Unknown, "on any port")]
    [InlineData("be2net", AdvisorySuggestion.Unknown, "on one port")]
    [InlineData("vmxnet3", AdvisorySuggestion.Affected, "promises to complete")]
    public void WhatADriverDoesWithTunnelledChecksumsIsTold(string driver, AdvisorySuggestion suggests, string told)
    {
        Advisory found = Assert.Single(AdvisoryCatalog.Advise(new NodeVersions { Drivers = [driver] }));
        Assert.Equal((suggests, ChecksumDefect.C), (found.Suggests, found.Defects));
        Assert.Contains(told, found.Message, StringComparison.Ordinal);
        Assert.NotEmpty(found.Sources);
    }

    [Fact]
    public void WhatIsNotGivenSaysNothingAndHostileTextIsEscaped()
    {
        Assert.Empty(AdvisoryCatalog.Advise(new NodeVersions()));
        Assert.Equal("9.9\\x1b[2J",
            Single("kernel-local-checksum", new NodeVersions { KernelRelease = "9.9\u001b[2J" }).Version);
        Assert.DoesNotContain(AdvisoryCatalog.Advise(new NodeVersions { KernelRelease = "my kernel" }),
            static a => a.Suggests == AdvisorySuggestion.FixIncluded);
    }

    [Theory]
    [InlineData("1.2.3", "1.2.3.0", 0)]
    [InlineData("v1.18.10", "1.18.9", 1)]
    [InlineData("5.4.0-100-generic", "5.4.0-32", 1)]
    [InlineData("1.19.0-rc.1", "1.19.0", -1)]
    [InlineData("4.18.0-193.el8", "4.18.0-193", 0)]
    [InlineData("99999999999999999999.1", "1", null)]
    [InlineData("", "1", null)]
    public void VersionsAreComparedByTheirNumbers(string left, string right, int? order) =>
        Assert.Equal(order, VersionNumber.Parse(left)?.CompareTo(VersionNumber.Parse(right)));

    private static IEnumerable<Advisory> Of(string id, NodeVersions versions) =>
        AdvisoryCatalog.Advise(versions).Where(a => a.Id == id);

    private static Advisory Single(string id, NodeVersions versions) => Assert.Single(Of(id, versions));
}
