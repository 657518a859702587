using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>A former route of the service network comes back as it was, to the last attribute that the kernel
/// tells.</summary>
public sealed class UndoRouteTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    public static TheoryData<string, string> Formers { get; } = new()
    {
        { "a metric", "via 10.9.9.2 dev eth0 metric 100" },
        { "protocol and source", "via 10.9.9.2 dev eth0 proto static src 10.9.9.1 metric 7" },
        { "a locked mtu", "via 10.9.9.2 dev eth0 mtu lock 1400 advmss 1300 rto_min 200ms" },
        { "type of service", "tos 0x10 via 10.9.9.2 dev eth0" },
        { "two next hops", "proto bird nexthop via 10.9.9.2 dev eth0 weight 3 nexthop via 10.9.9.3 dev eth0 weight 1" },
        { "a gateway outside of the network", "via 192.0.2.7 dev eth0 onlink" },
        { "no way at all", "unreachable" },
        { "a next hop by number", "nhid 77" },
        { "two of different metrics", "via 10.9.9.3 dev eth0 metric 50|via 10.9.9.2 dev eth0" },
        { "none", "" },
    };

    [Theory]
    [MemberData(nameof(Formers))]
    public void It_comes_back_as_the_kernel_told_it(string what, string former)
    {
        Assert.NotEmpty(what);
        using Setting setting = new();
        foreach (string route in former.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            bool unreachable = route == "unreachable";
            setting.Ip(["route", "add", .. unreachable ? ["unreachable"] : (string[])[], "10.96.0.0/12",
                .. unreachable ? [] : route.Split(' ')]);
        }

        string text = setting.Ip("-d", "route", "show", "table", "main");
        string[] before = setting.Dump(NetfilterFamily.IPv4);
        setting.Apply(engine).Succeeded();
        Assert.Contains("10.96.0.0/12 dev vxlan.calico", setting.Ip("route", "show"), StringComparison.Ordinal);
        SessionResult undone = setting.Undo(engine).Succeeded();
        Assert.Equal((true, true), (undone.Get("Restored"), undone.Get("Closed")));
        Assert.Equal(before, setting.Dump(NetfilterFamily.IPv4));
        Assert.Equal(text, setting.Ip("-d", "route", "show", "table", "main"));
    }

    [Theory]
    [InlineData("via fd00:9::2 dev eth0 metric 77 proto static")]
    [InlineData("nexthop via fd00:9::2 dev eth0 nexthop via fd00:9::3 dev eth0")]
    public void Of_IPv6_as_well(string former)
    {
        using Setting setting = new();
        setting.Ip(["-6", "route", "add", "fd00:96::/112", .. former.Split(' ')]);
        string[] before = setting.Dump(NetfilterFamily.IPv6);
        setting.Apply(engine, "fd00:96::/112").Succeeded();
        Assert.NotEqual(before, setting.Dump(NetfilterFamily.IPv6));
        Assert.Equal(true, setting.Undo(engine).Succeeded().Get("Restored"));
        Assert.Equal(before, setting.Dump(NetfilterFamily.IPv6));
    }

    /// <summary>Our route went with its device, and the one that it replaced is still missed.</summary>
    [Fact]
    public void It_comes_back_also_where_the_device_is_gone()
    {
        using Setting setting = new();
        setting.Ip("route", "add", "10.96.0.0/12", "via", "10.9.9.2", "dev", "eth0");
        string[] before = setting.Dump(NetfilterFamily.IPv4);
        setting.Apply(engine).Succeeded();
        setting.Ip("link", "del", "vxlan.calico");
        Assert.DoesNotContain("10.96.0.0", setting.Ip("route", "show"), StringComparison.Ordinal);
        Assert.Equal(true, setting.Undo(engine).Succeeded().Get("Restored"));
        Assert.Contains(before.Single(static m => m.Contains("0A600000", StringComparison.Ordinal)),
            setting.Dump(NetfilterFamily.IPv4));
    }

    /// <summary>Where it cannot come back, the entry stays open, and the next undo brings it.</summary>
    [Fact]
    public void Where_the_uplink_is_down_it_is_said_and_comes_back_later()
    {
        using Setting setting = new();
        setting.Ip("route", "add", "10.96.0.0/12", "via", "10.9.9.2", "dev", "eth0");
        string[] before = setting.Dump(NetfilterFamily.IPv4);
        setting.Apply(engine).Succeeded();
        setting.Ip("link", "set", "eth0", "down");
        SessionResult undone = setting.Undo(engine).Succeeded();
        Assert.Equal((false, false), (undone.Get("Restored"), undone.Get("Closed")));
        setting.Ip("link", "set", "eth0", "up");
        Assert.Equal(true, setting.Undo(engine).Succeeded().Get("Restored"));
        Assert.Equal(before, setting.Dump(NetfilterFamily.IPv4));
    }

    private sealed class Setting : IDisposable
    {
        private readonly LabNamespace _node = LabNamespace.Create();
        private readonly TemporaryFolder _folder = new();

        public Setting()
        {
            Ip("link", "add", "eth0", "type", "veth", "peer", "name", "peer0");
            Ip("addr", "add", "10.9.9.1/24", "dev", "eth0");
            Ip("addr", "add", "fd00:9::1/64", "dev", "eth0", "nodad");
            Ip("link", "set", "eth0", "up");
            Ip("link", "set", "peer0", "up");
            Ip("nexthop", "add", "id", "77", "via", "10.9.9.2", "dev", "eth0");
            Ip("link", "add", "vxlan.calico", "type", "vxlan", "id", "4096", "dstport", "4789", "local", "10.9.9.1",
                "dev", "eth0");
            Ip("addr", "add", "10.244.0.0/32", "dev", "vxlan.calico");
            Ip("link", "set", "vxlan.calico", "up");
        }

        private string Journal => System.IO.Path.Combine(_folder.Path, "j.jsonl");

        public string Ip(params string[] arguments) => _node.Ip(arguments);

        public SessionResult Apply(EngineFixture engine, string network = "10.96.0.0/12") => engine.Session.Run(
            "param($n, $j, $s) Invoke-ChecksumMitigation AddServiceRoute -ServiceNetwork $s -NetworkNamespace $n "
            + "-JournalPath $j -Force -Confirm:$false", _node.Name, Journal, network);

        public SessionResult Undo(EngineFixture engine) =>
            engine.Session.Run("param($j) Undo-ChecksumMitigation -All -JournalPath $j -WarningAction SilentlyContinue",
                Journal);

        public string[] Dump(NetfilterFamily family) => NetworkNamespace.Within(_node.Name, () =>
            KernelRoutes.Read(family).Select(static r => Convert.ToHexString(r.Message)).ToArray());

        public void Dispose()
        {
            _node.Dispose();
            _folder.Dispose();
        }
    }
}
