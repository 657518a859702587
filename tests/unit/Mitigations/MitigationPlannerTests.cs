using System.Net;
using VxlanCsum.Clusters;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Offloads;
using Xunit;

namespace VxlanCsum.UnitTests.Mitigations;

public sealed class MitigationPlannerTests
{
    private const string Nat = """
        *nat
        :POSTROUTING ACCEPT [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-POSTROUTING - [0:0]
        -A POSTROUTING -o eth1 -j ACCEPT
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x8000/0x8000
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -m mark --mark 0x8000/0x8000 -j MASQUERADE --random-fully
        COMMIT

        """;

    [Theory]
    [InlineData(MitigationKind.UnmarkTunnel,
        "iptables-legacy -w 10 -t mangle -A OUTPUT -p udp -m udp --dport 4789 -m comment --comment "
        + "vxlancsum:UnmarkTunnel -j MARK --set-xmark 0x0/0x8000")]
    [InlineData(MitigationKind.AcceptTunnelPort,
        "iptables-legacy -w 10 -t nat -I POSTROUTING 1 -p udp -m udp --dport 4789 -m comment --comment "
        + "vxlancsum:AcceptTunnelPort -j ACCEPT")]
    [InlineData(MitigationKind.PrependMasquerade,
        "iptables-legacy -w 10 -t nat -I KUBE-POSTROUTING 1 -m comment --comment vxlancsum:PrependMasquerade -m mark "
        + "--mark 0x8000/0x8000 -j MASQUERADE")]
    [InlineData(MitigationKind.AcceptOnInterface,
        "iptables-legacy -w 10 -t nat -I POSTROUTING 1 -o eth0 -m comment --comment vxlancsum:AcceptOnInterface -j "
        + "ACCEPT")]
    [InlineData(MitigationKind.RemovePostroutingJump,
        "iptables-legacy -w 10 -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j "
        + "KUBE-POSTROUTING")]
    public void CommandsUseTheBackendThePortAndTheMarkThatAreHere(MitigationKind kind, string command)
    {
        MitigationPlan plan = MitigationPlanner.Plan(kind, Facts(Nat));
        Assert.Equal((true, false), (plan.Applicable, plan.Applied));
        Assert.Equal(command, plan.Missing[0].CommandLine);
    }

    [Fact]
    public void TheJumpGoesBackToWhereItWas() =>
        Assert.Equal(
            "iptables-legacy -w 10 -t nat -I POSTROUTING 2 -m comment --comment 'kubernetes postrouting rules' -j "
            + "KUBE-POSTROUTING",
            MitigationPlanner.Plan(MitigationKind.RemovePostroutingJump, Facts(Nat)).Missing[0].InverseLine);

    [Theory]
    [InlineData("-A OUTPUT -p udp -m udp --dport 4789 -j MARK --set-xmark 0x0/0x8000", true)]
    [InlineData("-A OUTPUT -p udp -m udp --dport 4789 -m comment --comment \"by hand\" -j MARK --set-xmark 0x0/0x8000",
        true)]
    [InlineData("-A OUTPUT -p udp -m udp --dport 8472 -j MARK --set-xmark 0x0/0x8000", false)]
    [InlineData("-A OUTPUT -p udp -m udp --dport 4789 -j MARK --set-xmark 0x0/0x4000", false)]
    [InlineData("-A PREROUTING -p udp -m udp --dport 4789 -j MARK --set-xmark 0x0/0x8000", false)]
    public void ARuleThatDoesTheSameCountsWhoeverPutItIn(string rule, bool applied)
    {
        NodeFacts facts = Facts($"{Nat}*mangle\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n{rule}\nCOMMIT\n");
        MitigationPlan plan = MitigationPlanner.Plan(MitigationKind.UnmarkTunnel, facts);
        Assert.Equal(applied, plan.Applied);
        Assert.Equal(applied ? 0 : 1, plan.Missing.Count);
    }

    [Fact]
    public void AnAcceptBehindTheJumpDoesNotCount()
    {
        const string Rule = "-A POSTROUTING -p udp -m udp --dport 4789 -j ACCEPT\n";
        string behind = Nat.Replace("COMMIT", Rule + "COMMIT", StringComparison.Ordinal);
        string before = Nat.Replace("-A POSTROUTING -o eth1", Rule + "-A POSTROUTING -o eth1",
            StringComparison.Ordinal);
        Assert.False(MitigationPlanner.Plan(MitigationKind.AcceptTunnelPort, Facts(behind)).Applied);
        Assert.True(MitigationPlanner.Plan(MitigationKind.AcceptTunnelPort, Facts(before)).Applied);
    }

