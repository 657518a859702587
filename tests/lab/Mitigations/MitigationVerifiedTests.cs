using System.Net.Sockets;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Connections;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>Verified is said of what was looked at: the connection table under live traffic, units on the disk, the
/// program that works.</summary>
public sealed class MitigationVerifiedTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string WellLine = "connection table: no tunnel packet is translated";

    [Theory]
    [InlineData("legacy", MitigationKind.UnmarkTunnel)]
    [InlineData("nft", MitigationKind.NoTrackTunnel)]
    [InlineData("nft", MitigationKind.AcceptTunnelPort)]
    [InlineData("legacy", MitigationKind.PrependMasquerade)]
    public async Task While_traffic_is_live_no_binding_is_left(string backend, MitigationKind kind)
    {
        LabNamespace.Require("conntrack");
        using var lab = new FaultLab(backend);
        SessionResult applied = await lab.WhileAskingAsync(() =>
        {
            Assert.True(SpinWait.SpinUntil(() => Translated(lab) > 0, TimeSpan.FromSeconds(30)),
                "nothing is translated");
            SessionResult result = engine.Session.Apply(lab, kind).Succeeded();
            Assert.Equal(0, Translated(lab));
            return result;
        });
        Assert.Equal(true, applied.Get("Verified"));
        Assert.Contains(WellLine, (string[])applied.Get("Verification")!);
    }

    /// <summary>The program that forgets them fails: the rule is there, and the old flow is still translated.</summary>
    [Fact]
    public async Task A_binding_that_is_left_is_said_and_nothing_is_verified()
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        using var folder = new TemporaryFolder();
        LabCommand.Run("chmod", "755", Script(folder, "conntrack", "exit 1"));
        using Socket flow = lab.OpenFlow();
        FaultLab.AskAgain(flow);
        ShellResult run = await ShellProcess.RunAsync(["-NoProfile", "-Command",
            $"Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} "
            + "-Confirm:$false | ForEach-Object { $_.Changed, $_.Verified; $_.Verification; $_.Notes }"], null,
            First(folder));
        Assert.Equal(["True", "False"], run.Lines.Take(2));
        Assert.Contains("bindings still translate tunnel packets", run.Output, StringComparison.Ordinal);
        Assert.Contains("could not all be deleted", run.Output, StringComparison.Ordinal);
        Assert.Equal(true, engine.Session.Undo(lab, "-All").Succeeded().Get("Restored"));
    }

    /// <summary>Where there is no conntrack, old bindings stay, nothing is verified, and the reason is told.</summary>
    [Theory]
    [InlineData(MitigationKind.UnmarkTunnel)]
    [InlineData(MitigationKind.RemovePostroutingJump)]
    public void Without_conntrack_the_reason_is_told(MitigationKind kind)
    {
        LabNamespace.Require("unshare", "mount", "conntrack");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        using Socket flow = lab.OpenFlow();
        FaultLab.AskAgain(flow);

        // What cannot be run is not installed: seen by this process alone.
        LabCommandResult run = LabCommand.TryRun("unshare", "--mount", "sh", "-c",
            "for c in /usr/sbin /sbin /usr/bin /bin; do [ -e $c/conntrack ] && mount --bind /dev/null $c/conntrack; done; "
            + "exec \"$@\"", "sh", ShellProcess.Executable, "-NoProfile", "-Command",
            $"Invoke-ChecksumMitigation {kind} -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} -Force "
            + "-Confirm:$false | ForEach-Object { $_.Changed, $_.Verified; $_.Verification }");
        Assert.Equal(["True", "False"], run.Output.Split('\n').Take(2));
        Assert.Contains("bindings still translate tunnel packets", run.Output, StringComparison.Ordinal);
        Assert.Contains("conntrack, which deletes them, is not installed", run.Output, StringComparison.Ordinal);
    }

    /// <summary>A unit that someone disabled is switched on again, and until then it is not said to persist.</summary>
    [Fact]
    public void A_unit_that_was_disabled_since_does_not_persist()
    {
        LabNamespace.Require("systemctl");
        using var lab = new FaultLab("nft");
        using var root = new PersistRoot("etc/systemd/system");
        string persist = $"-Force -PersistPath '{root.Path}'";
        Assert.Equal(true, engine.Session.Apply(lab, MitigationKind.UnmarkTunnel, persist).Succeeded()
            .Get("Persisted"));
        LabCommand.Run("systemctl", $"--root={root.Path}", "disable", "vxlancsum-UnmarkTunnel.service");
        SessionResult again = engine.Session.Apply(lab, MitigationKind.UnmarkTunnel, persist).Succeeded();
        Assert.Equal((true, true), (again.Get("Changed"), again.Get("Persisted")));
        Assert.Equal("enabled", LabCommand.Run("systemctl", $"--root={root.Path}", "is-enabled",
            "vxlancsum-UnmarkTunnel.service").Trim());

        File.Delete(root.File("etc/systemd/system/vxlancsum-UnmarkTunnel.service"));
        Assert.Empty((string[])engine.Run(
            "param($n, $j) Get-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n -JournalPath $j", lab.Node.Name,
            lab.Journal).Get("PersistedBy")!);
    }

    /// <summary>Programs that are installed and have no kernel for them: the next one is taken.</summary>
    [Fact]
    public async Task Where_one_engine_does_not_work_the_next_is_taken()
    {
        LabNamespace.Require("iptables-legacy", "ethtool");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using LabNamespace node = LabNamespace.Create();
        using var folder = new TemporaryFolder();
        foreach (string program in (string[])["iptables-nft", "ip6tables-nft", "iptables-nft-save",
            "ip6tables-nft-save", "nft"])
        {
            LabCommand.Run("chmod", "755", Script(folder, program,
                "echo 'Failed to initialize nft: Protocol not supported' >&2; exit 1"));
        }

        node.Ip("link", "add", "up0", "type", "veth", "peer", "name", "up1");
        node.Ip("addr", "add", "10.9.9.1/24", "dev", "up0");
        node.Ip("link", "set", "up0", "up");
        node.Ip("link", "add", "vx", "type", "vxlan", "id", "1", "dstport", "8472", "local", "10.9.9.1", "dev", "up0");
        node.Ip("link", "set", "vx", "up");
        ShellResult run = await ShellProcess.RunAsync(["-NoProfile", "-Command",
            "(Test-KernelChecksumDefect B).Present; "
            + $"$r = Invoke-ChecksumMitigation NoTrackTunnel -NetworkNamespace {node.Name} -JournalPath "
            + $"{folder.Path}/j.jsonl -Confirm:$false; $r.Verified; \"$($r.Steps[0])\""], null, First(folder));
        Assert.Equal(["True", "True"], run.Lines.Take(2));
        Assert.StartsWith("iptables-legacy -w", run.Lines[2], StringComparison.Ordinal);
        Assert.Contains("8472", node.Run("iptables-legacy-save", "-t", "raw"), StringComparison.Ordinal);
    }

    private static int Translated(FaultLab lab) => NetworkNamespace.Within(lab.Node.Name,
        static () => NatBindings.Translated([8472], TestContext.Current.CancellationToken).Count);

    private static string Script(TemporaryFolder folder, string name, string body) =>
        folder.Write(name, $"#!/bin/sh\n{body}\n");

    private static Dictionary<string, string?> First(TemporaryFolder folder) => new()
    {
        ["PATH"] = folder.Path + ":" + Environment.GetEnvironmentVariable("PATH"),
    };
}
