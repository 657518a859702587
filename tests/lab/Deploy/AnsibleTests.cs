using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Deploy;

/// <summary>The Ansible module and playbook, run by Ansible itself against the staged fault.</summary>
[Long]
public sealed class AnsibleTests
{
    [Fact]
    public async Task The_playbook_cures_the_fault_once_and_takes_it_back_once()
    {
        AnsibleRun.Require();
        using var lab = new FaultLab("nft");
        lab.Ask().MustFail();
        string before = lab.Snapshot(), report = Path.Combine(FolderOf(lab), "reports", "node.html");

        // What would be done is shown, and not done.
        AnsibleRun checkedOnly = await PlaybookAsync(lab, "mitigated", 1, "--check", "--diff");
        Assert.Contains("+mangle OUTPUT", checkedOnly.Output.Replace("+ ", "+", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Equal(before, lab.Snapshot());
        Assert.False(File.Exists(lab.Journal) || File.Exists(report));

        AnsibleRun applied = await PlaybookAsync(lab, "mitigated", 1, "--diff");
        Assert.Contains("FaultActive (NatLocalChecksum) -> ", applied.Output, StringComparison.Ordinal);
        Assert.Contains(": Healthy", applied.Output, StringComparison.Ordinal);
        lab.Ask(connections: 3).MustBeWell();
        Assert.Contains("Healthy", await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        string between = lab.Snapshot();
        await PlaybookAsync(lab, "mitigated", 0);
        await PlaybookAsync(lab, "absent", 1, "--check");
        Assert.Equal(between, lab.Snapshot());

        await PlaybookAsync(lab, "absent", 1);
        Assert.Equal(before, lab.Snapshot());
        lab.Forget();
        lab.Ask().MustFail();
    }

    [Fact]
    public async Task The_module_answers_with_what_it_did_and_persists_what_it_should()
    {
        AnsibleRun.Require();
        using var lab = new FaultLab("nft");
        string root = Directory.CreateDirectory(Path.Combine(FolderOf(lab), "root")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "etc/systemd/system"));
        var arguments = new Dictionary<string, object>
        {
            ["state"] = "mitigated",
            ["kind"] = "NoTrackTunnel",
            ["network_namespace"] = lab.Node.Name,
            ["journal_path"] = lab.Journal
        };
        JsonElement first = await AnswerAsync(lab, arguments, changed: true);
        Assert.True(first.GetProperty("verified").GetBoolean());
        Assert.NotEmpty(first.GetProperty("commands").EnumerateArray());
        Assert.StartsWith("Undo-ChecksumMitigation -Id ", first.GetProperty("undo_command").GetString(),
            StringComparison.Ordinal);

        // In effect, and yet a file is missing: that is a change, in check mode too.
        arguments["persist_path"] = root;
        JsonElement wouldPersist = await AnswerAsync(lab, arguments, changed: true, "--check");
        Assert.Contains(wouldPersist.GetProperty("commands").EnumerateArray(),
            static c => c.GetString()!.Contains("vxlancsum-NoTrackTunnel.service", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories));
        await AnswerAsync(lab, arguments, changed: true);
        Assert.NotEmpty(Directory.EnumerateFiles(root, "*.service", SearchOption.AllDirectories));
        await AnswerAsync(lab, arguments, changed: false);

        // Both of the same kind go.
        arguments["state"] = "absent";
        JsonElement undone = await AnswerAsync(lab, arguments, changed: true);
        Assert.Equal(2, undone.GetProperty("ids").GetArrayLength());
        Assert.Empty(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories));
        await AnswerAsync(lab, arguments, changed: false);
    }

    [Theory]
    [InlineData("""{"state":"mitigated","kind":"AcceptOnInterface"}""", "MitigationNeedsForce", "breaks other traffic")]
    [InlineData("""{"state":"mitigated","kind":"FelixChecksumOverride"}""", "MitigationNotApplicable",
        "cannot be applied here")]
    [InlineData("""{"state":"mitigated","kind":"UnmarkTunnel","persist":"yes"}""", "PersistenceUnavailable",
        "own network namespace")]
    [InlineData("""{"state":"mended"}""", "ArgumentInvalid", "must be one of: diagnosed, mitigated, absent")]
    [InlineData("""{"kind":"UnmarkTunnel; reboot"}""", "ArgumentInvalid", "must be one of: best, UnmarkTunnel")]
    [InlineData("""{"persist":"perhaps"}""", "ArgumentInvalid", "no boolean")]
    [InlineData("""{"sate":"absent"}""", "ArgumentInvalid", "Unsupported parameters: sate")]
    [InlineData("""{"network_namespace":"$(reboot)"}""", "NetworkNamespaceNotFound", "$(reboot)")]
    public async Task What_cannot_be_done_fails_with_a_reason_and_changes_nothing(string given, string errorId,
        string message)
    {
        LabNamespace.Require();
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        Dictionary<string, object> arguments = new()
        {
            ["network_namespace"] = lab.Node.Name,
            ["journal_path"] = lab.Journal
        };
        foreach (JsonProperty property in JsonDocument.Parse(given).RootElement.EnumerateObject())
        {
            arguments[property.Name] = property.Value;
        }

        // As Ansible would, but faster.
        string file = lab.Journal + ".arguments";
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(arguments), TestContext.Current.CancellationToken);
        ShellResult result = await ShellProcess.RunAsync("-NonInteractive", "-File",
            Repository.PathOf("deploy", "ansible", "library", "vxlan_checksum"), file);
        JsonElement answer = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal((1, ""), (result.ExitCode, result.Errors));
        Assert.True(answer.GetProperty("failed").GetBoolean());
        Assert.Equal(errorId, answer.GetProperty("error_id").GetString());
        Assert.Contains(message, answer.GetProperty("msg").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, lab.Snapshot());
    }

