using System.Text;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>Which backend the kernel asks first, from counters that were read twice.</summary>
public sealed class SeenOrderTests
{
    [Theory]
    // The legacy one is read before and after the other, so its time holds the other's; and between, so it is held.
    [InlineData(new[] { 0, 0, 10, 10 }, new[] { 0, 4 }, NetfilterBackend.IptablesLegacy)]
    [InlineData(new[] { 0, 0, 4, 4 }, new[] { 0, 10 }, NetfilterBackend.IptablesNft)]
    // As many in both: nothing was translated by the first.
    [InlineData(new[] { 0, 0, 10, 10 }, new[] { 0, 10 }, null)]
    [InlineData(new[] { 5, 5, 5, 5 }, new[] { 7, 7 }, null)]
    // More may have come while the other was read, and prove nothing.
    [InlineData(new[] { 0, 4, 10, 20 }, new[] { 0, 12 }, null)]
    // Counters that began anew.
    [InlineData(new[] { 9, 9, 3, 3 }, new[] { 0, 1 }, null)]
    public void TheOneThatSeesMoreIsAskedFirst(int[] legacy, int[] nft, NetfilterBackend? first)
    {
        SeenOrder? seen = Of([.. legacy.Select(Jump)], [.. nft.Select(Jump)]);
        Assert.Equal(first, seen?.First);
        Assert.NotEqual(seen?.Second ?? NetfilterBackend.Unknown, seen?.First);
    }

    [Fact]
    public void ARuleBeforeTheOneThatAsksNothingMayHaveKeptPacketsFromIt()
    {
        static string Chain(int kept, int rest) =>
            $"-P POSTROUTING ACCEPT -c 0 0\n-A POSTROUTING -s 10.1.0.0/16 -c {kept} 0 -j ACCEPT\n"
            + $"-A POSTROUTING -c {rest} 0 -j KUBE-POSTROUTING\n";
        Assert.Null(Of([Chain(0, 0), Chain(0, 0), Chain(6, 4), Chain(6, 4)], [Jump(0), Jump(8)]));
        Assert.Equal(NetfilterBackend.IptablesNft,
            Of([Chain(0, 0), Chain(0, 0), Chain(3, 4), Chain(3, 4)], [Jump(0), Jump(8)])?.First);
    }

    [Fact]
    public void WithoutARuleThatAsksNothingOrWithOthersThanBeforeNothingIsKnown()
    {
        static string Marked(int packets) =>
            $"-A POSTROUTING -m mark --mark 0x4000/0x4000 -c {packets} 0 -j MASQUERADE\n";
        Assert.Null(Of([Jump(0), Jump(0), Jump(10), Jump(10)], [Marked(0), Marked(4)]));
        Assert.Null(Of([Jump(0), Jump(0), Jump(10), Jump(10)], [Jump(0), Jump(4).Replace("KUBE-", "NEW-",
            StringComparison.Ordinal)]));
    }

    [Fact]
    public void AWalkTakesTheOrderWhereItIsKnownOfAllItsPackets()
    {
        SeenOrder seen = new(NetfilterFamily.IPv4, NetfilterBackend.IptablesNft, NetfilterBackend.IptablesLegacy, 9, 1);
        TraceRequest walk = new() { Family = NetfilterFamily.IPv4, TunnelFamily = NetfilterFamily.IPv4 };
        Assert.Equal([NetfilterBackend.IptablesNft, NetfilterBackend.IptablesLegacy],
            SeenOrder.Apply([seen], walk).BackendOrder);
        Assert.Empty(SeenOrder.Apply([seen], walk with { TunnelFamily = NetfilterFamily.IPv6 }).BackendOrder);
        Assert.Empty(SeenOrder.Apply([], walk).BackendOrder);
    }

    private static string Jump(int packets) =>
        "-P POSTROUTING ACCEPT -c 0 0\n"
        + $"-A POSTROUTING -m comment --comment \"kube\" -c {packets} 60 -j KUBE-POSTROUTING\n";

    private static SeenOrder? Of(string[] legacy, string[] nft) => SeenOrder.Of(NetfilterFamily.IPv4,
        NetfilterBackend.IptablesLegacy, [.. legacy.Select(Count)],
        NetfilterBackend.IptablesNft, [.. nft.Select(Count)]);

    private static ChainCount Count(string printed)
    {
        var reader = new RulesetReader(new RulesetReadOptions());
        reader.Read(new MemoryStream(Encoding.UTF8.GetBytes($"*nat\n{printed}COMMIT\n")), "iptables");
        return ChainCount.Of(reader.Build().Tables[0].Find("POSTROUTING")!)!;
    }
}
