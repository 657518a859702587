using VxlanCsum.Clusters;
using VxlanCsum.Offloads;
using Xunit;

namespace VxlanCsum.UnitTests.Offloads;

public sealed class OffloadTextTests
{
    [Theory]
    [InlineData("veth")]
    [InlineData("vxlan")]
    [InlineData("vxlan-tx-off")]
    [InlineData("bridge")]
    [InlineData("lo")]
    public void TextAndJsonOfOneStateGiveTheSameRows(string name)
    {
        (List<OffloadFeature> text,
            List<OffloadProblem> problems) = OffloadReading.Text(
                File.ReadAllText(TestData.PathOf("ethtool", name + ".txt")));
        (IReadOnlyList<OffloadFeature> json,
            List<OffloadProblem> jsonProblems) = OffloadReading.Json(
                File.ReadAllText(TestData.PathOf("ethtool", name + ".json")));
        Assert.Empty(problems);
        Assert.Empty(jsonProblems);
        Assert.True(text.Count > 60);

        // The text does not say what is requested of a fixed feature.
        Assert.Equal(text, json.Select(r => r.Fixed is true ? r with { Requested = null } : r));
    }

    [Fact]
    public void EveryRowSaysWhatEthtoolSaid()
    {
        string text = File.ReadAllText(TestData.PathOf("ethtool", "vxlan-tx-off.txt"));
        (List<OffloadFeature> rows, _) = OffloadReading.Text(text);
        string[] said = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Trim())];
        Assert.Equal(said, rows.Select(EthtoolRow));
        Assert.All(rows, r => Assert.Equal("vx0", r.Interface));
    }

    [Fact]
    public void FlagsAndGroupsAreTheKernels()
    {
        (List<OffloadFeature> rows, _) = OffloadReading.Text(File.ReadAllText(TestData.PathOf("ethtool", "veth.txt")));
        OffloadFeature generic = rows.Single(r => r.Name == "tx-checksum-ip-generic");
        Assert.Equal(("tx-checksumming", "NETIF_F_HW_CSUM", true, true, (bool?)false, (bool?)true),
            (generic.Group, generic.Flag, generic.IsChecksum, generic.Active, generic.Fixed, generic.Available));
        OffloadFeature received = rows.Single(r => r.Name == "rx-checksum");
        Assert.Equal(("rx-checksumming", "NETIF_F_RXCSUM", false), (received.Group, received.Flag, received.IsGroup));
        Assert.Equal(["tx-checksumming", "scatter-gather", "tcp-segmentation-offload"],
            rows.Where(r => r.IsGroup).Select(r => r.Name));
        Assert.All(rows.Where(r => !r.IsGroup), r => Assert.StartsWith("NETIF_F_", r.Flag, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatRequestsDidNotChangeIsTold()
    {
        (List<OffloadFeature> rows,
            _) = OffloadReading.Text(
                "x:~# ethtool -K vx0 tx off\n" + File.ReadAllText(TestData.PathOf("ethtool", "vxlan-change.txt")));
        Assert.Equal(6, rows.Count);
        Assert.All(rows, r => Assert.Equal(("vx0", false), (r.Interface, r.Active)));
        Assert.Equal((bool?)false, rows[0].Requested);
        Assert.All(rows.Skip(1), r => Assert.Null(r.Requested));
    }

    [Fact]
    public void ThePlainGroupsOfOldVersionsAreRowsOfTheirOwn()
    {
        const string Old = """
            Offload parameters for eth3:
            Cannot get device udp large send offload settings: Operation not supported
            rx-checksumming: on
            tx-checksumming: on
            scatter-gather: off
            tcp segmentation offload: off
            udp fragmentation offload: off
            generic segmentation offload: on
            generic-receive-offload: on
            """;
        (List<OffloadFeature> rows, List<OffloadProblem> problems) = OffloadReading.Text(Old);
        Assert.Empty(problems);
        Assert.Equal(
            ["rx-checksum", "tx-checksumming", "scatter-gather", "tcp-segmentation-offload", "tx-udp-fragmentation",
                "tx-generic-segmentation", "rx-gro"],
            rows.Select(r => r.Name));
        Assert.Equal([false, true, true, true, false, false, false], rows.Select(r => r.IsGroup));

        // That nothing is marked fixed means here that nobody knew.
        Assert.All(rows, r => Assert.Equal((null, null, null), (r.Requested, r.Fixed, r.Available)));
        Assert.Equal([true, true, false, false, false, true, true], rows.Select(r => r.Active));
    }

    [Fact]
    public void PastedTextIsReadThroughItsDecoration()
    {
        const string Pasted = "root@n1:~# ethtool -k eth0.5 \r\n"
            + "> # Features for eth0.5:\r\n> # rx-checksumming: on [fixed]   # verified below\r\n> #\r\n> # "
            + "tx-checksumming: off  -- us\r\n"
            + "> # \ttx-checksum-ip-generic: off [requested on]\r\n> # \ttx-quantum-checksum: on\r\n> # highdma: "
            + "on\r\n\r\n"
            + "[root@n1 ~]$ ethtool -k eth1 | head -2\r\nrx-checksumming: off\r\ntx-checksum-ipv4: on\r\n";
        (List<OffloadFeature> rows, List<OffloadProblem> problems) = OffloadReading.Text(Pasted);
        Assert.Empty(problems);
        Assert.Equal(
            ["eth0.5 rx-checksum: on [fixed]", "eth0.5 tx-checksumming: off",
                "eth0.5 tx-checksum-ip-generic: off [requested on]",
             "eth0.5 tx-quantum-checksum: on", "eth0.5 highdma: on", "eth1 rx-checksum: off",
             "eth1 tx-checksum-ipv4: on"],
            rows.Select(r => $"{r.Interface} {r}"));

        // A feature of a kernel newer than the table goes by where it stands.
        Assert.Equal(("tx-checksumming", null), (rows[3].Group, rows[3].Flag));
        Assert.Null(rows[4].Group);
    }

    [Fact]
    public void DamagedLinesAreNamedAndTheRestIsRead()
    {
        (List<OffloadFeature> rows, List<OffloadProblem> problems) = OffloadReading.Text(
            "Features for eth0:\nrx-checksumming: maybe\ntx-checksum-ipv4: on "
            + "[fixd]\n\x1b[31mwhat\x07ever\ntx-checksum-sctp: off\ntx-che");
        Assert.Equal("tx-checksum-sctp", Assert.Single(rows).Name);
        OffloadProblem problem = Assert.Single(problems);
        Assert.Equal("2 not a row of `ethtool -k` (and 3 more lines): rx-checksumming: maybe",
            $"{problem.Line} {problem.Message}");
    }

    [Fact]
    public void ControlCharactersOfAnInterfaceNameAreEscaped() =>
        Assert.Equal("\\x07[2J",
            Assert.Single(OffloadReading.Text("Features for \x07[2J:\nhighdma: on").Rows).Interface);

    [Fact]
    public void ManyAndLongLinesAreReadInLinearTime()
    {
        // Work that grew with the square of two million would not end.
        const int Many = 2_000_000;
        string hostile = new string('\t', Many) + "x\n" + new string('a', Many) + "\nethtool " + new string('-', Many)
            + "\nrx-all: on " + new string(' ', Many) + "[\n" + string.Concat(Enumerable.Repeat("# ", Many / 2));
        Assert.Empty(OffloadReading.Text(hostile).Rows);
    }

    [Fact]
    public void PublicSamplesOfManyVersionsAreReadWhole()
    {
        foreach (string file in Directory.EnumerateFiles(TestData.Corpus("ethtool"), "??.txt"))
        {
            string text = File.ReadAllText(file);
            (List<OffloadFeature> rows, List<OffloadProblem> problems) = OffloadReading.Text(text);
            Assert.True(problems.Count == 0, $"{file}: {string.Join("; ", problems)}");
            Assert.Equal(
                text.Split('\n')
                    .Count(l => l.Contains(": on", StringComparison.Ordinal)
                        || l.Contains(": off", StringComparison.Ordinal)), rows.Count);
        }
    }

    /// <summary>The row as ethtool prints it, where a group of one goes by the group's name.</summary>
    private static string EthtoolRow(OffloadFeature row)
    {
        OffloadGroup? group = OffloadTable.FindGroup(row.Group ?? "");
        return group?.OnlyMember == row.Name ? (row with { Name = group.Long }).ToString() : row.ToString();
    }
}
