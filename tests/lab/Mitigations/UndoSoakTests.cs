using System.Diagnostics;
using System.Globalization;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>
/// Killed at any moment, and side by side with who else writes the chains. A few rounds here; as many as wanted with
/// VXLANCSUM_KILLS and VXLANCSUM_ROUNDS.
/// </summary>
public sealed class UndoSoakTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    internal static IReadOnlyList<MitigationKind> Kinds { get; } =
    [
        MitigationKind.UnmarkTunnel, MitigationKind.NoTrackTunnel, MitigationKind.AcceptTunnelPort,
        MitigationKind.PrependMasquerade, MitigationKind.DisableTxChecksum, MitigationKind.DisableRxTxOffload,
        MitigationKind.DisableTunnelSegmentation, MitigationKind.AddServiceRoute, MitigationKind.AcceptOnInterface,
        MitigationKind.RemovePostroutingJump,
    ];

    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public async Task Killed_at_any_moment_the_state_is_as_before_or_as_applied_and_nothing_is_said_that_is_not(
        string backend)
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab(backend);
        using var root = new PersistRoot("etc/systemd/system");
        string Look() => lab.Snapshot() + root.Snapshot();
        string before = Look();
        int rounds = Count("VXLANCSUM_KILLS", 2), killed = 0;
        for (int round = 0; round < rounds; round++)
        {
            MitigationKind kind = Kinds[(round / 2) % Kinds.Count];
            bool undoing = round % 2 == 1;
            string applied = string.Empty, persist = MayPersist(kind) ? $"-PersistPath {root.Path}" : string.Empty;
            if (undoing)
            {
                engine.Session.Apply(lab, kind, "-Force " + persist).Succeeded();
                applied = Look();
            }

            string command = undoing ? $"Undo-ChecksumMitigation -All -JournalPath {lab.Journal}"
                : $"Invoke-ChecksumMitigation {kind} -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} "
                    + $"-ServiceNetwork 10.96.0.0/16 -Force -Confirm:$false {persist}";
            killed += await KillAsync(lab, command) ? 1 : 0;
            SessionResult pending = engine.Session.Undo(lab, "-Pending -Timeout 60").Succeeded();
            Assert.All(pending.Property("Restored"), static r => Assert.Equal(true, r));
            string now = Look();
            if (pending.Output.Count > 0)
            {
                Assert.Equal(before, now);
            }

            // What is not pending is whole: as it was before, or as it was applied.
            bool isOpen = engine.Session.Undo(lab, "-All -WhatIf").Succeeded().Output.Count > 0 || now != before;
            Assert.True(!isOpen || !undoing || now == applied, $"half a state after {command}");
            Assert.All(engine.Session.Undo(lab, "-All").Succeeded().Property("Restored"),
                static r => Assert.Equal(true, r));
            Assert.Equal(before, Look());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} of {rounds} were killed before their end");
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public void Beside_one_who_rewrites_the_chains_nothing_fails_and_nothing_is_left(string backend)
    {
        using var lab = new FaultLab(backend);
        string before = lab.Snapshot(), program = lab.Iptables;
        using Process rewriting = Process.Start("ip", ["netns", "exec", lab.Node.Name, "bash", "-c", $$"""
            while :; do
              printf '*nat\n:KUBE-POSTROUTING - [0:0]\n-A KUBE-POSTROUTING -m comment --comment "%s" %s\nCOMMIT\n' \
                "kubernetes service traffic requiring SNAT" '-m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully' |
                {{program}}-restore -w 20 --noflush
              {{program}} -w 20 -t nat -C POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING 2>/dev/null ||
                {{program}} -w 20 -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
            done
            """]);
        try
        {
            for (int round = 0; round < Count("VXLANCSUM_ROUNDS", 4); round++)
            {
                MitigationKind kind = ((MitigationKind[])[MitigationKind.PrependMasquerade,
                    MitigationKind.RemovePostroutingJump, MitigationKind.AcceptTunnelPort,
                    MitigationKind.UnmarkTunnel])[round % 4];
                engine.Session.Apply(lab, kind, "-Force -Timeout 60").Succeeded();
                SessionResult undone = engine.Session.Undo(lab, "-All -Timeout 60").Succeeded();
                Assert.All(undone.Property("Restored"), static r => Assert.Equal(true, r));
            }
        }
        finally
        {
            rewriting.Kill(entireProcessTree: true);
            rewriting.WaitForExit();
        }

        // Killed between the two, the chain or the jump may be missing for once: that is the loop's.
        string after = lab.Snapshot();
        Assert.DoesNotContain("vxlancsum", after, StringComparison.Ordinal);
        Assert.Equal(Lines(before), Lines(after));
    }

    internal static bool MayPersist(MitigationKind kind) => kind is MitigationKind.UnmarkTunnel
        or MitigationKind.NoTrackTunnel or MitigationKind.DisableTxChecksum or MitigationKind.DisableRxTxOffload
        or MitigationKind.AddServiceRoute;

    private static IEnumerable<string> Lines(string snapshot) =>
        snapshot.Split('\n').Where(static l => !l.Contains("KUBE-POSTROUTING", StringComparison.Ordinal));

    /// <summary>Starts the program and kills it a moment after it began to write its journal.</summary>
    private static async Task<bool> KillAsync(FaultLab lab, string command)
    {
        long length = Length(lab.Journal);
        using Process run = ShellProcess.Start(["-NoProfile", "-Command", command]);
        bool begun = Random.Shared.Next(4) == 0
            || await Task.Run(
                () => SpinWait.SpinUntil(() => run.HasExited || Length(lab.Journal) != length,
                    TimeSpan.FromSeconds(90)));
        Assert.True(begun, "it never began");
        await Task.Delay(Random.Shared.Next(400), TestContext.Current.CancellationToken);
        bool early = !run.HasExited;
        run.Kill();
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        return early;
    }

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static int Count(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture,
            out int count) ? count : otherwise;
}
