using System.Text;
using VxlanCsum.Marks;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.TcpdumpText;
using Xunit;

namespace VxlanCsum.UnitTests.Marks;

public sealed class MarkWatchPlanTests
{
    private static readonly MarkWatchOptions s_options = new("ab12", null, HasNft: true);

    [Fact]
    public void TheRuleGoesInFrontOfTheJumpAndTheMarkIsTheRules()
    {
        MarkWatchPlan plan = MarkWatchPlan.Log(Facts(
            """
            *nat
            :POSTROUTING ACCEPT [0:0]
            :KUBE-MARK-MASQ - [0:0]
            :KUBE-POSTROUTING - [0:0]
            -A POSTROUTING -o lo -j ACCEPT
            -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
            -A KUBE-MARK-MASQ -j MARK --set-xmark 0x40/0x40
            -A KUBE-POSTROUTING -m mark --mark 0x40/0x40 -j MASQUERADE --random-fully
            COMMIT
            """), s_options)!;
        MitigationStep step = Assert.Single(plan.Steps);
        Assert.Equal("0x40-marked-ab12: ", plan.Prefix);
        Assert.StartsWith("iptables-nft -w 10 -t nat -I POSTROUTING 2 -m mark --mark 0x40/0x40 ", step.CommandLine,
            StringComparison.Ordinal);
        Assert.EndsWith("-j LOG --log-prefix '0x40-marked-ab12: ' --log-level 7", step.CommandLine,
            StringComparison.Ordinal);
        Assert.StartsWith("iptables-nft -w 10 -t nat -D POSTROUTING -m mark ", step.InverseLine,
            StringComparison.Ordinal);
        Assert.Null(plan.Table);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WithoutAJumpATableOfItsOwnWatches(bool hasNft)
    {
        MarkWatchPlan? plan = MarkWatchPlan.Log(
            Facts("*nat\n:KUBE-POSTROUTING - [0:0]\n-A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j "
                + "MASQUERADE\nCOMMIT\n"), s_options with { HasNft = hasNft });
        if (!hasNft)
        {
            Assert.Null(plan);
            return;
        }

        MitigationStep step = Assert.Single(plan!.Steps);
        Assert.Equal(["nft", "add", "table", "inet", "vxlancsum-watch-ab12"], step.Command[..5]);
        Assert.Contains("meta mark & 0x4000 == 0x4000", step.Command[5], StringComparison.Ordinal);
        Assert.Contains("log prefix \"0x4000-marked-ab12: \"", step.Command[5], StringComparison.Ordinal);
        Assert.Equal(["nft", "delete", "table", "inet", "vxlancsum-watch-ab12"], step.Inverse);
    }

    [Fact]
    public void AGivenMarkIsTaken()
    {
        MarkWatchPlan plan = MarkWatchPlan.Trace(Facts("*nat\nCOMMIT\n"), s_options with { Mark = 0x80000000 })!;
        Assert.Equal([(NetfilterFamily.IPv4, 0x80000000)], plan.Marks);
        Assert.Contains(
            "meta mark & 0x80000000 == 0x80000000 limit rate 100/second burst 100 packets meta nftrace set 1",
            plan.Steps[0].Command[5], StringComparison.Ordinal);

        // xt_LOG keeps 29 characters.
        Assert.True(plan.Prefix.Length <= 29);
    }

    private static NodeFacts Facts(string rules)
    {
        var reader = new RulesetReader(new RulesetReadOptions());
        reader.Read(new MemoryStream(Encoding.UTF8.GetBytes(rules)), "text", NetfilterBackend.IptablesNft,
            NetfilterFamily.IPv4);
        return new NodeFacts
        {
            Rules = reader.Build(),
            Iptables = new Dictionary<(NetfilterBackend, NetfilterFamily), string>
            {
                [(NetfilterBackend.IptablesNft, NetfilterFamily.IPv4)] = "iptables-nft"
            },
        };
    }
}
