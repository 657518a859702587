using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class OffloadFeatureTextTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string s_text = Repository.Data("ethtool", "vxlan-tx-off.txt");
    private static readonly string s_json = Repository.Data("ethtool", "vxlan-tx-off.json");

    [Fact]
    public void Lines_whole_text_and_files_give_the_same()
    {
        string[] expected = Names(engine.Run("Get-OffloadFeature -Path $args[0]", s_text));
        Assert.True(expected.Length > 50);
        string text = File.ReadAllText(s_text);
        Assert.Equal(expected, Names(engine.Run("$args[0] | Get-OffloadFeature", text)));
        Assert.Equal(expected, Names(engine.Run("$args[0] -split \"`n\" | Get-OffloadFeature", text)));
        Assert.Equal(expected, Names(engine.Run("Get-OffloadFeature -InputObject $args[0]", text)));
        Assert.Equal(expected, Names(engine.Run("Get-OffloadFeature -LiteralPath $args[0]", s_text)));
        Assert.Equal(expected,
            Names(engine.Run(
                "[System.IO.FileInfo]$args[0] | ForEach-Object { [pscustomobject]@{ PSPath = $_.FullName; Name = "
                + "$_.Name } } | Get-OffloadFeature", s_text)));
    }

    [Fact]
    public void Json_gives_the_same_rows_line_by_line_or_whole()
    {
        string[] expected = Names(engine.Run("Get-OffloadFeature -Path $args[0] -IncludeGroup", s_text));
        string json = File.ReadAllText(s_json);
        Assert.Equal(expected, Names(engine.Run("$args[0] | Get-OffloadFeature -IncludeGroup", json)));
        Assert.Equal(expected, Names(engine.Run("$args[0] -split \"`n\" | Get-OffloadFeature -IncludeGroup", json)));
    }

    [Fact]
    public void Names_groups_wildcards_and_checksum_select()
    {
        Assert.Equal(["rx-checksum"], Names(engine.Run("Get-OffloadFeature -Path $args[0] -Name rx", s_text)));
        Assert.Equal(5, engine.Run("Get-OffloadFeature -Path $args[0] -Name tx-checksumming", s_text).Values.Count);
        Assert.Equal(6, engine.Run("Get-OffloadFeature -Path $args[0] -Name tx -IncludeGroup", s_text).Values.Count);
        Assert.Equal(["tx-checksum-sctp"],
            Names(engine.Run("Get-OffloadFeature -Path $args[0] -Name *SCTP -Checksum", s_text)));
        Assert.Equal(["OffloadFeatureNotFound"],
            engine.Run("Get-OffloadFeature -Path $args[0] -Name nothing, rx", s_text).ErrorIds);
    }

    [Fact]
    public void A_damaged_line_is_an_error_with_its_place_and_the_rest_is_read()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "Features for eth0:\nrx-checksumming: perhaps\ntx-checksum-ipv4: on\n");
            SessionResult result = engine.Run("Get-OffloadFeature -Path $args[0]", file);
            Assert.Equal(["OffloadTextMalformed"], result.ErrorIds);
            Assert.Contains($"{file}: line 2:", result.Errors[0].Exception.Message, StringComparison.Ordinal);
            Assert.Equal(["tx-checksum-ipv4"], result.Output.Select(o => o.Properties["Name"].Value));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Files_that_are_not_there_or_no_files_are_errors_and_the_others_are_read()
    {
        SessionResult result = engine.Run("Get-OffloadFeature -Path /no/such/file, $args[0], $args[1] -Name rx",
            Repository.Root, s_text);
        Assert.Equal(["TextFileNotFound", "TextFileUnreadable"], result.ErrorIds);
        Assert.Equal(["vx0"], result.Output.Select(o => o.Properties["Interface"].Value));
    }

    [Fact]
    public void Completion_offers_features_and_groups_with_tooltips()
    {
        SessionResult result = engine.Run("(TabExpansion2 $args[0] $args[0].Length).CompletionMatches",
            "Get-OffloadFeature -Name tx-checksum");
        Assert.Equal("tx-checksumming", result.Property("CompletionText")[0]);
        Assert.Contains(result.Property("ToolTip"),
            t => ((string)t!).Contains("NETIF_F_HW_CSUM", StringComparison.Ordinal));
    }

    private static string[] Names(SessionResult result) => [.. result.Property("Name").Cast<string>()];
}
