using System.Text.Json;
using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests.Deploy;

/// <summary>The plugin for node-problem-detector, called as its configuration says; and that configuration against what
/// node-problem-detector takes.</summary>
public sealed partial class NodeProblemDetectorTests
{
    private static readonly string s_folder = Repository.PathOf("deploy", "node-problem-detector");

    private static JsonElement Configuration { get; } =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "vxlan-checksum.json"))).RootElement;

    /// <summary>Its docs/custom_plugin_monitor.md, and pkg/custompluginmonitor/types: it ignores what it does not know,
    /// and so would we not notice.</summary>
    [Fact]
    public void The_configuration_is_what_node_problem_detector_takes()
    {
        Assert.Empty(Names(Configuration)
            .Except(["plugin", "pluginConfig", "source", "conditions", "rules", "metricsReporting"]));
        Assert.Equal("custom", Configuration.GetProperty("plugin").GetString());
        Assert.NotEqual("", Configuration.GetProperty("source").GetString());
        JsonElement global = Configuration.GetProperty("pluginConfig");
        Assert.Empty(
            Names(global)
                .Except(["invoke_interval", "timeout", "max_output_length", "concurrency",
                    "enable_message_change_based_condition_update", "skip_initial_status"]));
        int whole = Seconds(global, "timeout");
        Assert.True(Seconds(global, "invoke_interval") > whole);

        Dictionary<string, JsonElement> conditions = Configuration.GetProperty("conditions").EnumerateArray()
            .ToDictionary(static c => c.GetProperty("type").GetString()!);
        Assert.All(conditions.Values, static c => Assert.Empty(Names(c).Except(["type", "reason", "message"])));
        Assert.All(Configuration.GetProperty("rules").EnumerateArray(), rule =>
        {
            Assert.Empty(Names(rule).Except(["type", "condition", "reason", "path", "args", "timeout"]));
            Assert.Equal("permanent", rule.GetProperty("type").GetString());
            Assert.Contains(rule.GetProperty("condition").GetString()!, conditions.Keys);

            // A rule with a timeout greater than that of all is refused at the start.
            Assert.True(Seconds(rule, "timeout") <= whole);

            // Reasons are words that other programs compare: CamelCase.
            Assert.Matches("^[A-Z][A-Za-z]+$", rule.GetProperty("reason").GetString());
        });
    }

    [Fact]
    public async Task A_node_that_spoils_checksums_is_a_problem_and_one_that_does_not_is_none()
    {
        LabNamespace.Require();
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        await PluginSaysAsync(1, "^FaultActive: NatLocalChecksum; cure: UnmarkTunnel", lab, "VxlanChecksumFault");
        await PluginSaysAsync(1, "^FaultActive: ", lab, "VxlanChecksumRisk");

        // Without the tunnel's offload nothing is spoilt, but the rule is there for the next device.
        lab.Node.Run("ethtool", "-K", "vx", "tx-checksum-ip-generic", "off");
        await PluginSaysAsync(0, "^AtRisk: ", lab, "VxlanChecksumFault");
        await PluginSaysAsync(1, "^AtRisk: NatLocalChecksum to expect; cure: UnmarkTunnel", lab, "VxlanChecksumRisk");

        lab.Node.Run("iptables-nft", "-t", "mangle", "-A", "OUTPUT", "-p", "udp", "--dport", "8472", "-j", "MARK",
            "--set-xmark", "0x0/0x4000");
        await PluginSaysAsync(0, "^Healthy: ", lab, "VxlanChecksumFault");
        await PluginSaysAsync(0, "^Healthy: ", lab, "VxlanChecksumRisk");
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_unknown_and_never_well()
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        ShellResult result = await PluginAsync("VxlanChecksumFault",
            "no-such-namespace-of-a-name-that-is-long-enough-to-fill-the-line");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("not diagnosed: ", result.Output, StringComparison.Ordinal);
        Assert.Equal(80, result.Output.TrimEnd('\n').Length);
    }

    private static async Task PluginSaysAsync(int exitCode, string message, FaultLab lab, string condition)
    {
        ShellResult result = await PluginAsync(condition, lab.Node.Name);
        Assert.True(exitCode == result.ExitCode && result.Errors.Length == 0, result.ToString());
        string line = Assert.Single(result.Lines);
        Assert.Matches(message, line);
        Assert.InRange(line.Length, 1,
            Configuration.GetProperty("pluginConfig").GetProperty("max_output_length").GetInt32());
    }

    /// <summary>By the rule's own arguments, with the script's place in the checkout.</summary>
    private static Task<ShellResult> PluginAsync(string condition, string networkNamespace)
    {
        JsonElement rule = Configuration.GetProperty("rules").EnumerateArray()
            .Single(r => r.GetProperty("condition").GetString() == condition);
        string[] arguments = [.. rule.GetProperty("args").EnumerateArray().Select(static a => a.GetString()!)
            .Select(static a => a.StartsWith('/') ? Path.Combine(s_folder, Path.GetFileName(a)) : a)];
        return ShellProcess.RunAsync([.. arguments, "-NetworkNamespace", networkNamespace]);
    }

    private static IEnumerable<string> Names(JsonElement element) =>
        element.EnumerateObject().Select(static p => p.Name);

    private static int Seconds(JsonElement element, string name)
    {
        Match match = Duration().Match(element.GetProperty(name).GetString()!);
        Assert.True(match.Success);
        return int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            * (match.Groups[2].Value == "m" ? 60 : 1);
    }

    [GeneratedRegex("^([0-9]+)([sm])$")]
    private static partial Regex Duration();
}
