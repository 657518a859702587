using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Mitigations;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>What must not happen: changes under -WhatIf, changes without -Force, half a mitigation, the loss of what
/// others did.</summary>
public sealed class MitigationCareTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string[] s_reading = ["iptables-legacy-save", "iptables-nft-save", "ip6tables-legacy-save",
        "ip6tables-nft-save", "nft", "ip", "ipset", "vxlancsum"];

    [Theory]
    [InlineData(MitigationKind.NoTrackTunnel)]
    [InlineData(MitigationKind.DisableTxChecksum)]
    [InlineData(MitigationKind.AddServiceRoute)]
    [InlineData(MitigationKind.RemovePostroutingJump)]
    public async Task WhatIf_shows_each_command_and_starts_nothing_that_changes(MitigationKind kind)
    {
        LabNamespace.Require("strace");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot(), log = lab.Journal + ".strace";
        LabCommandResult run = await LabStrace.LogAsync(
            $"Invoke-ChecksumMitigation {kind} -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} "
            + $"-ServiceNetwork 10.96.0.0/16 -WhatIf", "execve,ioctl,fsync", log);
        Assert.Equal(0, run.ExitCode);
        string[] calls = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
        string[] started = [
            .. calls.Where(
                static l => l.Contains("execve(", StringComparison.Ordinal)
                    && l.Contains(") = 0", StringComparison.Ordinal)
                    && !l.Contains("tables-nft\", \"--version\"]", StringComparison.Ordinal)).Select(static l => l.Split('"')[1])];
        Assert.All(started, static p => Assert.Contains(Path.GetFileName(p), s_reading));
        Assert.Contains(started, static p => p.EndsWith("iptables-nft-save", StringComparison.Ordinal));
        Assert.DoesNotContain(calls,
            static l => l.Contains("ETHTOOL_SFEATURES", StringComparison.Ordinal)
                || l.Contains("fsync(", StringComparison.Ordinal));
        foreach (MitigationStep step in Plan(lab, kind).Missing)
        {
            Assert.Contains(step.CommandLine, run.Output, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(lab.Journal));
        Assert.Equal(before, lab.Snapshot());
    }

    [Theory]
    [InlineData(MitigationKind.RemovePostroutingJump)]
    [InlineData(MitigationKind.AcceptOnInterface)]
    [InlineData(MitigationKind.AddServiceRoute)]
    public void What_breaks_other_traffic_needs_force_and_says_what_breaks(MitigationKind kind)
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        SessionResult result = engine.Session.Apply(lab, kind, more: string.Empty);
        Assert.Equal(["MitigationNeedsForce"], result.ErrorIds);
        Assert.Contains("breaks other traffic", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(before, lab.Snapshot());

        // That nothing is to be simulated does not mean that it may be done.
        Assert.Equal(["MitigationNeedsForce"], engine.Session.Apply(lab, kind, more: "-WhatIf:$false").ErrorIds);
        Assert.Equal(before, lab.Snapshot());
        Assert.False(File.Exists(lab.Journal));
    }

    /// <summary>What comes next in the pipeline finds the journal free.</summary>
    [Fact]
    public void A_receipt_can_be_undone_in_the_same_pipeline()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        const string script =
            "param($netns, $journal) Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace $netns -JournalPath "
            + "$journal -Confirm:$false | Undo-ChecksumMitigation -Timeout 5 | Undo-ChecksumMitigation -Timeout 5 "
            + "-JournalPath $journal";
        SessionResult result = engine.Run(script, lab.Node.Name, lab.Journal);
        Assert.Equal([true], result.Property("Restored"));
        Assert.Equal(before, lab.Snapshot());
    }

    /// <param name="command">Null: a mistake of ours, which throws what no one catches.</param>
    [Theory]
    [InlineData("iptables-nft -t raw -A NO-SUCH-CHAIN -j NOTRACK")]
    [InlineData(null)]
    public void A_step_that_fails_has_those_before_it_taken_back(string? command)
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        MitigationStep[] steps = [.. Plan(lab, MitigationKind.NoTrackTunnel).Missing];
        steps[1] = steps[1] with { Command = command?.Split(' ')! };
        var journal = new Journal(lab.Journal);
        using JournalLock held = journal.Lock(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        MitigationContext context = Context(lab, journal);
        NodeException failure = Assert.Throws<NodeException>(() => context.Run(() =>
            new MitigationExecutor(journal, held, context.Timeout).Apply(context, MitigationKind.NoTrackTunnel, steps,
                persisted: false)));
        Assert.Equal(NodeErrorId.MitigationFailed, failure.ErrorId);
        Assert.Contains("The former state is back.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, lab.Snapshot());
        Assert.DoesNotContain(journal.Read(), static e => e.IsOpen);
    }

    [Fact]
    public void A_device_made_anew_since_the_plan_is_not_touched()
    {
        using var lab = new FaultLab("nft");
        IReadOnlyList<MitigationStep> steps = Plan(lab, MitigationKind.DisableTxChecksum).Missing;
        lab.Node.Ip("link", "del", "vx");
        lab.Node.Ip("link", "add", "vx", "type", "vxlan", "id", "1", "dstport", "8472", "local", "10.0.10.14", "remote",
            "10.0.10.10", "dev", "up0");
        string before = lab.Node.Run("ethtool", "-k", "vx");
        var journal = new Journal(lab.Journal);
        using JournalLock held = journal.Lock(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        MitigationContext context = Context(lab, journal);
        NodeException failure = Assert.Throws<NodeException>(() => context.Run(() =>
            new MitigationExecutor(journal, held, context.Timeout).Apply(context, MitigationKind.DisableTxChecksum,
                steps, persisted: false)));
        Assert.Contains("is gone", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, lab.Node.Run("ethtool", "-k", "vx"));
    }

    [Fact]
    public void What_others_changed_since_is_left_alone_and_said()
    {
        using var lab = new FaultLab("nft");

        // Someone takes our rule out, switches the feature on again, and gives the service network another way.
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel).Succeeded();
        lab.Node.Run("iptables-nft", "-t", "mangle", "-F", "OUTPUT");
        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal(false, undone.Get("Changed"));
        Assert.Equal(true, undone.Get("Restored"));

        engine.Session.Apply(lab, MitigationKind.DisableTxChecksum).Succeeded();
        lab.Node.Run("ethtool", "-K", "vx", "tx-checksum-ip-generic", "on");
        undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal(false, undone.Get("Changed"));

        engine.Session.Apply(lab, MitigationKind.AddServiceRoute).Succeeded();
        lab.Node.Ip("route", "replace", "10.96.0.0/16", "via", "10.0.10.10");
        undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal(false, undone.Get("Restored"));
        Assert.Contains("10.96.0.0/16 via 10.0.10.10", lab.Node.Ip("route", "show"), StringComparison.Ordinal);
        Assert.Contains("left alone", Assert.Single(undone.Warnings), StringComparison.Ordinal);

        // It stays open until it is as it was, or someone says so.
        Assert.Equal(false, undone.Get("Closed"));
        undone = engine.Session.Undo(lab, "-All -Force").Succeeded();
        Assert.Equal((false, true), (undone.Get("Restored"), undone.Get("Closed")));
        Assert.Empty(engine.Session.Undo(lab, "-All").Succeeded().Output);
    }

    [Fact]
    public void A_jump_that_kube_proxy_put_back_is_not_put_back_twice()
    {
        using var lab = new FaultLab("legacy");
        string before = lab.Snapshot();
        engine.Session.Apply(lab, MitigationKind.RemovePostroutingJump).Succeeded();
        lab.Node.Run("iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-m", "comment", "--comment",
            "kubernetes postrouting rules", "-j", "KUBE-POSTROUTING");
        Assert.Equal(false, engine.Session.Undo(lab, "-All").Succeeded().Get("Changed"));
        Assert.Equal(before, lab.Snapshot());
    }

    [Fact]
    public void A_journal_that_cannot_be_written_stops_before_the_first_change()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        SessionResult result = engine.Session.Run(
            "param($n) Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n -JournalPath /proc/no/journal "
            + "-Confirm:$false", lab.Node.Name);
        Assert.Equal(["JournalUnusable"], result.ErrorIds);
        Assert.Equal(before, lab.Snapshot());
    }

    [Fact]
    public void A_namespace_that_is_gone_leaves_nothing_to_undo()
    {
        using var lab = new FaultLab("nft");
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel).Succeeded();
        lab.Node.Dispose();
        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal(false, undone.Get("Changed"));
        Assert.Equal(true, undone.Get("Restored"));
    }

    [Fact]
    public void What_cannot_be_applied_says_why()
    {
        using LabNamespace empty = LabNamespace.Create();
        SessionResult result = engine.Session.Run(
            "param($n) Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n -Confirm:$false", empty.Name);
        Assert.Equal(["MitigationNotApplicable"], result.ErrorIds);
        Assert.Contains("no VXLAN device", result.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
    }

    private static MitigationPlan Plan(FaultLab lab, MitigationKind kind) =>
        Node.NetworkNamespaces.NetworkNamespace.Within(lab.Node.Name, () =>
        MitigationPlanner.Plan(kind,
            FactReader.Read(new FactRequest(["10.96.0.0/16"], static _ => true, TimeSpan.FromSeconds(10)),
                CancellationToken.None)));

    private static MitigationContext Context(FaultLab lab, Journal journal) =>
        new(lab.Node.Name, journal, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
}
