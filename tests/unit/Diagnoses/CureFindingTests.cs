using VxlanCsum.Diagnoses;
using VxlanCsum.UnitTests.Netfilter;
using Xunit;

namespace VxlanCsum.UnitTests.Diagnoses;

/// <summary>A node that is well only because of a mitigation says so: what cures it, since when, and what undoes
/// it.</summary>
public sealed class CureFindingTests
{
    private static readonly DateTime s_since = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Theory]
    [InlineData(false, "It is not persisted. Lost at reboot")]
    [InlineData(true, "It is applied again after a reboot.")]
    public void WhatCuresIsNamedWithItsDayAndItsFate(bool persisted, string fate)
    {
        DiagnosisFinding finding = Find(Cured() with
        {
            Applied = [new AppliedMitigation(MitigationKind.UnmarkTunnel, "UnmarkTunnel-1", s_since, persisted)],
        }, "MitigationInEffect");
        Assert.Contains("UnmarkTunnel is in effect since 2026-01-02 03:04:05 UTC (UnmarkTunnel-1).", finding.Message,
            StringComparison.Ordinal);
        Assert.Contains(fate, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfARuleThatSomeonePutInByHandTheDayIsNotKnown()
    {
        string message = Find(Cured(), "MitigationInEffect").Message;
        Assert.Contains("the journal does not know since when", message, StringComparison.Ordinal);
        Assert.Contains("Lost at reboot", message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotInEffectAnyMoreIsSaid()
    {
        DiagnosisFinding finding = Find(Evidence.Recorded("g1") with
        {
            Applied = [new AppliedMitigation(MitigationKind.UnmarkTunnel, "UnmarkTunnel-1", s_since, false)],
        }, "MitigationDrifted");
        Assert.Contains("is not in effect any more", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Get-ChecksumMitigation UnmarkTunnel", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>Rules and features do not show it: the node itself looked.</summary>
    [Theory]
    [InlineData(true, "MitigationInEffect", "AddServiceRoute is in effect since 2026-01-02 03:04:05 UTC (R-1). It is not")]
    [InlineData(false, "MitigationDrifted", "AddServiceRoute was applied on 2026-01-02 03:04:05 UTC (R-1) and is not")]
    public void OfARouteTheNodeTells(bool inEffect, string id, string says) =>
        Assert.StartsWith(says, Find(Evidence.Recorded("g1") with
        {
            Applied = [new AppliedMitigation(MitigationKind.AddServiceRoute, "R-1", s_since, false)
            {
                IsInEffect = inEffect,
            }],
        }, id).Message, StringComparison.Ordinal);

    /// <summary>kube-proxy's first --random-fully rules, and before them the rule that clears the mark.</summary>
    private static NodeEvidence Cured() => Evidence.Of(Rulesets.Parse("""
        *mangle
        :OUTPUT ACCEPT [0:0]
        -A OUTPUT -p udp -m udp --dport 8472 -m comment --comment vxlancsum:UnmarkTunnel -j MARK --set-xmark 0x0/0x4000
        COMMIT
        *nat
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-POSTROUTING - [0:0]
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
        COMMIT

        """));

    private static DiagnosisFinding Find(NodeEvidence evidence, string id) =>
        Assert.Single(DiagnosisJudge.Judge(evidence, TestContext.Current.CancellationToken).Findings, f => f.Id == id);
}
