using System.Net;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>What random rulesets in a real kernel showed (tests/lab/Walks), one small ruleset for each.</summary>
public sealed class KernelFindingTests
{
    private const string Marked = "-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully";

    private static readonly TraceRequest s_tunnel = new()
    {
        Inner = false,
        Mark = 0x4000,
        Protocol = "udp",
        Source = IPAddress.Parse("10.0.0.1"),
        SourcePort = 41000,
        Destination = IPAddress.Parse("10.0.0.2"),
        DestinationPort = 8472,
        TunnelDevice = "flannel.1",
        Uplink = "eth0",
        MasqueradeAddress = IPAddress.Parse("10.0.0.1"),
    };

    [Theory]
    [InlineData("-p udp -m multiport ! --ports 8472", TraceVerdict.Safe)]
    [InlineData("-p udp -m multiport ! --ports 41000", TraceVerdict.Safe)]
    [InlineData("-p udp -m multiport ! --ports 53,4789", TraceVerdict.DoubleSnatWithRandomPort)]
    public void NoneOfSeveralPortsIsAboutBoth(string match, TraceVerdict verdict) =>
        Assert.Equal(verdict, Trace(Rulesets.Nat($"-A POSTROUTING {match} -j MASQUERADE --random-fully")));

    [Theory]
    [InlineData("! --ctstate INVALID", false)]
    [InlineData("--ctstate INVALID", true)]
    [InlineData("--ctstate NEW", false)]
    [InlineData("--ctstate INVALID --ctdir REPLY", true)]
    [InlineData("--ctdir ORIGINAL", false)]
    [InlineData("! --ctstatus CONFIRMED", false)]
    [InlineData("--ctproto 17", false)]
    public void InRawNoConnectionIsKnown(string asked, bool matches) =>
        Assert.Equal(matches ? TraceVerdict.Safe : TraceVerdict.DoubleSnatWithRandomPort, Trace(
            $"*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m conntrack {asked} -j CT "
            + $"--notrack\nCOMMIT\n{Rulesets.Nat(Marked)}"));

