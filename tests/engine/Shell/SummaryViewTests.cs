using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>A capture's summary as people see it.</summary>
public sealed class SummaryViewTests
{
    private const string Lines =
        "Packets       : 21 (2,682 bytes in 00:00:05.1436560)\n"
        + "Verdicts      : Good 14, Bad 7\n"
        + "Causes        : NatLocalChecksum 7\n"
        + "Checksums     : IPv4 Good 28\n"
        + "                Tcp Good 3\n"
        + "                Udp Good 18\n"
        + "                Udp Bad (NatLocalChecksum) 7\n"
        + "                IcmpV6 Good 12\n"
        + "Tunnels       : Vxlan 4096: 21 packets, 7 faulty\n"
        + "FaultyTalkers : 10.0.10.14 -> 10.0.10.10: 7\n\n";

    private static readonly string s_fault = Repository.Data("captures", "udpcsum-on-random.pcap");

    [Fact]
    public async Task A_fault_is_seen_at_once()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", $"Measure-PcapChecksum '{s_fault}'");
        // The path may be longer than a line.
        Assert.StartsWith("\nPath          : ", result.Output, StringComparison.Ordinal);
        Assert.EndsWith($"\n{Lines}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdicts_have_their_colours_where_they_are_shown()
    {
        ShellResult result = await ShellProcess.RunAsync("-c",
            $"$PSStyle.OutputRendering = 'Ansi'; Measure-PcapChecksum '{s_fault}'");
        Assert.Contains("\e[32mGood 14\e[0m, \e[91mBad 7\e[0m\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_capture_says_so_and_what_is_not_there_is_not_shown()
    {
        using TemporaryFolder folder = new();
        string cut = Path.Combine(folder.Path, "cut.pcap");
        await File.WriteAllBytesAsync(cut,
            (await File.ReadAllBytesAsync(s_fault, TestContext.Current.CancellationToken))[..30],
            TestContext.Current.CancellationToken);
        ShellResult result = await ShellProcess.RunAsync("-c", $"Measure-PcapChecksum '{cut}' 2>$null");
        Assert.Contains("Packets   : 0 (0 bytes in 00:00:00); incomplete: the capture is damaged\n", result.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Tunnels", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("FaultyTalkers", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Dropped", result.Output, StringComparison.Ordinal);
    }
}
