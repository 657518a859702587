using System.Globalization;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>
/// Killed between the messages that change routes: of two service networks, one with three former routes of which one
/// has two next hops, each message is one to be killed at. A part of them in the tests; all with
/// VXLANCSUM_KILL_STEPS=all.
/// </summary>
public sealed class KillAtRouteTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const int MostPoints = 120;
    private static readonly bool s_all = Environment.GetEnvironmentVariable("VXLANCSUM_KILL_STEPS") == "all";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_routes_are_as_before_or_as_applied_and_undo_finds_which(bool undoing)
    {
        LabNamespace.Require("strace");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        lab.Node.Ip("route", "add", "10.96.0.0/16", "via", "10.0.20.10", "metric", "50", "mtu", "lock", "1400");
        lab.Node.Ip("route", "add", "10.96.0.0/16", "metric", "70", "proto", "bird",
            "nexthop", "via", "10.0.20.10", "weight", "3", "nexthop", "via", "10.0.10.10", "weight", "1");
        string apply = $"Invoke-ChecksumMitigation AddServiceRoute -NetworkNamespace {lab.Node.Name} -JournalPath "
            + $"{lab.Journal} -ServiceNetwork 10.96.0.0/16, 10.112.0.0/16 -Force -Confirm:$false";
        string undo = $"Undo-ChecksumMitigation -All -JournalPath {lab.Journal}";
        string before = lab.Snapshot();
        engine.Session.Run(apply).Succeeded();
        string applied = lab.Snapshot();
        engine.Session.Run(undo).Succeeded();
        Assert.Equal(before, lab.Snapshot());
        int half = 0, killed = 0;
        bool finished = false;
        for (int at = s_all ? 1 : 4; at <= MostPoints && !finished; at += s_all ? 1 : 8)
        {
            if (undoing)
            {
                engine.Session.Run(apply).Succeeded();
            }

            finished = await LabStrace.RunAsync(undoing ? undo : apply, "sendto", at);
            killed += finished ? 0 : 1;
            string now = lab.Snapshot();
            half += now == before || now == applied ? 0 : 1;
            SessionResult pending = engine.Session.Undo(lab, "-Pending -Timeout 60").Succeeded();
            Assert.All(pending.Property("Restored"), static r => Assert.Equal(true, r));
            now = lab.Snapshot();
            Assert.True(now == before || (now == applied && pending.Output.Count == 0),
                string.Create(CultureInfo.InvariantCulture, $"half a state: killed at {at}:\n{now}"));
            Assert.All(engine.Session.Undo(lab, "-All").Succeeded().Property("Restored"),
                static r => Assert.Equal(true, r));
            Assert.Equal(before, lab.Snapshot());
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"killed at {killed} points, {half} of them between the routes");
        Assert.True(finished, $"still killed after {MostPoints} points");

        // With every message tried, some lie between two routes: else nothing was shown.
        Assert.True(!s_all || half > 0, "never between two routes");
    }
}
