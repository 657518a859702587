using System.Globalization;
using System.Text;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Rules;
using Xunit;

namespace VxlanCsum.LabTests;

/// <summary>On a node of many services only the rules that decide are read: what they say must be what all rules
/// say.</summary>
public sealed class DecidingRulesTests
{
    private const int Services = 1100;

    [Theory]
    [InlineData("g1")]
    [InlineData("g2")]
    public void OfIptablesNft(string generation)
    {
        (NetfilterRuleset part, NetfilterRuleset all) = Same("iptables-nft", "nft", Iptables(generation));
        NetfilterTable table = Assert.Single(part.Tables, static t => t.Name == "nat");
        Assert.Equal(Services + 3, Assert.Single(table.Chains, static c => c.Name == "KUBE-SERVICES").Count);
        Assert.InRange(table.Chains.Count, 8, 12);
        Assert.InRange(all.Rules.Count(), 4 * Services, int.MaxValue);
    }

    [Theory]
    [InlineData("g1")]
    [InlineData("g2")]
    public void OfIptablesLegacy(string generation)
    {
        (NetfilterRuleset part, NetfilterRuleset all) = Same("iptables-legacy", "iptables-legacy-save", Iptables(generation));
        NetfilterTable table = Assert.Single(part.Tables, static t => t.Name == "nat");
        Assert.True(table.IsPartial);
        Assert.InRange(table.Chains.Count, 8, 12);
        Assert.InRange(all.Rules.Count(), 4 * Services, int.MaxValue);
    }

    /// <summary>A table that holds what only the program knows is read whole, by the program.</summary>
    [Fact]
    public void OfIptablesLegacyWithAnUnknownMatch()
    {
        string rules = Iptables("g2").Replace("COMMIT\n",
            "-A POSTROUTING -m limit --limit 5/min -j RETURN\nCOMMIT\n*filter\n-A OUTPUT -j ACCEPT\nCOMMIT\n",
            StringComparison.Ordinal);
        (NetfilterRuleset part, NetfilterRuleset all) = Same("iptables-legacy", "iptables-legacy-save", rules);
        Assert.Equal(all.Rules.Count(), part.Rules.Count());
    }