    [Fact]
    public void ATunnelOverIPv6GetsTheTwinsOfIPv6()
    {
        NodeFacts facts = Facts(Nat) with { Tunnels = [Tunnel("fd00::1")] };
        MitigationPlan plan = MitigationPlanner.Plan(MitigationKind.NoTrackTunnel, facts with { HasConntrack = true });
        Assert.Equal(["ip6tables-legacy", "ip6tables-legacy", "conntrack"],
            plan.Missing.Select(static s => s.Command[0]));
        Assert.Contains("ipv6", plan.Missing[2].Command);
        Assert.StartsWith("ip6tables-legacy",
            MitigationPlanner.Plan(MitigationKind.UnmarkTunnel, facts).Missing[0].CommandLine,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WhereKubeProxyUsesNftablesItsOwnTablesAreLeftAlone()
    {
        NodeFacts facts = Facts(
            "table ip kube-proxy {\n chain mark-for-masquerade {\n  meta mark set meta mark | 0x00004000\n }\n chain "
            + "masquerading {\n  meta mark & 0x00004000 == 0x00000000 return\n  masquerade fully-random\n }\n}\n");
        foreach (MitigationKind kind in (MitigationKind[])[MitigationKind.AcceptTunnelPort,
            MitigationKind.PrependMasquerade, MitigationKind.AcceptOnInterface])
        {
            Assert.Contains("nftables", MitigationPlanner.Plan(kind, facts).Obstacle, StringComparison.Ordinal);
        }

        Assert.Contains("0x0/0x4000", MitigationPlanner.Plan(MitigationKind.UnmarkTunnel, facts).Missing[0].Command);
    }

    [Fact]
    public void FeaturesThatAreFixedOrOffAreNoSteps()
    {
        NodeFacts facts = Facts(Nat);
        Assert.Equal("ethtool -K vxlan.calico tx-checksum-ip-generic off",
            MitigationPlanner.Plan(MitigationKind.DisableTxChecksum, facts).Missing[0].CommandLine);
        Assert.Equal("ethtool -K vxlan.calico tx-checksum-ip-generic off",
            MitigationPlanner.Plan(MitigationKind.DisableRxTxOffload, facts).Missing[0].CommandLine);
        facts = facts with { Features = Features(requested: false) };
        Assert.True(MitigationPlanner.Plan(MitigationKind.DisableTxChecksum, facts).Applied);
    }

    [Theory]
    [InlineData("0.0.0.0/0", "add", false)]
    [InlineData("10.0.0.0/8", "add", true)]
    [InlineData("10.96.0.0/12", "replace", true)]
    public void ARouteThatGoesBeforeAnotherIsDangerous(string route, string verb, bool dangerous)
    {
        NodeFacts facts = Facts(Nat) with
        {
            ServiceNetworks = ["10.96.0.0/12"],
            Routes = new Dictionary<NetfilterFamily, IReadOnlyList<NodeRoute>>
            {
                [NetfilterFamily.IPv4] = [NodeRoute.Plain(IPNetwork.Parse(route), "10.0.0.1", "eth0")]
            }
        };
        MitigationPlan plan = MitigationPlanner.Plan(MitigationKind.AddServiceRoute, facts);
        Assert.Equal($"ip route {verb} 10.96.0.0/12 dev vxlan.calico", plan.Missing[0].CommandLine);
        Assert.Equal("ip route del 10.96.0.0/12 dev vxlan.calico", plan.Missing[0].InverseLine);
        Assert.Equal(dangerous, plan.Danger?.Contains($"{route} via 10.0.0.1 dev eth0", StringComparison.Ordinal)
            ?? false);
        Assert.Equal(dangerous, plan.Danger is not null);
    }

    /// <summary>Without conntrack what was bound before stays: each that would forget it says so.</summary>
    [Theory]
    [InlineData(MitigationKind.UnmarkTunnel)]
    [InlineData(MitigationKind.NoTrackTunnel)]
    [InlineData(MitigationKind.AcceptTunnelPort)]
    [InlineData(MitigationKind.PrependMasquerade)]
    [InlineData(MitigationKind.AcceptOnInterface)]
    [InlineData(MitigationKind.RemovePostroutingJump)]
    public void WithoutConntrackItIsSaidThatOldBindingsStay(MitigationKind kind)
    {
        const string Says = " conntrack is not installed: bindings made before stay until they were idle";
        NodeFacts facts = Facts(Nat);
        Assert.Contains(Says, MitigationPlanner.Plan(kind, facts with { HasConntrack = false }).Reason,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Says, MitigationPlanner.Plan(kind, facts with { HasConntrack = true }).Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void FelixKeepsItsOtherOverridesAndGetsThemBack()
    {
        MitigationStep step = MitigationPlanner.Plan(MitigationKind.FelixChecksumOverride,
            Facts(Nat) with
            {
                Felix = new FelixFacts("kubectl",
                "SNATFullyRandom=false,ChecksumOffloadBroken=false")
            }).Missing[0];
        Assert.Equal("""{"spec":{"featureDetectOverride":"SNATFullyRandom=false,ChecksumOffloadBroken=true"}}""",
            step.Command[^1]);
        Assert.Equal("""{"spec":{"featureDetectOverride":"SNATFullyRandom=false,ChecksumOffloadBroken=false"}}""",
            step.Inverse[^1]);
        Assert.Equal("""{"spec":{"featureDetectOverride":null}}""",
            MitigationPlanner.Plan(MitigationKind.FelixChecksumOverride,
                Facts(Nat) with { Felix = new FelixFacts("kubectl", null) }).Missing[0].Inverse[^1]);
    }

    [Fact]
    public void EveryKindHasAPlanAReasonAndAPlaceInTheCatalog()
    {
        foreach (MitigationKind kind in Enum.GetValues<MitigationKind>())
        {
            Assert.NotEmpty(MitigationCatalog.Find(kind).Sources);
            Assert.NotEmpty(MitigationPlanner.Plan(kind, Facts(Nat)).Reason);
            Assert.NotNull(MitigationPlanner.Plan(kind, new NodeFacts()).Obstacle);
        }

        Assert.Equal(Enumerable.Range(1, MitigationCatalog.All.Count),
            MitigationCatalog.All.Select(static e => e.Rank));
    }

    [Theory]
    [InlineData("vxlan.calico", "vxlan.calico")]
    [InlineData("flannel-v6.1", @"flannel\x2dv6.1")]
    [InlineData(".x", @"\x2ex")]
    public void UnitNamesAreEscapedAsSystemdDoes(string name, string escaped) =>
    Assert.Equal(escaped, PersistencePlanner.EscapeUnit(name));

    [Theory]
    [InlineData("10.96.0.0/12", "10.96.0.0/12")]
    [InlineData("10.97.3.1/12", "10.96.0.0/12")]
    [InlineData("fd00:1:2::3/108", "fd00:1:2::/108")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("10.96.0.0", null)]
    [InlineData("10.96.0.0/33", null)]
    [InlineData("10.96.0.0/-1", null)]
    [InlineData("x/12", null)]
    public void NetworksAreMadeCanonical(string text, string? network) =>
    Assert.Equal(network, ServiceNetworks.TryParse(text));

    private static VxlanInterface Tunnel(string local) =>
        new("vxlan.calico", "vxlan")
        {
            Port = 4789,
            Local = IPAddress.Parse(local),
            UnderlyingDevice = "eth0",
            Up = true
        };

    private static Dictionary<string, IReadOnlyList<OffloadFeature>> Features(bool requested) => new()
    {
        ["vxlan.calico"] =
        [
            OffloadTable.Describe("tx-checksum-ip-generic") with { Active = requested, Requested = requested,
                Fixed = false },
            OffloadTable.Describe("tx-checksum-ipv4") with { Active = false, Requested = false, Fixed = true },
            OffloadTable.Describe("rx-checksum") with { Active = true, Requested = true, Fixed = true },
        ],
    };

    private static NodeFacts Facts(string rules)
    {
        var reader = new RulesetReader();
        reader.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(rules)), "test",
            NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv4);
        return new NodeFacts
        {
            Tunnels = [Tunnel("10.0.0.1")],
            Indexes = new Dictionary<string, int> { ["vxlan.calico"] = 7 },
            Features = Features(requested: true),
            Rules = reader.Build(),
            Iptables = Programs.OfBothEngines,
        };
    }
}
