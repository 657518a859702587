using VxlanCsum.Clusters;
using VxlanCsum.Offloads;
using Xunit;

namespace VxlanCsum.UnitTests.Offloads;

public sealed class OffloadSelectionTests
{
    private static readonly List<OffloadFeature> s_rows =
        OffloadReading.Text(File.ReadAllText(TestData.PathOf("ethtool", "vxlan.txt"))).Rows;

    [Theory]
    [InlineData("tx")]
    [InlineData("TX-Checksumming")]
    public void AGroupNameStandsForItsMembers(string name)
    {
        string[] members = ["tx-checksum-ipv4", "tx-checksum-ip-generic", "tx-checksum-ipv6", "tx-checksum-fcoe-crc",
            "tx-checksum-sctp"];
        Assert.Equal(members, Names(Select(name)));
        Assert.Equal(["tx-checksumming", .. members], Names(Select(name, groups: true)));
    }

    [Fact]
    public void AGroupOfOneIsItsMember()
    {
        Assert.Equal(["rx-checksum"], Names(Select("rx")));
        Assert.Equal(["rx-checksum"], Names(Select("rx-checksumming", groups: true)));
        Assert.Equal(["rx-checksum"], Names(Select("rx-checksum")));
    }

    [Fact]
    public void ARowWithoutMembersIsShownUnasked()
    {
        List<OffloadFeature> old = OffloadReading.Text("Offload parameters for e:\ntx-checksumming: on").Rows;
        Assert.Equal(["tx-checksumming"], Names(new OffloadSelection([Pattern("tx")], true, false).Apply(old)));
    }

    [Fact]
    public void NamesThatFitNothingAreMissing()
    {
        var selection = new OffloadSelection([Pattern("tx"), Pattern("no-such"), new("*nothing*", true, _ => false)],
            false, false);
        Assert.NotEmpty(selection.Apply(s_rows));
        Assert.Equal(["no-such"], selection.Missing);
    }

    [Fact]
    public void ChecksumsAreThoseThatMatterForTunnels() =>
        Assert.Equal(
            ["rx-checksum", "tx-checksum-ipv4", "tx-checksum-ip-generic", "tx-checksum-ipv6", "tx-checksum-fcoe-crc",
                "tx-checksum-sctp",
             "tx-gre-csum-segmentation", "tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation",
             "tx-tunnel-remcsum-segmentation",
             "esp-tx-csum-hw-offload", "rx-udp_tunnel-port-offload"],
            Names(new OffloadSelection([], true, false).Apply(s_rows)));

    [Fact]
    public void ArrangingWhatEthtoolArrangedChangesNothing()
    {
        // From the kernel's order back to ethtool's.
        OffloadFeature[] members = [.. s_rows.Where(r => !r.IsGroup)];
        OffloadFeature[] shuffled = [.. members.Where(r => r.Group is null),
            .. members.Where(r => r.Group is not null)];
        Assert.Equal(s_rows, OffloadRows.Arrange(shuffled));
    }

    [Fact]
    public void TheTableIsConsistent()
    {
        Assert.Equal(OffloadTable.Kinds.Count, OffloadTable.Kinds.Select(k => k.Name).Distinct().Count());
        Assert.All(OffloadTable.Groups, g => Assert.Contains(OffloadTable.Kinds, k => g.Holds(k.Name)));
        Assert.All(OffloadTable.Kinds, k => Assert.True(OffloadTable.Groups.Count(g => g.Holds(k.Name)) <= 1));
        Assert.All(s_rows.Where(r => !r.IsGroup), r => Assert.NotNull(OffloadTable.Find(r.Name)));
    }

    private static IEnumerable<OffloadFeature> Select(string name, bool groups = false) =>
        new OffloadSelection([Pattern(name)], false, groups).Apply(s_rows);

    private static OffloadNamePattern Pattern(string name) =>
        new(name, false, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Names(IEnumerable<OffloadFeature> rows) => rows.Select(r => r.Name);
}