    [Fact]
    public void InRawAConnectionsMarkNeitherMatchesNorIsSet()
    {
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort,
            Trace($"*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m connmark ! --mark 0x1 -j CT "
                + $"--notrack\nCOMMIT\n{Rulesets.Nat(Marked)}"));
        Assert.Equal(TraceVerdict.Safe,
            Trace("*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j CONNMARK --set-mark 0x1\nCOMMIT\n"
                + Rulesets.Nat("-A POSTROUTING -m connmark --mark 0x1 -j MASQUERADE --random-fully")));
    }

    [Fact]
    public void WhatCtWasToldFirstHolds()
    {
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort,
            Trace($"*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j CT --zone 3\n-A OUTPUT -j CT "
                + $"--notrack\nCOMMIT\n{Rulesets.Nat(Marked)}"));

        // What stands for the connection until then has a mark that the text does not tell.
        Assert.Equal(TraceVerdict.Undecided,
            Trace($"*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j CT --zone 3\n-A OUTPUT -m connmark ! --mark 0x8 -j MARK "
                + $"--set-mark 0x0\nCOMMIT\n{Rulesets.Nat(Marked)}"));
    }

    [Theory]
    [InlineData("-j HMARK --hmark-tuple src,dst --hmark-mod 1 --hmark-offset 0x1 --hmark-rnd 0x1")]
    [InlineData("-j SET --map-set marks src --map-mark")]
    public void TargetsThatWriteTheMarkMakeItUnknown(string target) =>
        Assert.Equal(TraceVerdict.Undecided,
            Trace($"*mangle\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p udp {target}\nCOMMIT\n{Rulesets.Nat(Marked)}"));

    [Theory]
    [InlineData("-p udp -j MASQUERADE --to-ports 41000 --random", TraceVerdict.Safe)]
    [InlineData("-p udp -j MASQUERADE --to-ports 41001 --random", TraceVerdict.DoubleSnat)]
    [InlineData("-p udp -j SNAT --to-source 10.0.0.1-10.0.0.3:41000 --random", TraceVerdict.Undecided)]
    [InlineData("-p udp -j SNAT --to-source :40000-60000", TraceVerdict.Safe)]
    [InlineData("-p udp -j SNAT --to-source :50000-60000", TraceVerdict.DoubleSnat)]
    public void OnePortLeavesNothingToChance(string rule, TraceVerdict verdict) =>
        Assert.Equal(verdict, Trace(Rulesets.Nat("-A POSTROUTING " + rule)));

    [Theory]
    [InlineData("-j DNAT --to-destination 10.0.0.2", TraceVerdict.Safe)]
    [InlineData("-p udp -j DNAT --to-destination 10.0.0.2:8472", TraceVerdict.Safe)]
    [InlineData("-p udp -j DNAT --to-destination :53", TraceVerdict.DoubleSnat)]
    [InlineData("-j DNAT --to-destination 10.0.0.3", TraceVerdict.DoubleSnat)]
    [InlineData("-j DNAT --to-destination 10.0.0.2-10.0.0.3", TraceVerdict.Undecided)]
    [InlineData("-j REDIRECT", TraceVerdict.DoubleSnat)]
    public void ADestinationThatStaysIsNotRewritten(string rule, TraceVerdict verdict) =>
        Assert.Equal(verdict, Trace(Rulesets.Nat("-A OUTPUT " + rule)));

    /// <summary>iptables-nft 1.8.9 compares both ports at once, and saves what it was given.</summary>
    [Theory]
    [InlineData("iptables-nft-save v1.8.9 (nf_tables)", TraceVerdict.Undecided)]
    [InlineData("iptables-save v1.8.9", TraceVerdict.Safe)]
    public void TwoPortsNegatedAreWhatTheProgramMadeOfThem(string program, TraceVerdict verdict) =>
        Assert.Equal(verdict,
            Trace($"# Generated by {program} on x\n{Rulesets.Nat("-A POSTROUTING -p udp -m udp ! --sport 1 ! --dport "
                + "8472 -j MASQUERADE --random-fully")}"));

    [Theory]
    [InlineData("-m addrtype --src-type UNICAST", false, TraceVerdict.Safe)]
    [InlineData("-m addrtype --src-type UNICAST", true, TraceVerdict.DoubleSnatWithRandomPort)]
    [InlineData("-m addrtype ! --src-type UNICAST", true, TraceVerdict.Safe)]
    [InlineData("-m addrtype --src-type LOCAL,UNICAST", true, TraceVerdict.DoubleSnatWithRandomPort)]
    [InlineData("-m addrtype --src-type UNSPEC", false, TraceVerdict.Safe)]
    public void IPv6AddressesHaveTheirTypesByThemselves(string match, bool v6, TraceVerdict verdict) =>
    Assert.Equal(verdict, Rulesets.Trace(
        Rulesets.Nat($"-A POSTROUTING {(v6 ? "-s fd00::/8" : "-s 10.0.0.0/8")} {match} -j MASQUERADE --random-fully"),
        v6 ? s_tunnel with
        {
            Family = NetfilterFamily.IPv6,
            Source = IPAddress.Parse("fd00::1"),
            Destination = IPAddress.Parse("fd00::2"),
            MasqueradeAddress = null
        } : s_tunnel).Verdict);

    [Theory]
    [InlineData("239.1.1.1", "MULTICAST", TraceVerdict.DoubleSnatWithRandomPort)]
    [InlineData("239.1.1.1", "BROADCAST", TraceVerdict.Safe)]
    [InlineData("239.1.1.1", "UNICAST", TraceVerdict.Safe)]
    [InlineData("10.0.0.2", "UNICAST", TraceVerdict.DoubleSnatWithRandomPort)]
    public void AGroupIsNoUnicastAddress(string destination, string type, TraceVerdict verdict) =>
    Assert.Equal(verdict, Rulesets.Trace(
        Rulesets.Nat($"-A POSTROUTING -m addrtype --dst-type {type} -j MASQUERADE --random-fully"),
        s_tunnel with { Destination = IPAddress.Parse(destination) }).Verdict);

    /// <summary>The kernel asks nat at one place of a hook, whatever the priority of its chains.</summary>
    [Fact]
    public void NatIsAskedAtItsPlaceWhateverItsPriority()
    {
        static string Table(int nat, int unmark) =>
            $"table ip x {{\n chain n {{\n  type nat hook postrouting priority {nat};\n  meta mark 0x4000 masquerade "
            + $"fully-random\n }}\n chain p {{\n  type filter hook postrouting priority {unmark};\n  meta mark set "
            + $"0x0\n }}\n}}\n";
        Assert.Equal(TraceVerdict.Safe, Trace(Table(90, 95)));
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort, Trace(Table(90, 101)));
    }

    [Theory]
    [InlineData("meta mark 0x1-0x5000", true)]
    [InlineData("meta mark > 0x4000", false)]
    [InlineData("meta mark & 0xff00 >= 0x4000", true)]
    [InlineData("meta mark { 0x0/31, 0x4000-0x4001 }", true)]
    [InlineData("meta mark set meta mark ^ 0x1 tcp flags syn", false)]
    [InlineData("meta mark set meta mark ^ 0x1 udp length 5 udp dport 53", false)]
    [InlineData("ip saddr & 255.0.0.255 == 10.0.0.1", true)]
    [InlineData("ip saddr & 255.0.0.255 != 10.0.0.1", false)]
    [InlineData("ct state & (new | related) == 0", false)]
    [InlineData("ct state & new == new", true)]
    [InlineData("ct state ! related,new", false)]
    [InlineData("ct state != invalid | new", true)]
    [InlineData("ct status confirmed", false)]
    [InlineData("ct status != confirmed", true)]
    [InlineData("ct status snat,dnat", false)]
    public void NftsOwnMatches(string match, bool matches) => Assert.Equal(
        matches ? TraceVerdict.DoubleSnatWithRandomPort : TraceVerdict.Safe,
        Trace($"table ip x {{\n chain p {{\n  type nat hook postrouting priority 100;\n  {match} masquerade "
            + $"fully-random\n }}\n}}\n"));

    [Fact]
    public void ARuleEndsWhereItReadsTheMarkOfNoConnection() =>
    Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort, Trace(
        "table ip x {\n chain o {\n  type filter hook output priority -300;\n  meta mark set ct mark drop\n }\n "
        + "chain p {\n  type nat hook postrouting priority 100;\n  meta mark 0x4000 masquerade fully-random\n }\n}\n"));

    [Fact]
    public void WhatNatMadeOfTheSourceIsWhatLaterChainsSee() => Assert.Equal(0x4000u, Rulesets.Trace(
        "table ip x {\n chain n {\n  type nat hook postrouting priority 100;\n  snat to 10.0.0.9\n }\n chain p {\n  "
        + "type filter hook postrouting priority 101;\n  ip saddr 10.0.0.1 meta mark set 0x0\n }\n}\n",
        s_tunnel).FinalMark);

    private static TraceVerdict Trace(string rules) => Rulesets.Trace(rules, s_tunnel).Verdict;
}
