using System.Management.Automation;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class KubePostroutingTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string s_g1 = Data("g1.iptables-nft-save.txt");
    private static readonly string s_g2 = Data("g2.iptables-nft-save.txt");

    [Fact]
    public void Lines_whole_text_and_files_give_the_same_rules()
    {
        string[] expected = Texts(engine.Run("Get-KubePostroutingRule -Path $args[0]", s_g2));
        Assert.Equal(4, expected.Length);
        string text = File.ReadAllText(s_g2);
        Assert.Equal(expected, Texts(engine.Run("$args[0] | Get-KubePostroutingRule", text)));
        Assert.Equal(expected, Texts(engine.Run("$args[0] -split \"`n\" | Get-KubePostroutingRule", text)));
        Assert.Equal(expected, Texts(engine.Run("Get-KubePostroutingRule -InputObject $args[0]", text)));
        Assert.Equal(expected,
            Texts(engine.Run("[pscustomobject]@{ PSPath = $args[0] } | Get-KubePostroutingRule", s_g2)));
    }

    [Fact]
    public void Rules_come_in_walk_order_with_the_mark_decoded()
    {
        SessionResult result = engine.Run("Get-KubePostroutingRule -Path $args[0]", s_g2);
        Assert.Equal(["POSTROUTING", "KUBE-POSTROUTING", "KUBE-POSTROUTING", "KUBE-POSTROUTING"],
            result.Property("Chain").Cast<string>());
        Assert.Equal([1, 1, 2, 3], result.Property("Number").Cast<int>());
        Assert.Equal(["KUBE-POSTROUTING", "RETURN", "MARK", "MASQUERADE"], result.Property("Target").Cast<string>());
        Assert.Equal("xor 0x4000", result.Output[2].Properties["MarkOperation"].Value.ToString());
        Assert.Equal("! 0x4000/0x4000", result.Output[1].Properties["Mark"].Value.ToString());
        Assert.Equal(["Other", "G2", "G2", "G2"], result.Property("Generation").Select(static g => g!.ToString()));
        Assert.Equal(true, result.Output[3].Properties["RandomFully"].Value);
        Assert.Contains("VxlanCsum.NetfilterRule", result.Output[0].TypeNames);
    }

    [Theory]
    [InlineData("g2.iptables-nft-save.txt")]
    [InlineData("nft-gen2.nft.txt")]
    public void People_see_the_public_properties_and_no_others(string file)
    {
        const string script = """
            $public = [VxlanCsum.NetfilterRule].GetProperties() | ForEach-Object Name
            (Get-KubePostroutingRule -Path $args[0])[0].PSObject.Properties | ForEach-Object Name | Where-Object { $_ -notin $public }
            """;
        Assert.Empty(engine.Run(script, Data(file)).Values);
    }

    [Fact]
    public void Chains_tables_families_and_all_select()
    {
        Assert.Equal(["MARK"],
            engine.Run("Get-KubePostroutingRule KUBE-MARK-* -Path $args[0]", s_g2).Property("Target").Cast<string>());
        Assert.Equal(11, engine.Run("Get-KubePostroutingRule -All -Path $args[0]", s_g2).Values.Count);
        Assert.Equal(11, engine.Run("Get-KubePostroutingRule -Table nat -Path $args[0]", s_g2).Values.Count);
        Assert.Empty(engine.Run("Get-KubePostroutingRule -Table mangle -Path $args[0]", s_g2).Values);
        Assert.Empty(engine.Run("Get-KubePostroutingRule -Family IPv6 -Path $args[0]", s_g2).Values);
        Assert.Equal(6,
            engine.Run("Get-KubePostroutingRule -Path $args[0]", Data("both-stale-legacy.txt")).Values.Count);
        Assert.Equal("raw",
            engine.Run("'-A OUTPUT -j ACCEPT' | Get-KubePostroutingRule -Table raw").OnlyOutput.Properties["Table"].Value);
    }

    [Fact]
    public void What_cannot_be_read_is_an_error_and_the_rest_is_read()
    {
        SessionResult result = engine.Run(
            "\"*nat`n:POSTROUTING ACCEPT [0:0]`nnonsense`n-A POSTROUTING -j MASQUERADE`n-A POSTROUTING -j GONE-1\" | "
            + "Get-KubePostroutingRule");
        Assert.Equal(["RuleLineUnreadable", "RulesetIncomplete", "RuleChainMissing"], result.ErrorIds);
        Assert.Equal(2, result.Output.Count);
        Assert.Contains("line 3", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("nonsense", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.NotEmpty(result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Equal("text", result.Errors[0].TargetObject);

        result = engine.Run("Get-KubePostroutingRule -Path /no/such/file, $args[0]", s_g2);
        Assert.Equal(["TextFileNotFound"], result.ErrorIds);
        Assert.Equal(4, result.Output.Count);
        Assert.Equal(["TextFileUnreadable"],
            engine.Run("Get-KubePostroutingRule -LiteralPath $args[0]", Repository.Root).ErrorIds);
    }

    [Fact]
    public void A_loop_of_jumps_is_named()
    {
        const string Loop =
            "*nat`n:POSTROUTING ACCEPT [0:0]`n:A - [0:0]`n-A POSTROUTING -j A`n-A A -j POSTROUTING`nCOMMIT";
        Assert.Equal(["RuleJumpLoop"], engine.Run($"\"{Loop}\" | Get-KubePostroutingRule").ErrorIds);
        Assert.Equal("Undecided",
            engine.Run($"\"{Loop}\" | Trace-KubePostrouting").OnlyOutput.Properties["Verdict"].Value.ToString());
    }

    [Theory]
    [InlineData("g0", "Safe")]
    [InlineData("g1", "DoubleSnatWithRandomPort")]
    [InlineData("g2", "Safe")]
    [InlineData("stale-g1-before-g2", "DoubleSnatWithRandomPort")]
    [InlineData("fix-notrack", "Safe")]
    public void A_trace_says_what_becomes_of_the_tunnel_packet(string scenario, string verdict)
    {
        PSObject trace = engine.Run("Trace-KubePostrouting -Path $args[0]",
            Data($"{scenario}.iptables-legacy-save.txt")).OnlyOutput;
        Assert.Equal(verdict, trace.Properties["Verdict"].Value.ToString());
        Assert.Equal(verdict == "Safe", trace.Properties["OffendingRule"].Value is null);
        Assert.NotEmpty((string)trace.Properties["Explanation"].Value);
        Assert.NotEmpty((string)trace.Properties["Walk"].Value);
    }

    [Fact]
    public void Rules_from_the_pipeline_are_walked_with_all_that_was_read_with_them()
    {
        // What NOTRACK does stands in raw OUTPUT, which Get-KubePostroutingRule does not give out by default.
        string cured = Data("fix-notrack.iptables-nft-save.txt");
        Assert.Equal("Safe",
            engine.Run("Get-KubePostroutingRule -Path $args[0] | Trace-KubePostrouting",
                cured).OnlyOutput.Properties["Verdict"].Value.ToString());
        Assert.Equal(2,
            engine.Run("Get-KubePostroutingRule -LiteralPath $args[0] | Trace-KubePostrouting; "
                + "Get-KubePostroutingRule -LiteralPath $args[1] | Trace-KubePostrouting", s_g1, s_g2).Values.Count);
        Assert.Equal(["RulesetPartial"],
            engine.Run("Get-KubePostroutingRule KUBE-POSTROUTING -Path $args[0] | Trace-KubePostrouting",
                cured).ErrorIds);
    }

    [Fact]
    public void The_packet_can_be_described()
    {
        object Verdict(string parameters) =>
            engine.Run($"Trace-KubePostrouting -Path $args[0] {parameters}",
                s_g1).OnlyOutput.Properties["Verdict"].Value.ToString()!;
        Assert.Equal("DoubleSnatWithRandomPort",
            Verdict("-DestinationAddress 10.96.0.10 -Protocol udp -DestinationPort 53"));
        Assert.Equal("Safe", Verdict("-DestinationAddress 10.96.0.10 -Protocol udp -DestinationPort 5353"));
        Assert.Equal("DoubleSnatWithRandomPort",
            Verdict("-Encapsulated -Mark 0x4000 -OutInterface eth0 -Protocol udp -DestinationPort 8472"));
        Assert.Equal("Safe", Verdict("-Encapsulated -Mark 0"));
        Assert.Equal("Safe", Verdict("-Encapsulated -State UNTRACKED"));
        Assert.Equal("Undecided", Verdict("-Encapsulated -State ESTABLISHED"));
        Assert.Equal(["ProtocolUnknown"],
            engine.Run("Trace-KubePostrouting -Path $args[0] -Protocol nonsense", s_g1).ErrorIds);

        object both =
            engine.Run("Trace-KubePostrouting -Path $args[0]",
                Data("both-stale-legacy.txt")).OnlyOutput.Properties["Verdict"].Value;
        object ordered =
            engine.Run("Trace-KubePostrouting -Path $args[0] -BackendOrder IptablesNft, IptablesLegacy",
                Data("both-stale-legacy.txt")).OnlyOutput.Properties["Verdict"].Value;
        Assert.Equal(("Undecided", "Safe"), (both.ToString(), ordered.ToString()));
    }

    [Fact]
    public void Ipv6_is_walked_where_only_ipv6_has_rules()
    {
        PSObject trace = engine.Run("Trace-KubePostrouting -Path $args[0]",
            Data("g1.ip6tables-nft-save.txt")).OnlyOutput;
        Assert.Equal(("IPv6", "DoubleSnatWithRandomPort"),
            (trace.Properties["Family"].Value.ToString(), trace.Properties["Verdict"].Value.ToString()));
    }

    [Theory]
    [InlineData("Get-KubePostroutingRule -Chain KUBE-P", "KUBE-POSTROUTING")]
    [InlineData("Get-KubePostroutingRule -Table ma", "mangle")]
    [InlineData("Get-KubePostroutingRule -Backend IptablesL", "IptablesLegacy")]
    [InlineData("Trace-KubePostrouting -Protocol u", "udp")]
    [InlineData("Trace-KubePostrouting -State EST", "ESTABLISHED")]
    public void Arguments_are_completed(string line, string expected) => Assert.Contains(expected, Completions(line));

    [Fact]
    public void Chains_of_the_file_on_the_command_line_are_completed() =>
        Assert.Contains("cali-fip-snat",
            Completions(
                $"Get-KubePostroutingRule -Path '{Data("calico-after-g2.iptables-nft-save.txt")}' -Chain cali-f"));

    [Fact]
    public async Task The_views_show_the_mark_and_the_walk()
    {
        ShellResult rules = await ShellProcess.RunAsync("-NoLogo", "-Command",
            $"Get-KubePostroutingRule -Path '{s_g2}'");
        Assert.Equal(0, rules.ExitCode);
        Assert.Contains("IptablesNft IPv4 nat", rules.Output, StringComparison.Ordinal);
        Assert.Contains("xor 0x4000", rules.Output, StringComparison.Ordinal);
        ShellResult trace = await ShellProcess.RunAsync("-NoLogo", "-Command", $"Trace-KubePostrouting -Path '{s_g1}'");
        Assert.Contains("DoubleSnatWithRandomPort", trace.Output, StringComparison.Ordinal);
        Assert.Contains("service packet: mark 0x4000", trace.Output, StringComparison.Ordinal);
    }

    private static string Data(string file) => Repository.Data("rules", file);

    private static string[] Texts(SessionResult result) => [.. result.Property("Text").Cast<string>()];

    private string[] Completions(string line) =>
        [.. engine.Run(
            "[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, "
            + "$null).CompletionMatches", line).Property("ListItemText").Cast<string>()];
}
