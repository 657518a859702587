using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

/// <summary>Results that come from a job, a remote node or a file compare as those of this session do.</summary>
public sealed class SerialisationTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void Every_enumeration_crosses_as_its_name_at_any_depth()
    {
        const string script = """
            $s = [System.Management.Automation.PSSerializer]
            $known = @{}
            foreach ($assembly in [VxlanCsum.PacketChecksum].Assembly, [VxlanCsum.ModuleLoader].Assembly) {
                foreach ($type in $assembly.GetExportedTypes()) {
                    if (-not $type.IsEnum) { continue }
                    foreach ($value in [System.Enum]::GetValues($type)) {
                        $copy = $s::Deserialize($s::Serialize([pscustomobject]@{ Of = [pscustomobject]@{ Value = $value } }, 3)).Of.Value
                        if ($copy -isnot [string] -or $copy -ne "$value") { "$type is missing in VxlanCsum.Types.ps1xml" }
                    }
                    $known[$type.Name] = $true
                }
            }
            if ($known.Count -lt 30) { "only $($known.Count) enumerations" }
            """;
        Assert.Empty(engine.Run(script).Values.Distinct());
    }

    [Theory]
    [InlineData("Test-VxlanChecksum $args[0]", "captures/udpcsum-on-random.pcap", "Cause", "NatLocalChecksum")]
    [InlineData("Read-PcapChecksum $args[0] -Status Bad", "captures/udpcsum-on-random.pcap", "Status", "Bad")]
    [InlineData("Trace-KubePostrouting -Path $args[0]", "rules/g1.iptables-legacy-save.txt", "Verdict",
        "DoubleSnatWithRandomPort")]
    public void Where_Object_finds_in_what_crossed_what_it_finds_here(string script, string data, string property,
        string value)
    {
        string find = $$"""
            $found = {{script}}
            $s = [System.Management.Automation.PSSerializer]
            $copies = $found | ForEach-Object { $s::Deserialize($s::Serialize($_, 1)) }
            @($found | Where-Object {{property}} -EQ {{value}}).Count
            @($copies | Where-Object {{property}} -EQ {{value}}).Count
            """;
        IReadOnlyList<object> counts = engine.Run(find, Repository.Data(data)).Values;
        Assert.True((int)counts[0] > 0);
        Assert.Equal(counts[0], counts[1]);
    }
}