    /// <summary>Where become needs a terminal, Ansible takes one through ssh -tt: what is drawn on it would be part of
    /// the answer.</summary>
    [Fact]
    public async Task On_a_terminal_it_writes_its_answer_alone()
    {
        LabNamespace.Require("script");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        string file = lab.Journal + ".arguments";
        await File.WriteAllTextAsync(file,
            JsonSerializer.Serialize(new { state = "diagnosed", network_namespace = lab.Node.Name }),
            TestContext.Current.CancellationToken);
        await using TerminalProcess terminal = TerminalProcess.Start(
            ["-NonInteractive", "-File", Repository.PathOf("deploy", "ansible", "library", "vxlan_checksum"), file]);
        string output = await terminal.FinishAsync();
        Assert.Equal(('{', "}\r\n"), (output[0], output[^3..]));
        Assert.Equal("FaultActive", JsonDocument.Parse(output).RootElement.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Its_documentation_has_the_arguments_that_it_takes()
    {
        AnsibleRun.Require();
        using TemporaryFolder folder = new();
        JsonElement documented = (await AnsibleRun.DocumentationAsync(folder.Path)).GetProperty("vxlan_checksum")
            .GetProperty("doc").GetProperty("options");
        AnsibleRun refused = await AnsibleRun.ModuleAsync(folder.Path,
            new Dictionary<string, object> { ["nosuch"] = 1 });
        Assert.Equal(2, refused.ExitCode);
        string refusal = refused.Answer().GetProperty("msg").GetString()!;
        string[] taken = refusal.Split("Supported: ")[1].TrimEnd('.').Split(", ");
        Assert.Equal(taken.Order(StringComparer.Ordinal),
            documented.EnumerateObject().Select(static o => o.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["best", .. Enum.GetNames<MitigationKind>()],
            documented.GetProperty("kind").GetProperty("choices").EnumerateArray().Select(static c => c.GetString()!));
    }

    private static async Task<JsonElement> AnswerAsync(FaultLab lab, object arguments, bool changed,
        params string[] switches)
    {
        AnsibleRun run = await AnsibleRun.ModuleAsync(FolderOf(lab), arguments, switches);
        Assert.True(run.ExitCode == 0 && run.Answer().GetProperty("changed").GetBoolean() == changed, run.ToString());
        return run.Answer();
    }

    private static async Task<AnsibleRun> PlaybookAsync(FaultLab lab, string state, int changed,
        params string[] switches)
    {
        string folder = FolderOf(lab);
        Dictionary<string, object> variables = new()
        {
            ["vxlan_checksum_network_namespace"] = lab.Node.Name,
            ["vxlan_checksum_journal_path"] = lab.Journal,
            ["vxlan_checksum_report"] = Path.Combine(folder, "report.html"),
            ["vxlan_checksum_reports"] = Path.Combine(folder, "reports"),
        };
        AnsibleRun run = await AnsibleRun.PlaybookAsync(folder, variables,
            ["-e", $"vxlan_checksum_state={state}", .. switches]);
        Assert.True(run.ExitCode == 0 && run.Changed() == changed, run.ToString());
        return run;
    }

    private static string FolderOf(FaultLab lab) => Path.GetDirectoryName(lab.Journal)!;
}
