using System.Text;
using VxlanCsum.Advisories;
using VxlanCsum.Clusters;
using Xunit;
using static VxlanCsum.UnitTests.Clusters.ClusterTexts;

namespace VxlanCsum.UnitTests.Clusters;

public sealed class NodeRiskTests
{
    private const string Old = "v1.18.5", New = "v1.30.1", Port5 = "5.15.0-91-generic";

    [Theory]
    // Calico; kernel, kube-proxy, calico-node, pool, felix's environment.
    [InlineData(Port5, Old, "v3.20.0", "Always", "", "Likely")]
    [InlineData(Port5, Old, "v3.20.0", "CrossSubnet", "", "Likely")]
    [InlineData(Port5, Old, "v3.20.0", "Never", "", "Low")]
    [InlineData(Port5, Old, "v3.26.1", "Always", "", "Low")] // felix switches the offload off
    [InlineData(Port5, Old, "v3.26.1", "Always",
        """{"name":"FELIX_FEATUREDETECTOVERRIDE","value":"ChecksumOffloadBroken=false"}""", "Likely")]
    [InlineData(Port5, Old, "v3.20.0", "Always",
        """{"name":"FELIX_FEATUREDETECTOVERRIDE","value":"SNATFullyRandom=false,ChecksumOffloadBroken=true"}""", "Low")]
    [InlineData(Port5, Old, "v3.20.0", "Always", """{"name":"FELIX_BPFENABLED","value":"true"}""", "Low")]
    [InlineData(Port5, New, "v3.20.0", "Always", "", "Possible")] // cali-POSTROUTING may come before the jump
    [InlineData(Port5, New, "v3.29.1", "Always", "", "Low")]
    [InlineData("3.10.0-1160.el7.x86_64", Old, "v3.13.0", "Always", "", "Possible")] // of the kernel nothing is known
    [InlineData(Port5, "latest", "v3.29.1", "Always", "", "Possible")]
    [InlineData(Port5, Old, "v3.29.1", "Surprise", "", "Possible")]
    public void The_risk_is_weighed_from_tunnel_kernel_and_rules(string kernel, string kubeProxy, string calico,
        string pool, string environment, string expected)
    {
        NodeRisk risk = Judge(NodeNamed("a", kernel, New), KubeProxy("a", kubeProxy), Calico("a", calico, environment),
            Pool("default", pool)).Single();
        Assert.Equal(expected, risk.Risk.ToString());
        Assert.Equal(("calico", calico, pool, "iptables", kubeProxy),
            (risk.Cni, risk.CniVersion, risk.VxlanMode, risk.KubeProxyMode, risk.KubeProxyVersion));
        Assert.EndsWith(".", risk.Reason, StringComparison.Ordinal);
        Assert.All(risk.Advisories, static a => Assert.Equal("a", a.NodeName));
    }

    [Fact]
    public void No_version_alone_says_that_a_node_is_not_affected()
    {
        // Even the newest of everything leaves a word of doubt, and an unknown kube-proxy is never taken for a sound
        // one.
        NodeRisk newest = Judge(NodeNamed("a", "6.18.0", New), KubeProxy("a", New), Calico("a", "v3.31.0"),
            Pool("p", "Always")).Single();
        Assert.Equal(NodeRiskLevel.Low, newest.Risk);
        Assert.Contains("stale rule", newest.Reason, StringComparison.Ordinal);
        Assert.Equal(NodeRiskLevel.Unknown, Judge(NodeNamed("a", "6.18.0", New)).Single().Risk);
        Assert.Equal(NodeRiskLevel.Possible,
            Judge(NodeNamed("a", "6.18.0", New), Calico("a", "v3.31.0"), Pool("p", "Always")).Single().Risk);
        Assert.Equal(["Unknown", "Low", "Possible", "Likely"], Enum.GetNames<NodeRiskLevel>());
    }

