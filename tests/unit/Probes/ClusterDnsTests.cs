using System.Net;
using System.Text;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Probes;
using VxlanCsum.Probes;
using Xunit;

namespace VxlanCsum.UnitTests.Probes;

public sealed class ClusterDnsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("vxlancsum-root-").FullName;

    [Fact]
    public void TheRuleThatNamesDnsGoesBeforeOthers() => Assert.Equal(["10.96.0.10"], Find(
        """
        *nat
        :KUBE-SERVICES - [0:0]
        -A KUBE-SERVICES -d 10.96.7.7/32 -p udp -m comment --comment "default/game:udp cluster IP" -m udp --dport 53 -j KUBE-SVC-GAME
        -A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
        -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp cluster IP" -m tcp --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4
        -A KUBE-SERVICES -d 10.96.0.0/12 -p udp -m udp --dport 53 -j RETURN
        -A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
        COMMIT
        """));

    [Fact]
    public void TheSetsOfIpvsHaveNoNames() => Assert.Equal(["10.96.0.10", "10.96.7.7"], Find(
        """
        create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
        add KUBE-CLUSTER-IP 10.96.0.10,udp:53
        add KUBE-CLUSTER-IP 10.96.0.10,tcp:53
        add KUBE-CLUSTER-IP 10.96.0.1,tcp:443
        add KUBE-CLUSTER-IP 10.96.7.7,udp:53
        """));

    [Theory]
    [InlineData("nft-gen1.nft.txt")]
    [InlineData("nft-gen1.nft.json")]
    public void TheMapsOfNftAreRead(string file) =>
    Assert.Equal(["10.96.0.10", "fd00:96::a"], Find(File.ReadAllText(TestData.PathOf("rules", file))));

    [Fact]
    public void WithoutRulesNothingIsFound() => Assert.Empty(Find("*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n"));

    [Fact]
    public void ApodsResolvConfIsKnownByWhatItSearches()
    {
        ClusterDns? pod = ClusterDns.ParseResolver(
            ["search default.svc.k8s.test svc.k8s.test k8s.test", "nameserver 10.96.0.10", "options ndots:5"],
            "resolv.conf");
        Assert.Equal(("10.96.0.10", "k8s.test"), (Assert.Single(pod!.Servers).ToString(), pod.Domain));
        Assert.Null(ClusterDns.ParseResolver(["search example.org", "nameserver 192.0.2.53"], "resolv.conf"));
        Assert.Null(ClusterDns.ParseResolver(["search svc.k8s.test", "nameserver nonsense"], "resolv.conf"));
    }

    [Theory]
    [InlineData("var/lib/kubelet/config.yaml",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nclusterDNS:\n- 10.96.0.10\nclusterDomain: k8s.test\nkind: "
        + "KubeletConfiguration\n")]
    [InlineData("etc/kubernetes/kubelet/kubelet-config.json",
        "{ \"clusterDNS\": [\"10.96.0.10\"], \"clusterDomain\": \"k8s.test\" }")]
    [InlineData("var/lib/rancher/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf",
        "clusterDomain: k8s.test\nclusterDNS: [10.96.0.10]\n")]
    [InlineData("proc/4711/cmdline", "/usr/bin/kubelet\0--cluster-dns=10.96.0.10\0--cluster-domain\0k8s.test\0")]
    public void WhatTheKubeletTellsPodsIsFound(string path, string text)
    {
        Write(path, text);
        KubeletSettings? found = KubeletSettings.Find(_root);
        Assert.Equal((IPAddress.Parse("10.96.0.10"), "k8s.test"), (Assert.Single(found!.Dns), found.Domain));
    }

    [Theory]
    [InlineData("clusterDNS: [nonsense]\n")]
    [InlineData("clusterDNS: 10.96.0.10: - [\n")]
    [InlineData("- a list\n")]
    [InlineData("")]
    public void WhatIsNoConfigurationSaysNothing(string text)
    {
        Write("var/lib/kubelet/config.yaml", text);
        Assert.Null(KubeletSettings.Find(_root));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private static IEnumerable<string> Find(string rules)
    {
        var reader = new RulesetReader(new RulesetReadOptions { Keep = ClusterDnsRules.Concerns });
        reader.Read(new MemoryStream(Encoding.UTF8.GetBytes(rules)), "text");
        return ClusterDnsRules.Find(reader.Build()).Select(static a => a.ToString());
    }
}
