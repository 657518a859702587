using System.Diagnostics;
using System.Globalization;
using VxlanCsum.EngineTests.Hosting;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>deploy/kubernetes/drops: its container's arguments, run by the vxlancsum that the image has and with the
/// capabilities that it gets.</summary>
public sealed class DropWatchManifestTests
{
    [Fact]
    public async Task It_counts_drops_with_the_capabilities_it_gets_until_it_is_ended()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "textfiles", "vxlancsum-drops.prom");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        // What a watch leaves that is killed while it writes.
        folder.Write("textfiles/.vxlancsum-drops.prom.0123456789abcdef0123456789abcdef.tmp", "#");
        using Process process = Start(folder, CapabilitiesOf(Container()));
        using Ending ending = new(process);
        Assert.True(
            SpinWait.SpinUntil(() => File.Exists(file) || process.HasExited, TimeSpan.FromSeconds(120)),
            "no metrics came");
        Assert.False(process.HasExited, "it ended by itself");
        string text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("# TYPE vxlancsum_dropped_packets_missed_total counter", text, StringComparison.Ordinal);
        Assert.Contains("vxlancsum_drop_watch_start_time_seconds ", text, StringComparison.Ordinal);

        // The collector reads it, whoever that is.
        if (OperatingSystem.IsLinux())
        {
            Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead));
        }

        using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", (await ShellProcess.FinishAsync(process)).Errors);
        Assert.Equal([file], Directory.EnumerateFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task Where_it_may_not_watch_it_says_so_and_stays()
    {
        using TemporaryFolder folder = new();
        using Process process = Start(folder, "-all");
        using Ending ending = new(process);
        string said = "";
        while (!said.Contains("not watched", StringComparison.Ordinal))
        {
            said += await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException("it ended without saying so: " + said);
        }

        Assert.Contains("CAP_BPF and CAP_PERFMON", said, StringComparison.Ordinal);
        Assert.False(process.HasExited, "it ended by itself");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "textfiles")));
    }

    private static YamlNode Container() => Kustomization.Render("drops")
        .Single("DaemonSet", "vxlancsum-drop-watch")["spec"]["template"]["spec"]["containers"][0];

    private static string CapabilitiesOf(YamlNode container) => "-all," + string.Join(",",
        ((YamlSequenceNode)container["securityContext"]["capabilities"]["add"])
            .Select(static c => "+" + KubeManifest.Text(c).ToLowerInvariant()));

    private static Process Start(TemporaryFolder folder, string capabilities)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to give capabilities away");
        string scripts = Directory.CreateDirectory(Path.Combine(folder.Path, "scripts")).FullName,
            textfiles = Directory.CreateDirectory(Path.Combine(folder.Path, "textfiles")).FullName;
        var data = (YamlMappingNode)Kustomization.Render("drops").Single("ConfigMap", "vxlancsum-drop-watch")["data"];
        foreach ((YamlNode name, YamlNode text) in data)
        {
            File.WriteAllText(Path.Combine(scripts, KubeManifest.Text(name)), KubeManifest.Text(text));
        }

        IEnumerable<string> arguments = ((YamlSequenceNode)Container()["args"]).Select(a => KubeManifest.Text(a)
            .Replace("/scripts", scripts, StringComparison.Ordinal)
            .Replace("/textfiles", textfiles, StringComparison.Ordinal));
        Process process = Process.Start(new ProcessStartInfo("unshare",
            ["--net", "setpriv", "--bounding-set", capabilities, "--inh-caps", "-all", ShellProcess.Executable,
                .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1" },
        })!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>A test that fails leaves nothing running.</summary>
    private sealed class Ending(Process process) : IDisposable
    {
        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
