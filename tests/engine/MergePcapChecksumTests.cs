using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class MergePcapChecksumTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string s_captures = Repository.Data("captures") + "/*.pcap";

    [Fact]
    public void Live_and_serialised_summaries_add_up_alike()
    {
        SessionResult result = engine.Run("""
            param($path)
            $parts = Measure-PcapChecksum $path
            $parts | Merge-PcapChecksum
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($parts, 3)) | Merge-PcapChecksum
            Merge-PcapChecksum 'all of them' -InputObject $parts
            ($parts | ForEach-Object Packets | ForEach-Object { $n = 0 } { $n += $_ } { $n })
            """, s_captures).Succeeded();
        Assert.Equal(4, result.Output.Count);
        Assert.Equal(Show(result, 0), Show(result, 1));
        Assert.Equal(result.Output[3].BaseObject, Convert.ToInt64(result.Output[0].Properties["Packets"].Value, null));
        Assert.Matches("^[0-9]+ captures$", (string)result.Output[0].Properties["Path"].Value);
        Assert.Equal("all of them", result.Output[2].Properties["Path"].Value);
        Assert.Equal(["VxlanCsum.CaptureSummary"], result.Output.Take(3).Select(static o => o.TypeNames[0]).Distinct());
    }

    [Fact]
    public void Its_lists_can_be_indexed() =>
        Assert.StartsWith("IPv4",
            (string)engine.Run("[string] (Measure-PcapChecksum $args[0] | Merge-PcapChecksum).Checksums[0]",
                Repository.Data("captures", "udpcsum-on-random.pcap")).OnlyOutput.BaseObject, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_summary_or_not_a_whole_one_is_told_and_the_rest_adds_up()
    {
        SessionResult result = engine.Run("""
            param($path)
            $one = Measure-PcapChecksum $path
            $shallow = [pscustomobject] @{ PSTypeName = 'Deserialized.VxlanCsum.CaptureSummary'; Path = 'x';
                Packets = 1; Bytes = 1; CapturedBytes = 1; Good = 1;
                NotPresent = 0; Partial = 0; Unverified = 0; Illegal = 0; Bad = 0; Complete = $true; Checksums = @('Udp Good 1') }
            $null, 'text', $one, $shallow, $one | Merge-PcapChecksum
            """, Repository.Data("captures", "udpcsum-on-random.pcap"));
        Assert.Equal(["SummaryExpected", "SummaryIncomplete"], result.ErrorIds);
        Assert.Contains("Protocol is missing", result.Errors[1].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("given twice", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(21L, Assert.Single(result.Output).Properties["Packets"].Value);
        Assert.Empty(engine.Run("@() | Merge-PcapChecksum").Succeeded().Output);
    }

    private static string Show(SessionResult result, int index) =>
        string.Join('\n',
            result.Output[index].Properties.Select(
                static p => $"{p.Name}: {(p.Value is System.Collections.IEnumerable list and not string ? string.Join(", ", list.Cast<object>()) : p.Value)}"));
}
