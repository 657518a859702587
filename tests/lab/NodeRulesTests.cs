using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Rules;
using Xunit;

namespace VxlanCsum.LabTests;

/// <summary>A node's rules, with all programs there and with some of them missing.</summary>
[Collection(nameof(Alone))]
public sealed class NodeRulesTests
{
    [Fact]
    public void EveryBackendThatHoldsRulesIsRead()
    {
        using LabNamespace lab = Loaded();
        (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = Read(lab);
        Assert.Empty(failures);
        Assert.Empty(rules.Problems);
        Assert.True(rules.IsWholeNode);
        Assert.Equal(
            ["iptables-legacy IPv4 nat", "iptables-nft IPv4 nat", "iptables-nft IPv6 nat", "nftables IPv4 kube-proxy",
                "nftables IPv6 kube-proxy"],
            rules.Tables.Select(static t => t.ToString()).Order(StringComparer.Ordinal));
        Assert.Contains("KUBE-LOOP-BACK", rules.Sets.Keys);
        Assert.All(rules.Rules.Where(static r => r.Backend != NetfilterBackend.Nftables),
            static r => Assert.NotNull(r.Packets));

        // The order in which nf_tables' tables were made is known; ip_tables' has none.
        Assert.All(rules.Tables, static t => Assert.Equal(t.Backend != NetfilterBackend.IptablesLegacy, t.Handle > 0));
    }

    [Theory]
    [InlineData(NetfilterBackend.IptablesLegacy, 1)]
    [InlineData(NetfilterBackend.IptablesNft, 2)]
    public void OnlyTheBackendsAskedForAreRead(NetfilterBackend backend, int tables)
    {
        using LabNamespace lab = Loaded();
        (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = Read(lab, [backend]);
        Assert.Empty(failures);
        Assert.Equal(tables, rules.Tables.Count);
        Assert.All(rules.Tables, t => Assert.Equal(backend, t.Backend));
        Assert.False(rules.IsWholeNode);
    }

    [Fact]
    public void ANodeWithoutRulesIsSafeAndSaysSo()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-legacy", "iptables-nft", "nft");
        (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = Read(lab);
        Assert.Empty(failures);
        Assert.Empty(rules.Rules);
        Assert.Equal(TraceVerdict.Safe,
            Tracer.Trace(rules, new TraceRequest(), TestContext.Current.CancellationToken).Verdict);
    }

    [Fact]
    public void AMissingProgramIsNoErrorWhereItsBackendHoldsNothing()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-nft", "nft");
        lab.Run("iptables-nft-restore", KubeLab.PathOf("g1.iptables-nft-save.txt"));
        (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = Read(lab, [],
            static p => !p.Contains("legacy", StringComparison.Ordinal) && p != "ipset");
        Assert.Empty(failures);
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort,
            Tracer.Trace(rules, new TraceRequest(), TestContext.Current.CancellationToken).Verdict);
    }

    [Fact]
    public void LegacyRulesThatNoProgramShowsAreAnError()
    {
        using LabNamespace lab = Loaded();
        (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = Read(lab, [],
            static p => !p.Contains("legacy", StringComparison.Ordinal));
        NodeException failure = Assert.Single(failures);
        Assert.Equal(NodeErrorId.RulesUnreadable, failure.ErrorId);
        Assert.Contains("nat", failure.Problem, StringComparison.Ordinal);
        Assert.False(rules.IsWholeNode);
        Assert.NotEmpty(rules.Tables);
    }

    [Fact]
    public void WithoutIptablesNftShowsWhatItCan()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-nft", "nft");
        lab.Run("iptables-nft-restore", KubeLab.PathOf("g1.iptables-nft-save.txt"));
        (NetfilterRuleset rules, _) = Read(lab, [], static p => p == "nft");
        Assert.All(rules.Tables, static t => Assert.Equal(NetfilterBackend.Nftables, t.Backend));

        // nft's JSON has lost what MASQUERADE and MARK are to do; nothing is claimed.
        Assert.Equal(TraceVerdict.Undecided,
            Tracer.Trace(rules, new TraceRequest(), TestContext.Current.CancellationToken).Verdict);
    }

    [Fact]
    public void WithoutAnyProgramTheErrorSaysWhatToInstall()
    {
        using LabNamespace lab = LabNamespace.Create();
        NodeException thrown = Assert.Throws<NodeException>(() => Read(lab, [], static _ => false));
        Assert.Equal((NodeErrorId.CommandNotFound, NodeFailure.NotFound), (thrown.ErrorId, thrown.Reason));
        Assert.Contains("Install", thrown.Advice, StringComparison.Ordinal);
    }

    /// <summary>What the programs say to someone who may not, word for word (iptables 1.8.9, nftables 1.0.6, ipset
    /// 7.17).</summary>
    [Theory]
    [InlineData("iptables-nft-save", 4,
        "iptables-nft-save v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must "
        + "be root)", NodeErrorId.RulesPermission)]
    [InlineData("iptables-legacy-save", 1, "Failed to list table names in /proc/net/ip_tables_names: Permission denied",
        NodeErrorId.RulesPermission)]
    [InlineData("nft", 1,
        "Operation not permitted (you must be root) netlink: Error: cache initialization failed: Operation not "
        + "permitted", NodeErrorId.RulesPermission)]
    [InlineData("ipset", 1, "ipset v7.17: Kernel error received: Operation not permitted", NodeErrorId.RulesPermission)]
    [InlineData("iptables-legacy", 4,
        "Another app is currently holding the xtables lock. Perhaps you want to use the -w option?",
        NodeErrorId.RulesLockBusy)]
    [InlineData("iptables-nft-save", 4, "iptables-nft-save: Resource temporarily unavailable",
        NodeErrorId.RulesLockBusy)]
    [InlineData("iptables-legacy-save", 1, "iptables-save: some other trouble", NodeErrorId.RulesUnreadable)]
    public void WhatAProgramSaysBecomesAClearError(string program, int exitCode, string said, string errorId)
    {
        NodeException error = RuleErrors.Failed(program, exitCode, said);
        Assert.Equal((errorId, program), (error.ErrorId, error.Target));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.True(errorId == NodeErrorId.RulesUnreadable || error.Advice is { Length: > 0 });
    }

    private static LabNamespace Loaded()
    {
        LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-legacy", "iptables-nft", "nft", "ipset");
        lab.Run("iptables-legacy-restore", KubeLab.PathOf("g1.iptables-legacy-save.txt"));
        lab.Run("iptables-nft-restore", KubeLab.PathOf("g2.iptables-nft-save.txt"));
        lab.Run("ip6tables-nft-restore", KubeLab.PathOf("g2.ip6tables-nft-save.txt"));
        lab.Run("nft", "-f", KubeLab.PathOf("nft-gen1.nft.txt"));
        lab.Run("ipset", "restore", "-f", KubeLab.PathOf("ipvs.iptables-nft-ipset.txt"));
        return lab;
    }

    private static (NetfilterRuleset Rules, IReadOnlyList<NodeException> Failures) Read(
        LabNamespace lab, NetfilterBackend[]? backends = null, Predicate<string>? installed = null) =>
        NetworkNamespace.Within(lab.Name,
            () => NodeRules.Read(new RulesetReadOptions(), backends ?? [], TimeSpan.FromSeconds(60), installed));
}