    [Theory]
    [InlineData("v1.24.8+k3s1", "0.20.1", "Possible")]
    [InlineData("v1.25.4+k3s1", "0.20.1", "Possible")]
    [InlineData("v1.24.3+k3s1", null, "Possible")] // 0.20.1 or earlier
    [InlineData("v1.24.9+k3s2", null, "Low")] // 0.20.2 or later
    [InlineData("v1.27.6+k3s1", "0.22.2", "Low")]
    [InlineData("v1.36.1+k3s1", "0.28.4", "Low")]
    [InlineData("v1.26.0+k3s1", null, "Possible")] // not known
    [InlineData("v1.25.9+rke2r1", null, "Possible")] // its pods were not read
    [InlineData("v1.24.12+rke2r1", "0.21.3", "Possible")] // for its Calico
    public void What_a_distribution_brings_along_is_weighed(string kubelet, string? flannel, string expected)
    {
        NodeRisk risk =
            Judge(NodeNamed("a", Port5, kubelet, annotations: "\"flannel.alpha.coreos.com/backend-type\":\"vxlan\""))
                .Single();
        Assert.Equal((expected, flannel, kubelet), (risk.Risk.ToString(), risk.CniVersion, risk.KubeProxyVersion));
        Assert.Equal(expected == "Possible",
            risk.Reason.Contains("flannel", StringComparison.Ordinal)
                || risk.Reason.Contains("Calico", StringComparison.Ordinal));
        Assert.Equal(expected == "Low"
            || risk.Advisories.Any(
                static a => a.Subject == AdvisorySubject.Flannel && a.Suggests == AdvisorySuggestion.Affected),
            risk.Notes.Any(static n => n.Contains("along (https://", StringComparison.Ordinal)));
    }

    [Fact]
    public void Flannel_in_a_pod_is_known_by_its_image_and_not_by_the_distribution()
    {
        NodeRisk risk =
            Judge(NodeNamed("a", Port5, "v1.24.8+k3s1",
                annotations: "\"flannel.alpha.coreos.com/backend-type\":\"vxlan\""),
                Pod("a", "kube-flannel", "flannel/flannel:v0.25.1")).Single();
        Assert.Equal(("v0.25.1", NodeRiskLevel.Low), (risk.CniVersion, risk.Risk));
    }

