using VxlanCsum.Captures.Files;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>What was saved on the node replays to the same diagnosis, with the packets and without the
/// addresses.</summary>
public sealed class DiagnosisSavingTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public async Task ASavedFolderReplaysToTheSameDiagnosis(string backend)
    {
        using var lab = new FaultLab(backend);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "saved");
        using LiveRun run = await LiveRun.StartAsync(engine.Session,
            "Get-ChecksumDiagnosis -NetworkNamespace $args[0] -CaptureSeconds 3 -SaveTo $args[1]", lab.Node.Name, path);
        lab.Ask(connections: 0);
        NodeDiagnosis live = (NodeDiagnosis)(await run.ResultAsync()).OnlyOutput.BaseObject;
        NodeDiagnosis replayed =
            (NodeDiagnosis)engine.Run("param($p) Get-ChecksumDiagnosis -FromPath $p", path).OnlyOutput.BaseObject;
        Assert.Equal(DiagnosisVerdict.FaultActive, live.Verdict);
        Assert.Equal(Text(live), Text(replayed));
        Assert.Equal(["capture-1.pcapng", "drops.pcapng", "evidence.json"],
            Directory.GetFiles(path).Select(Path.GetFileName)
                .Where(static f => !f!.StartsWith("rules-", StringComparison.Ordinal)).Order());
        Assert.True(OperatingSystem.IsWindows()
            || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute), "others may look in");
    }

    [Fact]
    public void AnonymisedItJudgesTheSameAndNamesNobody()
    {
        using var lab = new FaultLab("nft");
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "saved");
        NodeDiagnosis live =
            (NodeDiagnosis)engine.Run(
                "param($n, $p) Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0 -SaveTo $p -Anonymize",
                lab.Node.Name, path).OnlyOutput.BaseObject;
        Assert.Equal(Environment.MachineName, live.NodeName);
        NodeDiagnosis replayed =
            (NodeDiagnosis)engine.Run("param($p) Get-ChecksumDiagnosis -FromPath $p", path).OnlyOutput.BaseObject;
        Assert.Equal((live.Verdict, live.Cause, "node"), (replayed.Verdict, replayed.Cause, replayed.NodeName));
        Assert.Equal(live.Mitigations.Select(static m => m.Kind), replayed.Mitigations.Select(static m => m.Kind));
        Assert.Equal(live.Findings.Select(static f => (f.Id, f.Severity, f.Source)),
            replayed.Findings.Select(static f => (f.Id, f.Severity, f.Source)));
        Assert.All(Directory.GetFiles(path),
            file => Assert.DoesNotMatch($@"10\.0\.10\.1[04]|10\.0\.20\.|10\.96\.0\.|{lab.Node.Name}",
                File.ReadAllText(file)));
    }

    private static string Text(NodeDiagnosis d) =>
        string.Join('\n',
            [$"{d} {d.Timestamp:O} {d.NetworkNamespace}", d.Explanation, d.Recommendation, $"{d.OffendingRule}",
        .. d.Findings.Select(static f => $"{f} {f.Source} {string.Join('|', f.Evidence)}"),
        .. d.Mitigations.Select(
            static m => $"{m} {m.Rank} {m.NetworkNamespace} {m.Reason} {string.Join(';', m.Commands)}"),
        .. d.CaptureResults.Select(
            static r => $"{string.Join(',', r.Path)} {r} {r.Packets} {r.BadPackets} {r.Confidence:R} {r.Explanation} "
                + $"{string.Join('|', r.Evidence)}"),
        .. d.Counters.Select(static c => $"{c} {c.Delta} {c.Rate}"),
        .. d.Interfaces.Select(static i => $"{i} {i.Local} {i.SourcePortRange}"),
        .. d.Advisories.Select(static a => $"{a}"), .. d.Features.Select(static f => $"{f.Interface} {f}")]);
}
