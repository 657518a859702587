using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>What stands in the cells of views.</summary>
public sealed partial class ViewCellTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string s_views = File.ReadAllText(Repository.PathOf("VxlanCsum.Format.ps1xml"));

    [Theory]
    [InlineData("Test-VxlanChecksum", "captures/b-addr-port-kept.pcap", "Table", "10.0.10.14")]
    [InlineData("Test-VxlanChecksum", "captures/b-addr-port-kept.pcap", "List", "> 99.99 %")]
    [InlineData("Test-VxlanChecksum", "captures/snat-truncated.pcap", "Table", "SNAT suspected")]
    [InlineData("Read-PcapChecksum", "captures/b-addr-port-kept.pcap", "Table", "Udp 0x1d9e -> 0x1d20 Nat")]
    [InlineData("Read-PcapChecksum", "captures/sender-udpcsum-uplink.pcap", "List", "Partial")]
    [InlineData("Measure-PcapChecksum", "captures/b-addr-port-kept.pcap", "List", "10.0.10.77 -> 10.0.10.10: 7")]
    [InlineData("Trace-KubePostrouting -Path", "rules/stale-g1-before-g2.iptables-nft-save.txt", "List", "rule 1:")]
    [InlineData("Get-KubePostroutingRule -Path", "rules/stale-g1-before-g2.iptables-nft-save.txt", "Table", " G1 ")]
    [InlineData("Get-KubeNodeRisk -Path", "clusters/upgrading.json", "Table", "Likely")]
    [InlineData("Get-KubeNodeRisk -Path", "clusters/upgrading.json", "List", "Possible")]
    [InlineData("Get-ChecksumDiagnosis -FromPath", "diagnoses/fault", "Custom", "For good")]
    public async Task What_comes_back_from_a_file_or_a_job_looks_the_same(string command, string path, string view,
        string shown)
    {
        ShellResult result = await ShellProcess.RunAsync("-c", $"Set-Location '{Repository.Root}'; "
            + $"$PSStyle.OutputRendering = 'Ansi'; $all = @({command} 'tests/data/{path}'); "
            + "$back = $all | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize("
            + "[Management.Automation.PSSerializer]::Serialize($_, 2)) }; "
            + $"$all, $back | ForEach-Object {{ $_ | Format-{view} | Out-String -Width 120; '====' }}");
        string[] texts = result.Output.Split("====\n");
        Assert.Contains(shown, Escapes().Replace(texts[0], ""), StringComparison.Ordinal);
        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public void Every_cell_that_a_view_names_is_there()
    {
        string[] named = [.. Cells().Matches(s_views).Select(static m => m.Groups[1].Value).Distinct()];
        Assert.True(named.Length > 20);
        Assert.Equal(string.Join(' ', named.Order(StringComparer.Ordinal)), engine.Run(
            "[VxlanCsum.ViewCell]::Names -join ' '").Values.Single());
        Assert.Equal(["ArgumentOutOfRangeException"], engine.Run("[VxlanCsum.ViewCell]::Text(1, 'Nothing')").ErrorIds);
    }

    [Theory]
    [InlineData(3, 9999, "3/9999")]
    [InlineData(10_000, 999_949, "10k/999.9k")]
    [InlineData(1_000_000, 1_549_999, "1M/1.5M")]
    [InlineData(0, 2_340_000_000, "0/2.3G")]
    public void Large_counts_are_rounded(long bad, long packets, string text) =>
        Assert.Equal(text, Cell("BadOfAll", $"@{{ BadPackets = {bad}; Packets = {packets} }}"));

    [Theory]
    [InlineData("1.0", "100 %", "100 %")]
    [InlineData("0.99995", ">99.99 %", "> 99.99 %")]
    [InlineData("0.9999", "99.99 %", "99.99 %")]
    [InlineData("0.5", "50 %", "50 %")]
    public void What_is_not_certain_is_not_rounded_to_it(string confidence, string cell, string line)
    {
        string result = $"@{{ Confidence = {confidence} }}";
        Assert.Equal(cell, Cell("Sure", result));
        Assert.Equal(line, Cell("Confidence", result));
    }

    [Theory]
    [InlineData("ImpliedOriginalPort = @(1, 2, 3)", "1 2\n3")]
    [InlineData("ImpliedOriginalPort = 1..12", "1 2\n3 4\n5 6\n7 8\n9 10\n11 12")]
    [InlineData("ImpliedOriginalPort = 1..14; OuterSnatSuspected = $true",
        "1 2\n3 4\n5 6\n7 8\n9 10\n11 12\n2 more")]
    [InlineData("ImpliedOriginalPort = @(); OuterSnatSuspected = $true", "SNAT suspected")]
    [InlineData("ImpliedOriginalPort = @(); OuterSnatSuspected = $false", "")]
    [InlineData("ImpliedOriginalPort = @(7); ImpliedOriginalAddress = [ipaddress]'10.0.0.1'", "10.0.0.1\n7")]
    public void Original_ports_stand_two_in_a_line(string result, string text) =>
        Assert.Equal(text, Cell("OriginalPort", $"@{{ {result} }}"));

    [Fact]
    public void Views_that_people_see_first_run_no_pipeline()
    {
        Assert.DoesNotContain("Where-Object", s_views, StringComparison.Ordinal);
        string[] views = ["VxlanChecksumResult", "PacketChecksum", "NodeRisk", "NetfilterRule", "RuleTrace"];
        foreach (string view in views)
        {
            int start = s_views.IndexOf($"<Name>VxlanCsum.{view}</Name>", StringComparison.Ordinal);
            Assert.True(start > 0);
            Assert.All(Scripts().Matches(s_views[start..s_views.IndexOf("</View>", start, StringComparison.Ordinal)]),
                static m => Assert.StartsWith("[VxlanCsum.ViewCell]::Text($_, '", m.Groups[1].Value,
                    StringComparison.Ordinal));
        }
    }

    private string Cell(string cell, string item) => (string)engine.Run(
        $"$PSStyle.OutputRendering = 'PlainText'; [VxlanCsum.ViewCell]::Text([pscustomobject]({item}), '{cell}')")
        .Values.Single();

    [GeneratedRegex(@"\[VxlanCsum\.ViewCell\]::Text\(\$_, '(\w+)'\)")]
    private static partial Regex Cells();

    [GeneratedRegex("<ScriptBlock>(.*?)</ScriptBlock>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Escapes();
}
