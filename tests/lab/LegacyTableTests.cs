using System.Globalization;
using System.Text;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Rules;
using Xunit;

namespace VxlanCsum.LabTests;

/// <summary>What is read of iptables-legacy's tables without its program is what the program prints.</summary>
public sealed class LegacyTableTests
{
    private const string Rules = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [7:420]
        :POSTROUTING DROP [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-SERVICES - [0:0]
        :OTHER - [0:0]
        :PLAIN-CHAIN_name.of:28-chars - [0:0]
        [3:180] -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m addrtype --dst-type LOCAL,BROADCAST -j KUBE-NODEPORTS
        -A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -m comment --comment "it's \"quoted\" \\ here" -j MASQUERADE --random-fully
        -A POSTROUTING ! -s 10.0.3.0/255.0.255.0 ! -o eth+ -m comment --comment plain_word -j MASQUERADE --random
        -A POSTROUTING -p udp -m udp --dport 8472 -j RETURN
        -A POSTROUTING -p udp -m udp ! --sport 1:1023 --dport 0:7 -j MASQUERADE --to-ports 1024-2048
        -A POSTROUTING ! -p udp -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A POSTROUTING -p udp -m multiport --dports 4789,8472:8480,9000 -j ACCEPT
        -A POSTROUTING -p udp -m multiport ! --ports 1,2 -m mark --mark 0x5 -j ACCEPT
        -A POSTROUTING -o eth0 -m addrtype ! --src-type LOCAL --limit-iface-out -j SNAT --to-source 10.0.10.10
        -A POSTROUTING -p tcp -j SNAT --to-source 10.0.10.1-10.0.10.9:1024-65535 --random --persistent
        -A KUBE-NODEPORTS -p udp -m udp --dport 30053 -j DNAT --to-destination 10.244.1.2:53
        -A KUBE-NODEPORTS -p sctp -j DNAT --to-destination 10.244.1.2-10.244.1.7
        -A KUBE-SERVICES -m conntrack --ctstate RELATED,ESTABLISHED,UNTRACKED -g OTHER
        -A KUBE-SERVICES -m conntrack ! --ctstate INVALID,NEW,SNAT,DNAT -j OTHER
        -A KUBE-SERVICES -d 10.96.0.1/32
        -A OTHER -m statistic --mode random --probability 0.33333333349 -j PLAIN-CHAIN_name.of:28-chars
        -A OTHER -m statistic --mode nth ! --every 3 --packet 1 -j RETURN
        -A OTHER -p icmp -j ACCEPT
        -A OTHER -p 200 -j MARK --set-xmark 0x4000/0x0
        -A PLAIN-CHAIN_name.of:28-chars -j MARK --set-xmark 0x4000/0x4000
        COMMIT

        """;

    private const string RulesOfIPv6 = """
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :KUBE-POSTROUTING - [0:0]
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A POSTROUTING -s fd00:10:244::/56 ! -d fd00:10:244::/56 -o eth0 -p udp -j MASQUERADE --to-ports 4000-5000 --random-fully
        -A POSTROUTING ! -s ::1/128 -p udp -m udp --dport 8472 -j SNAT --to-source [fd00::1-fd00::9]:1024-2000
        -A POSTROUTING -p ipv6-icmp -g KUBE-POSTROUTING
        -A POSTROUTING -d fd00::5/128 -j SNAT --to-source fd00::1
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
        -A KUBE-POSTROUTING -j MASQUERADE
        COMMIT

        """;

    [Theory]
    [InlineData("iptables-legacy", Rules)]
    [InlineData("ip6tables-legacy", RulesOfIPv6)]
    public void EveryRuleIsPrintedAsTheProgramPrintsIt(string program, string rules)
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require($"{program}-restore", $"{program}-save");
        Load(lab, program, rules);
        string printed = lab.Run($"{program}-save", "-c", "-t", "nat");
        string[] lines = [.. printed.Split('\n').Where(static l => !l.StartsWith('#') && l.Length > 0)];
        Assert.Equal(lines, Text(lab, Family(program))?.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(rules.Split('\n').Count(static l => l.Contains("-A ", StringComparison.Ordinal)),
            lines.Count(static l => l.Contains("-A ", StringComparison.Ordinal)));
    }

    [Fact]
    public void SetsAreToldByName()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-legacy-restore", "ipset");
        if (lab.TryRun("ipset", "create", "cali40masq", "hash:net").ExitCode != 0)
        {
            Assert.Skip("this kernel has no ipset");
        }

        lab.Run("ipset", "create", "KUBE-PAIRS", "hash:ip,port");
        const string One = "-A POSTROUTING -m set --match-set cali40masq src -m set ! --match-set cali40masq dst -j MASQUERADE",
            Two = "-A POSTROUTING -m set ! --match-set KUBE-PAIRS dst,src -j RETURN";
        Load(lab, "iptables-legacy", $"*nat\n{One}\n{Two}\nCOMMIT\n");
        string? text = Text(lab, NetfilterFamily.IPv4);
        Assert.Contains($" {One}\n", text, StringComparison.Ordinal);
        Assert.Contains($" {Two}\n", text, StringComparison.Ordinal);
    }

    /// <summary>Then the program is asked, which knows all.</summary>
    [Theory]
    [InlineData("-m limit --limit 5/min -j RETURN")]
    [InlineData("-p tcp -m tcp --tcp-flags SYN SYN -j RETURN")]
    [InlineData("-f -j RETURN")]
    [InlineData("-m conntrack --ctorigdst 10.0.0.1 -j RETURN")]
    [InlineData("-m conntrack --ctstate NEW --ctstatus CONFIRMED -j RETURN")]
    [InlineData("-p udp -j DNAT --to-destination 10.0.0.1:2000-2100/3000")]
    [InlineData("-j LOG --log-prefix x")]
    [InlineData("-j NETMAP --to 10.0.0.0/24")]
    public void WhatIsNotKnownIsNotGuessed(string rule)
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-legacy-restore");
        string chain = rule.Contains("DNAT", StringComparison.Ordinal) ? "OUTPUT" : "POSTROUTING";
        Load(lab, "iptables-legacy", $"*nat\n-A {chain} {rule}\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n");
        Assert.Null(Text(lab, NetfilterFamily.IPv4));
    }

    [Fact]
    public void ChainsThatNoTunnelPacketComesToDoNotMatter()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-legacy-restore");
        var rules = new StringBuilder(
            "*nat\n:KUBE-SVC-1 - [0:0]\n:OF-TCP - [0:0]\n:NOT-CALLED - [0:0]\n:DEEP - [0:0]\n:OF-ALL - [0:0]\n");
        for (int i = 2; i < 6; i++)
        {
            rules.Append(CultureInfo.InvariantCulture, $":KUBE-SVC-{i} - [0:0]\n");
        }

        rules.Append("""
            -A OUTPUT -p tcp -j OF-TCP
            -A OUTPUT -j OF-ALL
            -A OF-ALL -j DEEP
            -A DEEP -d 10.96.0.9/32 -j KUBE-SVC-5
            -A OF-TCP -m limit --limit 5/min -j RETURN
            -A PREROUTING -j NOT-CALLED
            -A KUBE-SVC-5 -m limit --limit 5/min -j RETURN
            COMMIT

            """);
        Load(lab, "iptables-legacy", rules.ToString());
        string text = Text(lab, NetfilterFamily.IPv4)!;
        string[] chains = [.. text.Split('\n').Where(static l => l.StartsWith(':'))
            .Select(static l => l[1..l.IndexOf(' ', StringComparison.Ordinal)])];
        Assert.Equal(["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING", "DEEP", "KUBE-SVC-1", "KUBE-SVC-2",
            "KUBE-SVC-3", "OF-ALL"], chains);
    }

    private static NetfilterFamily Family(string program) =>
        program.StartsWith("ip6", StringComparison.Ordinal) ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;

    private static string? Text(LabNamespace lab, NetfilterFamily family) => NetworkNamespace.Within(lab.Name, () =>
    {
        string? text = null;
        using LegacyKernel? kernel = LegacyKernel.Open(family);
        Assert.NotNull(kernel);
        Assert.InRange(kernel.Entries("nat"), 6u, 1000u);
        Assert.True(kernel.Read("nat", table => text = table.Text()));
        return text;
    });

    private static void Load(LabNamespace lab, string program, string rules)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, rules);
            lab.Run($"{program}-restore", "-c", file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