    [Theory]
    [InlineData("mark and 0x4000 == 0 return\nmark set mark xor 0x4000\nmasquerade fully-random")]
    [InlineData("mark and 0x4000 != 0 masquerade fully-random")]
    [InlineData("meta mark & 0x00004000 != 0 mark set mark and 0xffffbfff masquerade random")]
    [InlineData("oifname \"eth*\" ip saddr 10.244.0.0/16 ip daddr != { 10.244.0.0/16, 224.0.0.0/4 } masquerade\nmark "
        + "and 0x4000 != 0 masquerade")]
    [InlineData("udp dport 8000-9000 ct state new,established masquerade to :1024-65535")]
    [InlineData("meta l4proto udp th dport { 4789, 8472 } accept\nmark and 0x4000 != 0 masquerade")]
    [InlineData("fib daddr type local return\nct mark set mark\nmeta mark set ct mark\nmark and 0x4000 != 0 "
        + "masquerade")]
    [InlineData("ip daddr . meta l4proto . th dport vmap { 10.96.0.1 . tcp . 443 : drop, 10.0.10.10 . udp . 8472 : "
        + "accept }\nmark and 0x4000 != 0 masquerade")]
    [InlineData("limit rate 5/second accept\nmark and 0x4000 != 0 masquerade")]
    [InlineData("ip dscp 4 accept\nmark and 0x4000 != 0 masquerade")]
    [InlineData("numgen random mod 2 vmap { 0 : accept, 1 : continue }\nmark and 0x4000 != 0 masquerade")]
    public void OfNftables(string masquerading)
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-nft", "nft");
        Load(lab, "nft", Nftables(masquerading), "-f");
        (NetfilterRuleset part, _) = Same(lab);
        NetfilterTable table = Assert.Single(part.Tables, static t => t.Name == "kube-proxy");
        Assert.True(table.IsPartial);
        Assert.InRange(table.Chains.Count, 6, 12);
    }

    [Fact]
    public void IPv6AndInetTablesAreReadAsWell()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-nft", "nft");
        Load(lab, "nft", Nftables("mark and 0x4000 != 0 masquerade") + """
            table ip6 other {
              chain post { type nat hook postrouting priority 110; policy accept;
                ip6 daddr fd00::/8 udp dport 8472 meta mark & 0x4000 == 0x4000 masquerade fully-random
              }
            }
            table inet third {
              set ports { type inet_service; flags interval; elements = { 53, 8000-9000 } }
              chain post { type nat hook postrouting priority 120; policy accept;
                meta nfproto ipv6 udp dport @ports counter masquerade
              }
            }
            """, "-f");
        Same(lab);
        Same(lab, NetfilterFamily.IPv6);
    }

    [Fact]
    public void WithoutTheRightToReadThemTheReasonIsTold()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("nft", "setpriv");
        Load(lab, "nft", Nftables("masquerade"), "-f");
        string[] told = LabPrivileges.RunShellWithoutCapabilities(lab,
            "(Get-ChecksumDiagnosis -CounterSeconds 0).Findings | ForEach-Object Message");
        Assert.Contains(told, static line => line.Contains("CAP_NET_ADMIN", StringComparison.Ordinal));
    }

    /// <summary>The same, of rules that one flavour of iptables has loaded.</summary>
    private static (NetfilterRuleset Part, NetfilterRuleset All) Same(string flavour, string needed, string rules)
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require($"{flavour}-restore", needed);
        Load(lab, $"{flavour}-restore", rules);
        return Same(lab);
    }

    /// <summary>The walk through a part of the rules ends as the walk through all of them.</summary>
    private static (NetfilterRuleset Part, NetfilterRuleset All) Same(LabNamespace lab,
        NetfilterFamily family = NetfilterFamily.IPv4)
    {
        (NetfilterRuleset part, IReadOnlyList<NodeException> failures) = Read(lab, onlyDeciding: true);
        (NetfilterRuleset all, IReadOnlyList<NodeException> allFailures) = Read(lab, onlyDeciding: false);
        Assert.Empty(failures);
        Assert.Empty(allFailures);
        Assert.Empty(part.Problems);
        TraceRequest request = new()
        {
            Family = family,
            TunnelPort = 8472,
            Uplink = "eth0",
            TunnelDevice = "flannel.1"
        };
        RuleTrace few = Tracer.Trace(part, request, TestContext.Current.CancellationToken),
            many = Tracer.Trace(all, request, TestContext.Current.CancellationToken);
        Assert.Equal(Told(many), Told(few));
        return (part, all);
    }

    private static (TraceVerdict, string?, int?, int?, int?) Told(RuleTrace trace) => (
        trace.Verdict, (trace.OffendingRule ?? trace.SnatRule ?? trace.HarmlessSnatRule)?.Chain,
        trace.OffendingRule?.Number, trace.SnatRule?.Number, trace.HarmlessSnatRule?.Number);

    private static (NetfilterRuleset Rules, IReadOnlyList<NodeException> Failures) Read(LabNamespace lab,
        bool onlyDeciding) =>
        NetworkNamespace.Within(lab.Name,
            () => NodeRules.Read(new RulesetReadOptions(), [], TimeSpan.FromMinutes(2), onlyDeciding: onlyDeciding));

    private static void Load(LabNamespace lab, string program, string text, params string[] arguments)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            lab.Run(program, [.. arguments, file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Iptables(string generation)
    {
        var chains = new StringBuilder(
            "*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-POSTROUTING - [0:0]\n:KUBE-MARK-MASQ - [0:0]\n:KUBE-NODEPORTS - "
            + "[0:0]\n");
        var rules = new StringBuilder(
            "-A OUTPUT -j KUBE-SERVICES\n-A PREROUTING -j KUBE-SERVICES\n-A POSTROUTING -j KUBE-POSTROUTING\n-A "
            + "KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n");
        rules.Append(generation == "g1"
            ? "-A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully\n"
            : "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n-A KUBE-POSTROUTING -j MARK --set-xmark "
                + "0x4000/0x0\n-A KUBE-POSTROUTING -j MASQUERADE --random-fully\n");
        for (int i = 0; i < Services; i++)
        {
            chains.Append(CultureInfo.InvariantCulture, $":KUBE-SVC-{i:D16} - [0:0]\n:KUBE-SEP-{i:D16} - [0:0]\n");
            rules.Append(CultureInfo.InvariantCulture,
                $"-A KUBE-SERVICES -d 10.96.{i >> 8}.{i & 255}/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-{i:D16}\n");
            rules.Append(CultureInfo.InvariantCulture,
                $"-A KUBE-SVC-{i:D16} ! -s 10.244.0.0/16 -d 10.96.{i >> 8}.{i & 255}/32 -p tcp -m tcp --dport 80 -j "
                + $"KUBE-MARK-MASQ\n");
            rules.Append(CultureInfo.InvariantCulture,
                $"-A KUBE-SVC-{i:D16} -j KUBE-SEP-{i:D16}\n-A KUBE-SEP-{i:D16} -p tcp -m tcp -j DNAT "
                + $"--to-destination 10.244.{i >> 8}.{i & 255}:80\n");
        }

        rules.Append("-A KUBE-SERVICES -d 10.96.255.10/32 -p udp -m udp --dport 53 -j KUBE-SVC-0000000000000000\n");
        rules.Append("-A KUBE-SERVICES -d 10.96.255.10/32 -p tcp -m tcp --dport 53 -j KUBE-SVC-0000000000000000\n");
        return $"{chains}{rules}-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\nCOMMIT\n";
    }

    private static string Nftables(string masquerading)
    {
        var chains = new StringBuilder();
        var elements = new StringBuilder("10.96.255.10 . udp . 53 : goto service-0");
        for (int i = 0; i < Services; i++)
        {
            chains.Append(CultureInfo.InvariantCulture,
                $"chain endpoint-{i} {{\nip saddr 10.244.{i >> 8}.{i & 255} jump mark-for-masquerade\nmeta l4proto "
                + $"tcp dnat to 10.244.{i >> 8}.{i & 255}:80\n}}\n");
            chains.Append(CultureInfo.InvariantCulture,
                $"chain service-{i} {{\nip daddr 10.96.{i >> 8}.{i & 255} tcp dport 80 ip saddr != 10.244.0.0/16 "
                + $"jump mark-for-masquerade\nnumgen random mod 1 vmap {{ 0 : goto endpoint-{i} }}\n}}\n");
            elements.Append(CultureInfo.InvariantCulture, $", 10.96.{i >> 8}.{i & 255} . tcp . 80 : goto service-{i}");
        }

        return $$"""
            table ip kube-proxy {
            chain mark-for-masquerade {
            mark set mark or 0x4000
            }
            {{chains}}
            map service-ips {
            type ipv4_addr . inet_proto . inet_service : verdict
            elements = { {{elements}} }
            }
            chain services {
            ip daddr . meta l4proto . th dport vmap @service-ips
            }
            chain masquerading {
            {{masquerading}}
            }
            chain nat-output { type nat hook output priority -100; policy accept;
            jump services
            }
            chain nat-prerouting { type nat hook prerouting priority -100; policy accept;
            jump services
            }
            chain nat-postrouting { type nat hook postrouting priority 100; policy accept;
            jump masquerading
            }
            }

            """;
    }
}