    [Theory]
    [InlineData("cilium-agent", "cilium-config", "\"tunnel\":\"vxlan\"", "vxlan", "Possible")]
    [InlineData("cilium-agent", "cilium-config", "\"tunnel\":\"disabled\"", "Never", "Low")]
    [InlineData("cilium-agent", "cilium-config", "\"routing-mode\":\"tunnel\",\"tunnel-protocol\":\"geneve\"", "geneve",
        "Unknown")]
    [InlineData("cilium-agent", "cilium-config", "\"routing-mode\":\"native\"", "Never", "Low")]
    [InlineData("cilium-agent", "cilium-config", "\"other\":\"x\"", null, "Unknown")]
    [InlineData("antrea-agent", "antrea-config",
        "\"antrea-agent.conf\":\"#tunnelType: vxlan\\ntrafficEncapMode: encap # x\\n\"", "geneve", "Unknown")]
    [InlineData("antrea-agent", "antrea-config", "\"antrea-agent.conf\":\"tunnelType: vxlan\\n\"", "vxlan", "Possible")]
    [InlineData("antrea-agent", "antrea-config", "\"antrea-agent.conf\":\"trafficEncapMode: \\\"noEncap\\\"\\n\"",
        "Never", "Low")]
    public void Other_network_plugins_are_read_as_far_as_they_tell(string container, string map, string data,
        string? mode, string expected)
    {
        NodeRisk risk = Judge(NodeNamed("a", Port5, New), Pod("a", container, "x/y:v1"),
            $$$"""{"kind":"ConfigMap","metadata":{"name":"{{{map}}}"},"data":{{{{data}}}}}""").Single();
        Assert.Equal((mode, expected), (risk.VxlanMode, risk.Risk.ToString()));
        Assert.Contains(risk.Notes, static n => n.Contains("carries pods' traffic", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_node_reported_is_joined_to_its_risk()
    {
        NodeReports reports = new();
        NodeMetrics metrics = new();
        metrics.Read(new StringReader("""
            # HELP vxlancsum_level x
            vxlancsum_level{kind="Diagnosis",node="a",subject="a"} 2
            vxlancsum_level{kind="Tunnel",node="b",subject="Vxlan \"}\n"} 2
            vxlancsum_cause{kind="Diagnosis",node="a",subject="a",cause="NatLocalChecksum"} 1
            vxlancsum_report_timestamp_seconds 1790000000
            vxlancsum_level{kind="Diagnosis",node="cut
            vxlancsum_level{kind="Diagnosis",node="much"} 17
            """), "a.prom");
        metrics.AddTo(reports);
        Assert.Equal(1, reports.Count);
        reports.Add("a", new NodeReport(DiagnosisVerdict.Healthy, null, DateTime.UnixEpoch, []));
        NodeRisk[] risks = [.. Judge(NodeNamed("a", Port5, New), NodeNamed("b", Port5, New)).Select(reports.Join)];
        Assert.Equal((DiagnosisVerdict.FaultActive, "NatLocalChecksum",
            new DateTime(2026, 9, 21, 14, 13, 20, DateTimeKind.Utc)),
            (risks[0].Verdict!.Value, risks[0].Cause, risks[0].Diagnosed!.Value));
        Assert.StartsWith("It spoils checksums", risks[0].Reason, StringComparison.Ordinal);
        Assert.Null(risks[1].Verdict);
        Assert.Contains(risks[1].Notes, static n => n.Contains("reports nothing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tunnel_address_of_Calico_says_that_there_is_a_VXLAN()
    {
        NodeRisk risk =
            Judge(NodeNamed("a", Port5, New, annotations: "\"projectcalico.org/IPv4VXLANTunnelAddr\":\"10.244.0.0\""),
                KubeProxy("a", Old), Calico("a", "v3.20.0")).Single();
        Assert.Equal(("Always or CrossSubnet", NodeRiskLevel.Likely), (risk.VxlanMode, risk.Risk));
    }

    [Fact]
    public void The_advisories_that_are_weighed_are_those_of_the_catalog()
    {
        string[] ids = [.. AdvisoryCatalog.Own.Advisories.Select(static a => a.Id)
            .Where(static id => id.Contains("-postrouting-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(["calico-postrouting-order", "flannel-postrouting-mark", "kube-postrouting-mark"], ids);
    }

    [Theory]
    [InlineData("vxlan", null, "Always", "Likely")]
    [InlineData("host-gw", null, "Never", "Low")]
    [InlineData("", """{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan","DirectRouting":true}}""", "CrossSubnet",
        "Likely")]
    [InlineData("", """{"Backend":{"Type":"wireguard"}}""", "Never", "Low")]
    [InlineData("", "nonsense", null, "Possible")]
    public void Flannels_backend_is_the_nodes_annotation_or_the_ConfigMap(string annotation, string? configuration,
        string? mode, string expected)
    {
        string annotations = annotation.Length > 0 ? $"\"flannel.alpha.coreos.com/backend-type\":\"{annotation}\""
            : string.Empty;
        NodeRisk risk = Judge(
            NodeNamed("a", Port5, New, annotations: annotations), KubeProxy("a", Old),
            Pod("a", "kube-flannel", "docker.io/flannel/flannel:v0.22.0"),
            ConfigMap("kube-flannel-cfg", "net-conf.json", configuration ?? "{}")).Single();
        Assert.Equal((mode, "flannel", "v0.22.0", expected),
            (risk.VxlanMode, risk.Cni, risk.CniVersion, risk.Risk.ToString()));
    }

    [Theory]
    [InlineData("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: \"ipvs\"\n", "ipvs")]
    [InlineData("kind: KubeProxyConfiguration\nmode: 'nftables' # new\nipvs:\n  mode: no\n", "nftables")]
    [InlineData("kind: KubeProxyConfiguration\nmode: \"\"\n", "iptables")]
    [InlineData("kind: KubeProxyConfiguration\n", "iptables")]
    [InlineData("kind: KubeProxyConfiguration\nmode: bogus\n", null)]
    [InlineData("""{"kind":"KubeProxyConfiguration","mode":"ipvs"}""", "ipvs")]
    [InlineData("{broken", null)]
    [InlineData("mode: ipvs", null)]
    public void The_mode_of_kube_proxy_comes_from_its_ConfigMap(string configuration, string? mode)
    {
        NodeRisk risk = Judge(
            NodeNamed("a"),
            Pod("a", "kube-proxy", "registry.k8s.io/kube-proxy:v1.30.1",
                ""","command":["/usr/local/bin/kube-proxy","--config=/var/lib/kube-proxy/config.conf"]"""),
            ConfigMap("kube-proxy", "config.conf", configuration)).Single();
        Assert.Equal(mode, risk.KubeProxyMode);
    }

    [Theory]
    [InlineData("registry:5000/calico/node:v3.25.0@sha256:abc", "registry:5000/calico/node", "v3.25.0", "node")]
    [InlineData("registry:5000/kube-proxy", "registry:5000/kube-proxy", null, "kube-proxy")]
    [InlineData("kube-proxy@sha256:abc", "kube-proxy", null, "kube-proxy")]
    [InlineData("a/b:", "a/b", null, "b")]
    [InlineData("", "", null, "")]
    public void Images_are_taken_apart(string reference, string repository, string? tag, string name)
    {
        ContainerImage image = ContainerImage.Parse(reference);
        Assert.Equal((repository, tag, name), (image.Repository, image.Tag, image.Name));
    }

    [Fact]
    public void Programs_are_told_by_container_and_by_image()
    {
        NodeRisk rke2 = Judge(
            NodeNamed("a", annotations: "\"flannel.alpha.coreos.com/backend-type\":\"vxlan\""),
            Pod("a", "kube-proxy", "index.docker.io/rancher/hardened-kubernetes:v1.27.10-rke2r1-build20240117"),
            Pod("a", "other", "rancher/hardened-calico:v3.26.3-build20231109"),
            Pod("a", "yet-another", "rancher/hardened-flannel:v0.23.0-build20231109")).Single();
        Assert.Equal(("canal", "v3.26.3-build20231109", "v1.27.10-rke2r1-build20240117"),
            (rke2.Cni, rke2.CniVersion, rke2.KubeProxyVersion));
        Assert.Contains(rke2.Notes, static n => n.Contains("flannel v0.23.0", StringComparison.Ordinal));

        NodeRisk cilium = Judge(NodeNamed("a"), Pod("a", "cilium-agent", "quay.io/cilium/cilium:v1.15.1")).Single();
        Assert.Equal(("cilium", "v1.15.1"), (cilium.Cni, cilium.CniVersion));

        NodeRisk k3s =
            Judge(NodeNamed("a", Port5, "v1.18.3+k3s1",
                annotations: "\"flannel.alpha.coreos.com/backend-type\":\"vxlan\"")).Single();
        Assert.Equal(("flannel", "v1.18.3+k3s1", NodeRiskLevel.Likely), (k3s.Cni, k3s.KubeProxyVersion, k3s.Risk));
    }

    [Fact]
    public void Pods_that_are_going_have_gone_or_are_on_no_node_do_not_count()
    {
        NodeRisk risk = Judge(
            NodeNamed("a"),
            KubeProxy("a", "v1.30.1"),
            KubeProxy("a", "v1.0.0").Replace("\"metadata\":{",
                "\"metadata\":{\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",", StringComparison.Ordinal),
            KubeProxy("a", "v1.0.1").Replace("Running", "Succeeded", StringComparison.Ordinal),
            KubeProxy("a", "v1.0.2").Replace("nodeName", "nodeless", StringComparison.Ordinal),
            KubeProxy("b", "v1.0.3")).Single();
        Assert.Equal("v1.30.1", risk.KubeProxyVersion);
    }

    [Fact]
    public void Felixs_settings_are_those_of_the_environment_then_the_nodes_then_all()
    {
        IReadOnlyList<NodeRisk> risks = Judge(
            NodeNamed("a", Port5), NodeNamed("b", Port5), NodeNamed("c", Port5), KubeProxy("a", Old),
            KubeProxy("b", Old), KubeProxy("c", Old),
            Calico("a", "v3.20.0"), Calico("b", "v3.20.0"),
            Calico("c", "v3.20.0", """{"name":"FELIX_FEATUREDETECTOVERRIDE","value":"ChecksumOffloadBroken=true"}"""),
            Pool("p", "Always"),
            Felix("default", "\"featureDetectOverride\":\"ChecksumOffloadBroken=true\",\"vxlanPort\":8472"),
            Felix("node.b", "\"featureDetectOverride\":\"ChecksumOffloadBroken=false\""));
        Assert.Equal([NodeRiskLevel.Low, NodeRiskLevel.Likely, NodeRiskLevel.Low], risks.Select(static r => r.Risk));
        Assert.All(risks,
            static r => Assert.Contains(r.Notes, static n => n.Contains("8472", StringComparison.Ordinal)));
    }

    [Fact]
    public void Pools_that_differ_are_noted_and_the_strongest_mode_counts()
    {
        NodeRisk risk = Judge(
            NodeNamed("a", Port5), KubeProxy("a", Old), Calico("a", "v3.20.0"),
            Pool("one", "Never"), Pool("two", "CrossSubnet", ",\"nodeSelector\":\"zone == 'x'\""),
            Pool("three", "Always", ",\"disabled\":true")).Single();
        Assert.Equal(("CrossSubnet", NodeRiskLevel.Likely), (risk.VxlanMode, risk.Risk));
        Assert.Contains(risk.Notes,
            static n => n.Contains("one Never, two CrossSubnet, three Always (disabled)", StringComparison.Ordinal));
        Assert.Contains(risk.Notes, static n => n.Contains("zone == 'x'", StringComparison.Ordinal));
    }

    [Fact]
    public void What_could_not_be_read_is_a_note_where_it_matters()
    {
        _ = Judge(List(NodeNamed("a"), Calico("a", "v3.20.0"), KubeProxy("a", Old), NodeNamed("b")),
            out ClusterReading reading);
        reading.MarkUnread(ClusterResource.IPPools, "403");
        reading.MarkUnread(ClusterResource.Pods, "pods 403");
        Assert.Contains(reading.Judge(new ClusterNode("a")).Notes,
            static n => n.Contains("IPPools are not known: 403", StringComparison.Ordinal));
        Assert.DoesNotContain(reading.Judge(new ClusterNode("a")).Notes,
            static n => n.Contains("pods 403", StringComparison.Ordinal));
        Assert.Contains(reading.Judge(new ClusterNode("b")).Notes,
            static n => n.Contains("pods 403", StringComparison.Ordinal));
        Assert.DoesNotContain(reading.Judge(new ClusterNode("b")).Notes,
            static n => n.Contains("IPPools", StringComparison.Ordinal));
    }

    [Fact]
    public void Nodes_and_pods_of_odd_shapes_are_read_as_far_as_they_go()
    {
        Assert.Equal(NodeRiskLevel.Unknown, Judge("""{"kind":"Node","metadata":{"name":"a"}}""").Single().Risk);
        Assert.Equal(NodeRiskLevel.Unknown,
            Judge("""{"kind":"Node","metadata":{"name":"a"},"status":{"nodeInfo":[]},"spec":7}""").Single().Risk);
        Assert.Equal(NodeRiskLevel.Low, Judge(NodeNamed("a", os: "windows")).Single().Risk);
        Assert.Empty(
            Judge("""{"kind":"Pod","spec":{"nodeName":"a","containers":{"name":7}}}""",
                """{"kind":"Pod","spec":{"nodeName":"a","containers":[7,{"name":[],"image":{}}]}}""",
                """{"kind":"Deployment"}"""));
        Assert.Equal("a",
            Judge("""{"metadata":{"name":"a"},"status":{"nodeInfo":{"kernelVersion":"6.1.0"}}}""").Single().Name);
        foreach (string bad in (string[])["""{"kind":"Node"}""", """{"kind":"Node","metadata":{"name":7}}""",
            """{"kind":"IPPool"}""", """{"kind":"FelixConfiguration"}""", "null", "7"])
        {
            KubeTextException error = Assert.Throws<KubeTextException>(() => Judge(bad));
            Assert.Equal(KubeTextErrorId.ObjectInvalid, error.ErrorId);
        }
    }

    [Fact]
    public void Texts_of_the_cluster_are_safe_to_show()
    {
        const string Evil = "\\u001b]0;evil\\u0007\\u202e\\ud800";
        NodeRisk risk = Judge(
            NodeNamed("a\\u001b[2J", "5.4\\u0007",
                annotations: "\"flannel.alpha.coreos.com/backend-type\":\"\\u001b\""),
                Pod("a\\u001b[2J", "kube-proxy", "kube-proxy:\\u001b[31m"),
            $$$$"""{"kind":"Node","metadata":{"name":"b"},"status":{"nodeInfo":{"osImage":"{{{{Evil}}}}"}}}""",
            Pool("p\\u001b", "\\u001b", ",\"nodeSelector\":\"\\u001b\""))[0];
        string shown = string.Join("\n",
            [risk.ToString(), risk.Reason, risk.KernelVersion, risk.KubeProxyVersion, risk.VxlanMode, .. risk.Notes,
                .. risk.Advisories.Select(static a => a.ToString())]);
        Assert.DoesNotContain(shown, static c => char.IsControl(c) && c != '\n');
        Assert.Contains("\\x1b[2J", risk.Name, StringComparison.Ordinal);
    }
}
