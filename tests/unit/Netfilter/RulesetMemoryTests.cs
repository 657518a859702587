using System.Runtime.CompilerServices;
using VxlanCsum.Netfilter.Walking;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>A ruleset of a large node is many megabytes: it goes when nothing refers to it any more.</summary>
public sealed class RulesetMemoryTests
{
    [Fact]
    public void ARulesetIsFreedAfterUse()
    {
        WeakReference used = Use();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(used.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            Rulesets.Nat("-A POSTROUTING -p udp -m udp --dport 53 -j MASQUERADE --random-fully"));
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules, new TraceRequest { Inner = false }).Verdict);
        foreach (NetfilterRule rule in rules.Rules)
        {
            Assert.Equal(("udp", "MASQUERADE"), (rule.Protocol, rule.Target));
            Assert.Equal(2, rule.Matches.Count);
        }

        return new WeakReference(rules);
    }
}
