using VxlanCsum.Clusters;
using VxlanCsum.Offloads;
using Xunit;

namespace VxlanCsum.UnitTests.Offloads;

public sealed class OffloadPlanTests
{
    private static readonly List<OffloadFeature> s_on = Live("vxlan.json"), s_off = Live("vxlan-tx-off.json");

    [Fact]
    public void OfAGroupWhatCanChangeDoes()
    {
        OffloadPlan plan = OffloadPlan.Make(s_on, [Wish("tx", false)]);
        Assert.Equal(["tx-checksum-ip-generic"], plan.Changes.Keys);
        Assert.Empty(plan.Obstacles);
        Assert.Empty(plan.Firm);
    }

    [Fact]
    public void WhatIsAsWishedNeedsNothing()
    {
        OffloadPlan plan = OffloadPlan.Make(s_off,
            [Wish("tx", false), Wish("rx-vlan-filter", false), Wish("vlan-challenged", false)]);
        Assert.Empty(plan.Changes);
        Assert.Empty(plan.Obstacles);
        Assert.Equal(["tx-checksum-ip-generic", "rx-vlan-filter", "vlan-challenged"], plan.Asked);
    }

    [Fact]
    public void AStandingRequestIsTakenBack()
    {
        // Off, but wanted on: to be off for good it must be asked for.
        Assert.Contains("tx-udp-segmentation",
            OffloadPlan.Make(s_off, [Wish("tx-udp-segmentation", false)]).Changes.Keys);
    }

    [Fact]
    public void ObstaclesAreNamedWithTheWish()
    {
        OffloadPlan plan = OffloadPlan.Make(s_on,
            [Wish("rx-vlan-filter", true), Wish("nothing", true), Wish("gro", false)]);
        Assert.Equal([("rx-vlan-filter", OffloadObstacle.Fixed), ("nothing", OffloadObstacle.Unknown)],
            plan.Obstacles.Select(o => (o.Wish.Name.Text, o.Obstacle)));
    }

    [Fact]
    public void OfTwoWishesTheLaterCounts()
    {
        OffloadPlan plan = OffloadPlan.Make(s_on,
            [Wish("tx", false), Wish("gro", false), Wish("tx-checksum-ip-generic", true)]);
        Assert.Equal([new KeyValuePair<string, bool>("rx-gro", false)], plan.Changes);
    }

    [Fact]
    public void WhatDidNotFollowIsToldFromWhatMayStay()
    {
        OffloadPlan segmentation = OffloadPlan.Make(s_off, [Wish("tso", true)]);
        OffloadFeature[] after = [
            .. s_off.Select(f => f.Name == "tx-tcp-accecn-segmentation" ? f with { Active = true } : f)];
        Assert.Contains("tx-tcp-segmentation", segmentation.Unfulfilled(after).Select(f => f.Name));

        // A driver that offers both forms gets one: that is no refusal of the group.
        List<OffloadFeature> both = [
            .. s_off.Select(f => f.Group == "tx-checksumming" ? f with { Fixed = false, Available = true } : f)];
        OffloadPlan checksums = OffloadPlan.Make(both, [Wish("tx", true)]);
        OffloadFeature[] one = [.. both.Select(f => f.Name == "tx-checksum-ip-generic" ? f with { Active = true } : f)];
        Assert.Empty(checksums.Unfulfilled(one));
        Assert.NotEmpty(checksums.Unfulfilled(both));
    }

    [Fact]
    public void WhatIsLackingIsNamed()
    {
        Assert.Equal("tx-checksum-ip-generic", OffloadDependency.Lacking("tx-tcp-segmentation", s_off));
        Assert.Null(OffloadDependency.Lacking("tx-tcp-segmentation", s_on));
        Assert.Null(OffloadDependency.Lacking("rx-all", s_off));
    }

    [Fact]
    public void WhatChangedIsWhatBecameOtherThanItWas()
    {
        Assert.Equal(
            ["tx-checksum-ip-generic", "tx-tcp-segmentation", "tx-tcp-ecn-segmentation", "tx-tcp-mangleid-segmentation",
                "tx-tcp6-segmentation", "tx-udp-segmentation"],
            OffloadPlan.Changed(s_on, s_off).Select(f => f.Name));
        Assert.Empty(OffloadPlan.Changed(s_on, s_on));
    }

    private static List<OffloadFeature> Live(string file) =>
        [.. OffloadReading.Json(File.ReadAllText(TestData.PathOf("ethtool", file))).Rows.Where(r => !r.IsGroup)];

    private static OffloadWish Wish(string name, bool on) =>
        new(new OffloadNamePattern(name, false, n => n.Equals(name, StringComparison.OrdinalIgnoreCase)), on);
}
