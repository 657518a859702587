using System.Diagnostics;
using System.Globalization;
using VxlanCsum.EngineTests.Hosting;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>deploy/kubernetes: what the manifests say of themselves holds, and their containers' arguments are run by
/// the vxlancsum that the image has.</summary>
public sealed class KubeManifestTests
{
    private static readonly KubeManifest s_job = new("capture-job.yaml");

    // Rendered by kubectl, which may not be there: then the tests of it are skipped, and not all.
    private static KubeManifest Metrics => new("base");

    public static TheoryData<string> Files => ["base", "capture-job.yaml"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Names_fit_together_and_nothing_is_given_that_is_not_needed(string file)
    {
        KubeManifest manifest = new(file);
        Dictionary<string, YamlMappingNode> volumes = ((YamlSequenceNode)manifest.Pod["volumes"]).ToDictionary(
            static v => KubeManifest.Text(v["name"]), static v => (YamlMappingNode)v);
        Assert.Equal(volumes.Keys.Order(StringComparer.Ordinal), manifest.Mounts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(KubeManifest.Text(manifest.Scripts["metadata"]["name"]),
            KubeManifest.Text(volumes["scripts"]["configMap"]["name"]));
        string script = Assert.Single(manifest.Arguments, static a => a.EndsWith(".ps1", StringComparison.Ordinal));
        Assert.Equal(manifest.Mounts["scripts"], Path.GetDirectoryName(script));
        Assert.Equal([Path.GetFileName(script)],
            ((YamlMappingNode)manifest.Scripts["data"]).Children.Keys.Select(KubeManifest.Text));
        Assert.Equal("false", KubeManifest.Text(manifest.Pod["automountServiceAccountToken"]));
        YamlNode security = manifest.Container["securityContext"];
        Assert.Equal("false", KubeManifest.Text(security["allowPrivilegeEscalation"]));
        Assert.Equal("true", KubeManifest.Text(security["readOnlyRootFilesystem"]));
        Assert.Equal(["ALL"], Texts(security["capabilities"]["drop"]));
        Assert.False(((YamlMappingNode)manifest.Pod).Children.ContainsKey("hostPID"));
    }

    [Fact]
    public void The_DaemonSet_is_on_every_Linux_node_with_two_capabilities()
    {
        Assert.Equal(("apps/v1", "DaemonSet"),
            (KubeManifest.Text(Metrics.Workload["apiVersion"]), KubeManifest.Text(Metrics.Workload["kind"])));
        Assert.Equal("true", KubeManifest.Text(Metrics.Pod["hostNetwork"]));
        Assert.Equal(["NET_ADMIN", "NET_RAW"], Texts(Metrics.Container["securityContext"]["capabilities"]["add"]));
        Assert.Equal(
            KubeManifest.Text(Metrics.Workload["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"]),
            KubeManifest.Text(Metrics.Workload["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]));
        Assert.Equal("linux", KubeManifest.Text(Metrics.Pod["nodeSelector"]["kubernetes.io/os"]));
    }

    [Fact]
    public void The_Job_is_indexed_and_its_shards_are_its_completions()
    {
        Assert.Equal(("batch/v1", "Job"),
            (KubeManifest.Text(s_job.Workload["apiVersion"]), KubeManifest.Text(s_job.Workload["kind"])));
        Assert.Equal("Indexed", KubeManifest.Text(s_job.Workload["spec"]["completionMode"]));
        Assert.Equal(KubeManifest.Text(s_job.Workload["spec"]["completions"]), s_job.Environment["SHARDS"]);
        Assert.Equal("Never", KubeManifest.Text(s_job.Pod["restartPolicy"]));
        Assert.Equal("true", KubeManifest.Text(s_job.Pod["securityContext"]["runAsNonRoot"]));
    }

    [Fact]
    public async Task The_DaemonSets_container_writeMetrics_again_and_again_until_it_is_ended()
    {
        using TemporaryFolder folder = new();
        string[] arguments = Metrics.ArgumentsIn(folder);
        arguments[Array.IndexOf(arguments, "-Seconds") + 1] = "0.1";
        string file = Path.Combine(folder.Path, "textfiles", "vxlancsum.prom");

        // What an agent leaves that is killed while it writes, and what only looks like it.
        folder.Write("textfiles/.vxlancsum.prom.0123456789abcdef0123456789abcdef.tmp", "#");
        string others = folder.Write("textfiles/.vxlancsum.prom.mine.tmp", "");
        Assert.Equal(2, Directory.EnumerateFiles(Path.GetDirectoryName(file)!).Count());
        using Process process = ShellProcess.Start(arguments,
            new Dictionary<string, string?>(Metrics.Environment) { ["NODE_NAME"] = "node-7" });
        process.StandardInput.Close();
        string first = await WaitForAsync(process, () => File.Exists(file) ? File.ReadAllText(file) : null);
        Assert.Contains("vxlancsum_report_level ", first, StringComparison.Ordinal);
        Assert.Contains("node=\"node-7\"", first, StringComparison.Ordinal);
        string second = await WaitForAsync(process,
            () => File.Exists(file) && File.ReadAllText(file) is { } text && text != first ? text : null);
        Assert.Contains("vxlancsum_report_timestamp_seconds ", second, StringComparison.Ordinal);

        // As a kubelet ends a pod.
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        ShellResult result = await ShellProcess.FinishAsync(process);
        Assert.Equal("", result.Errors);
        Assert.Equal([others, file], Directory.EnumerateFiles(Path.GetDirectoryName(file)!)
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_DaemonSets_capabilities_suffice_and_are_needed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to give capabilities away");
        string given = string.Join(",",
            Texts(Metrics.Container["securityContext"]["capabilities"]["add"])
                .Select(static c => "+" + c.ToLowerInvariant()));
        Assert.Equal("", (await RunAsync("-all," + given)).Errors);
        Assert.Contains("capability", (await RunAsync("-all")).Errors, StringComparison.Ordinal);

        static async Task<ShellResult> RunAsync(string capabilities)
        {
            // What of the diagnosis needs rights: the rules of every engine.
            ProcessStartInfo start = new("unshare",
                ["--net", "setpriv", "--bounding-set", capabilities, "--inh-caps", "-all", ShellProcess.Executable,
                    "-c", "$null = Get-KubePostroutingRule; $null = Get-OffloadFeature; $null = "
                        + "Get-ChecksumErrorCounter"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return await ShellProcess.FinishAsync(process);
        }
    }

    [Fact]
    public async Task The_Jobs_shards_add_up_to_what_one_measures()
    {
        using TemporaryFolder folder = new();
        string[] arguments = s_job.ArgumentsIn(folder);
        string captures = Path.Combine(folder.Path, "captures");
        foreach (string file in Directory.EnumerateFiles(Repository.Data("captures"), "*.pcap*")
            .Order(StringComparer.Ordinal))
        {
            File.Copy(file, Path.Combine(captures, Path.GetFileName(file)));
        }

        int shards = int.Parse(s_job.Environment["SHARDS"]!, CultureInfo.InvariantCulture);
        Dictionary<string, string?> environment = new(s_job.Environment) { ["RUN"] = "run-1" };
        string report = Path.Combine(folder.Path, "results", "run-1", "report.md");
        ShellResult last = null!;
        foreach (int index in Enumerable.Range(0, shards).Reverse())
        {
            Assert.False(File.Exists(report));
            last = await ShellProcess.RunAsync(arguments, null,
                new Dictionary<string, string?>(
                    environment)
                { ["JOB_COMPLETION_INDEX"] = index.ToString(CultureInfo.InvariantCulture) });
            Assert.Equal(("", 0), (last.Errors, last.ExitCode));
        }

        ShellResult whole = await ShellProcess.RunAsync("-c", $$"""
            $sum = Measure-PcapChecksum '{{captures}}/*.pcap*' | Merge-PcapChecksum
            $sum
            'packets {0}, bad {1}, {2}' -f $sum.Packets, $sum.Bad, $sum.Path
            """);
        Assert.Contains("packets ", whole.Lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("bad 0,", whole.Lines[^1], StringComparison.Ordinal);
        Assert.EndsWith(string.Join('\n', whole.Lines.SkipLast(1)).Trim(), last.Output.Trim(),
            StringComparison.Ordinal);
        Assert.Contains("a wrong checksum", await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        // A pod that ran twice changes nothing.
        ShellResult again = await ShellProcess.RunAsync(arguments, null,
            new Dictionary<string, string?>(environment) { ["JOB_COMPLETION_INDEX"] = "0" });
        Assert.Equal(("", last.Lines[^1]), (again.Errors, again.Lines[^1]));
    }

    [Theory]
    [InlineData("", "4", "run", "JOB_COMPLETION_INDEX is not set")]
    [InlineData("4", "4", "run", "SHARDS")]
    [InlineData("0", "", "run", "SHARDS")]
    [InlineData("0", "4", "", "no label with the run")]
    public async Task A_shard_that_does_not_know_its_place_measures_nothing(string index, string shards, string run,
        string expected)
    {
        using TemporaryFolder folder = new();
        string[] arguments = s_job.ArgumentsIn(folder);
        ShellResult result = await ShellProcess.RunAsync(arguments, null, new Dictionary<string, string?>
        {
            ["JOB_COMPLETION_INDEX"] = index,
            ["SHARDS"] = shards,
            ["RUN"] = run,
            ["RUN_BEFORE"] = null,
        });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "results")));
    }

    [Fact]
    public async Task The_agent_says_that_its_folder_cannot_be_written_and_gives_no_sign_of_life()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to give capabilities away");
        using TemporaryFolder folder = new();
        string[] arguments = Metrics.ArgumentsIn(folder);
        string textfiles = Path.Combine(folder.Path, "textfiles");
        foreach (string command in (string[])[$"chown 65534:65534 {textfiles}", $"chmod 755 {textfiles}",
            $"chmod -R a+rX {folder.Path}"])
        {
            using Process change = Process.Start("sh", ["-c", command]);
            await change.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // As in the pod: root without the right to write to others' folders.
        using Process process = Process.Start(
            new ProcessStartInfo("setpriv",
                ["--bounding-set", "-all,+net_admin,+net_raw", "--inh-caps", "-all", ShellProcess.Executable,
                    .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["NODE_NAME"] = "node-7" },
            })!;
        process.StandardInput.Close();
        string line = "";
        while (!line.Contains("textfile-group", StringComparison.Ordinal))
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException("it ended without saying so");
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Directory.EnumerateFileSystemEntries(textfiles));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "beat")));
    }

    private static async Task<string> WaitForAsync(Process process, Func<string?> look)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        while (true)
        {
            if (look() is { } found)
            {
                return found;
            }

            Assert.False(process.HasExited, "it ended by itself");
            await Task.Delay(50, limit.Token);
        }
    }

    private static IEnumerable<string> Texts(YamlNode list) => ((YamlSequenceNode)list).Select(KubeManifest.Text);
}
