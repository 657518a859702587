using System.Globalization;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;
using VxlanCsum.Node.Connections;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests.Connections;

/// <summary>The kernel's connection table, against what `conntrack` prints of it and against what is on the
/// wire.</summary>
public sealed class NatBindingTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Find = "Get-VxlanNatBinding -NetworkNamespace $args[0]";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheOldPortsAreThoseThatTheBadPacketsImply(bool overIPv6)
    {
        LabNamespace.Require("conntrack", "sysctl");
        using var lab = new FaultLab("nft", overIPv6);
        lab.Node.Run("sysctl", "-qw", "net.netfilter.nf_conntrack_acct=1", "net.netfilter.nf_conntrack_timestamp=1");
        DateTime before = DateTime.UtcNow;
        using LiveRun capture = await LiveRun.StartAsync(engine.Session,
            "Test-VxlanChecksum -Interface up0 -NetworkNamespace $args[0] -Duration 4", lab.Peer.Name);
        Assert.True(lab.Ask(datagrams: 6, connections: 0).ChecksumErrors > 0);
        VxlanChecksumResult fault = (await capture.ResultAsync()).Values.Cast<VxlanChecksumResult>()
            .Single(static r => r.IsFault);
        using ModuleSession second = new();
        VxlanNatBinding[] found = [.. second.Run(Find, lab.Node.Name).Values.Cast<VxlanNatBinding>()];
        Assert.NotEmpty(fault.ImpliedOriginalPort);
        Assert.Equal(fault.ImpliedOriginalPort.Order(), found.Select(static b => (int)b.OldPort).Order());
        (string from, string to) = overIPv6 ? ("fd00:10::14", "fd00:10::10") : ("10.0.10.14", "10.0.10.10");
        Assert.All(found,
            b => Assert.Equal((from, to, 8472, lab.Node.Name),
                (b.OldAddress.ToString(), b.DestinationAddress.ToString(), b.DestinationPort, b.NetworkNamespace)));
        Assert.All(found, b => Assert.Equal((NatTranslation.SourcePort, true), (b.Translation, b.Outgoing)));
        Assert.All(found,
            b => Assert.True(b.Packets >= 1 && b.Bytes > 0 && b.Since >= before.AddSeconds(-1)
                && b.Since <= DateTime.UtcNow && b.Age > TimeSpan.Zero, b.ToString()));

        // What conntrack itself prints is read the same.
        string printed = lab.Node.Run("conntrack", "-L", "-f", overIPv6 ? "ipv6" : "ipv4", "-p", "udp");
        Assert.Equal(found.Select(static b => b.ToString()).Order(),
            second.Run("$args[0] | Get-VxlanNatBinding", printed).Values.Select(static b => b.ToString()!).Order());
        await AssertConfirmedAsync(lab);
    }

    /// <summary>The packets of the flows that the table still has are weighed with it.</summary>
    private async Task AssertConfirmedAsync(FaultLab lab)
    {
        using LiveRun capture = await LiveRun.StartAsync(engine.Session,
            "$p = Read-PcapChecksum -Interface up0 -NetworkNamespace $args[0] -Duration 3; "
            + "$p | Test-VxlanChecksum -NatBinding (Get-VxlanNatBinding -All -NetworkNamespace $args[1])",
            lab.Peer.Name, lab.Node.Name);
        Assert.True(lab.Ask(datagrams: 6, connections: 0).ChecksumErrors > 0);
        VxlanChecksumResult known = (await capture.ResultAsync()).Values.Cast<VxlanChecksumResult>()
            .Single(static r => r.IsFault);
        int implied = known.ImpliedOriginalPort.Length;
        Assert.True(implied > 0);
        Assert.InRange(known.Confidence, 0.99, 1);
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture,
            $"confirms {implied} of the {implied} original {(implied == 1 ? "port" : "ports")} that it can be asked "
                + $"for."),
            known.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheKernelsFilterAndOursChooseAlike(bool filterInKernel)
    {
        using LabNamespace lab = Filled(2000);
        var ports = new Dictionary<(NetfilterFamily, ushort), (int All, int Translated)>();
        NetworkNamespace.Within(lab.Name, () =>
        {
            using ConnectionTable table = ConnectionTable.Open(filterInKernel);
            table.Read([8472, 4790], flow =>
            {
                (int all, int translated) = ports.GetValueOrDefault((flow.Family, flow.Original.DestinationPort));
                ports[(flow.Family, flow.Original.DestinationPort)] = (all + 1,
                    translated + (flow.IsTranslated ? 1 : 0));
            }, TestContext.Current.CancellationToken);
            return true;
        });
        Assert.Equal(
            new()
            {
                [(NetfilterFamily.IPv4, 8472)] = (300, 100),
                [(NetfilterFamily.IPv6, 8472)] = (150, 50),
                [(NetfilterFamily.IPv4, 4790)] = (10, 0)
            },
            ports);
    }

    /// <summary>VXLANCSUM_CONNECTIONS=1000000 fills a table of that size, and the figures that the documentation has
    /// are printed.</summary>
    [Fact]
    public void MemoryDoesNotGrowWithTheTable()
    {
        int size = int.TryParse(Environment.GetEnvironmentVariable("VXLANCSUM_CONNECTIONS"), NumberStyles.None,
            CultureInfo.InvariantCulture, out int given) ? given : 50_000;
        using LabNamespace lab = Filled(size);
        Assert.True(ConnectionFiller.Count(lab) >= size,
            "net.netfilter.nf_conntrack_max of the first namespace is too low");
        var figures = new List<string>();
        foreach (bool filterInKernel in (bool[])[true, false])
        {
            NetworkNamespace.Within(lab.Name, () =>
            {
                using ConnectionTable table = ConnectionTable.Open(filterInKernel);
                int found = 0;
                long before = GC.GetAllocatedBytesForCurrentThread(),
                    start = System.Diagnostics.Stopwatch.GetTimestamp();
                table.Read([8472], flow => found += flow.IsTranslated ? 1 : 0, TestContext.Current.CancellationToken);
                TimeSpan took = System.Diagnostics.Stopwatch.GetElapsedTime(start);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.Equal(150, found);

                // A buffer and the requests; nothing for a flow.
                Assert.InRange(allocated, 0, 1 << 20);
                figures.Add(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{size} flows, filter in the kernel {filterInKernel}: {took.TotalSeconds:F2} s, "
                        + $"{allocated / 1024} KiB allocated"));
                return true;
            });
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', figures));
    }

    [Fact]
    public void WhatIsLeftOfATunnelsBindingsIsAsked()
    {
        using var lab = new FaultLab("legacy");
        IReadOnlyList<VxlanNatBinding> Left(params ushort[] ports) =>
            NetworkNamespace.Within(lab.Node.Name,
                () => NatBindings.Translated(ports, TestContext.Current.CancellationToken));
        Assert.Empty(Left(8472));
        lab.Ask(datagrams: 3, connections: 0);
        Assert.Equal(3, Left(8472).Count);
        Assert.Empty(Left(4789));
        lab.Node.Run("conntrack", "-D", "-p", "udp", "--dport", "8472");
        Assert.Empty(Left(8472));
    }

    [Fact]
    public void PortsOfTheNamespacesOwnTunnelsAreLookedAt()
    {
        using LabNamespace lab = Filled(0);
        Assert.DoesNotContain(engine.Run(Find + " -All", lab.Name).Values.Cast<VxlanNatBinding>(),
            static b => b.DestinationPort == 4790);
        lab.Ip("link", "add", "vx9", "type", "vxlan", "id", "9", "dstport", "4790", "local", "192.0.2.1");
        Assert.Equal(10,
            engine.Run(Find + " -All", lab.Name).Values.Cast<VxlanNatBinding>()
                .Count(static b => b.DestinationPort == 4790));
        Assert.Equal(50, engine.Run(Find + " -TunnelPort 8472 -Family IPv6", lab.Name).Values.Count);
    }

    [Fact]
    public void ANamespaceThatIsNotThereIsAnError()
    {
        Assert.Equal([NodeErrorId.NamespaceNotFound], engine.Run(Find, "no-such").ErrorIds);
    }

    /// <summary>A table with flows to a service, and among them 450 of a tunnel, of which 150 are translated, and 10 of
    /// another.</summary>
    private static LabNamespace Filled(int others)
    {
        LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("conntrack", "nft");

        // The table follows connections, and translates, where a rule of the namespace has need of it.
        foreach (string family in (string[])["ip", "ip6"])
        {
            lab.Run("nft", "add", "table", family, "t");
            lab.Run("nft", "add chain " + family + " t p { type nat hook postrouting priority 100; }");
        }

        ConnectionFiller.Fill(lab, others, 53);
        ConnectionFiller.Fill(lab, 100, 8472, translatedPort: static i => (ushort)(2000 + i));
        ConnectionFiller.Fill(lab, 300, 8472);
        ConnectionFiller.Fill(lab, 50, 8472, v6: true, translatedPort: static i => (ushort)(2000 + i));
        ConnectionFiller.Fill(lab, 150, 8472, v6: true);
        ConnectionFiller.Fill(lab, 10, 4790);
        return lab;
    }
}
