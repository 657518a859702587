using System.Management.Automation;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>Get-ChecksumDiagnosis from saved folders, and what it does with bad input; on live nodes it is shown in
/// tests/lab.</summary>
public sealed class ChecksumDiagnosisTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void ASavedNodeIsJudged()
    {
        PSObject diagnosis = engine.Run("param($p) Get-ChecksumDiagnosis -FromPath $p", Recorded("fault")).OnlyOutput;
        Assert.Equal("FaultActive NatLocalChecksum node7",
            $"{Text(diagnosis, "Verdict")} {Text(diagnosis, "Cause")} {Text(diagnosis, "NodeName")}");
        Assert.Equal("UnmarkTunnel KUBE-POSTROUTING",
            engine.Run("param($p) $d = Get-ChecksumDiagnosis -FromPath $p; \"$($d.Mitigations[0]) "
                + "$($d.OffendingRule.Chain)\"", Recorded("fault")).OnlyOutput.BaseObject);
        PSObject well = engine.Run("param($p) Get-ChecksumDiagnosis -FromPath $p", Recorded("healthy")).OnlyOutput;
        Assert.Equal("Healthy None", $"{Text(well, "Verdict")} {Text(well, "Cause")}");
    }

    [Fact]
    public void SeveralFoldersComeFromThePipelineAndOneThatIsNoneIsAnErrorOfItsOwn()
    {
        SessionResult result = engine.Run(
            "param($p, $e) \"$p/healthy\", $e, \"$p/fault\" | ForEach-Object { [pscustomobject]@{ PSPath = $_ } } | "
            + "Get-ChecksumDiagnosis -Quiet", Repository.Data("diagnoses"), _folder.Path);
        Assert.Equal(["TicketFileUnread"], result.ErrorIds);
        Assert.Equal(["Healthy", "FaultActive"], result.Output.Select(static o => $"{o}"));
        Assert.Equal([0, 2],
            engine.Run("param($p) Get-ChecksumDiagnosis -FromPath \"$p/healthy\", \"$p/fault\" -Quiet | "
                + "ForEach-Object { [int]$_ }", Repository.Data("diagnoses")).Values);
    }

    [Fact]
    public void APipeInATicketsFolderIsAnErrorAndNotWaitedFor()
    {
        File.Copy(Path.Combine(Repository.Data("tickets"), "04-journal.txt"), Path.Combine(_folder.Path, "a.txt"));
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo",
            [Path.Combine(_folder.Path, "b.txt")]))
        {
            make.WaitForExit();
        }

        SessionResult result = engine.Run("param($p) Get-ChecksumDiagnosis $p", _folder.Path);
        Assert.Equal(["TextFileUnreadable"], result.ErrorIds);
        Assert.Single(result.Output);
    }

    [Fact]
    public void ATicketIsReadFromThePipelineAndFromFilesAlike()
    {
        string log = Path.Combine(Repository.Data("tickets"), "04-journal.txt");
        foreach (string script in (string[])["param($p) [IO.File]::ReadAllLines($p) | Get-ChecksumDiagnosis",
            "param($p) [IO.File]::ReadAllText($p) | Get-ChecksumDiagnosis", "param($p) Get-ChecksumDiagnosis $p",
            "param($p) [pscustomobject]@{ PSPath = $p } | Get-ChecksumDiagnosis",
                "param($p) Get-ChecksumDiagnosis -LiteralPath $p"])
        {
            PSObject diagnosis = engine.Run(script, log).OnlyOutput;
            Assert.Equal("FaultActive", Text(diagnosis, "Verdict"));
        }

        // All files are one ticket; a folder is all of its files.
        Assert.Equal(["node9: FaultActive (NatLocalChecksum)"],
            engine.Run("param($p) Get-ChecksumDiagnosis $p/01*, $p/05* -NodeName node9", Repository.Data("tickets"))
                .Output
                .Select(static o => $"{o}"));
        Assert.StartsWith("ticket: FaultActive",
            $"{Assert.Single(engine.Run("param($p) Get-ChecksumDiagnosis $p", Repository.Data("tickets")).Output)}",
            StringComparison.Ordinal);
    }

    [Fact]
    public void WhatHoldsNothingKnownIsOneErrorThatSaysWhy()
    {
        string prose = Path.Combine(_folder.Path, "prose.txt");
        File.WriteAllText(prose, string.Concat(Enumerable.Repeat("It does not work, and nobody knows why.\n", 500)));
        Assert.Equal(["TicketFileUnread"], engine.Run("param($p) Get-ChecksumDiagnosis $p", prose).ErrorIds);
        Assert.Equal(["TicketUnread"], engine.Run("param($p) [IO.File]::ReadAllLines($p) | Get-ChecksumDiagnosis", prose)
            .ErrorIds);
        Assert.Equal(["TextFileNotFound"], engine.Run("Get-ChecksumDiagnosis /no/such/ticket.txt").ErrorIds);

        // Beside a file that says something it is an error of its own.
        SessionResult both = engine.Run("param($p, $t) Get-ChecksumDiagnosis $p, $t/05-pane.txt", prose,
            Repository.Data("tickets"));
        Assert.Equal(["TicketFileUnread"], both.ErrorIds);
        Assert.Equal("epsilon: AtRisk", $"{Assert.Single(both.Output)}");
    }

    [Fact]
    public void AFolderThatNamesFilesOutsideOfItIsRefused()
    {
        string path = Copy("fault");
        string document = Path.Combine(path, "evidence.json");
        File.WriteAllText(document,
            File.ReadAllText(document).Replace("rules-3-iptables-nft-save.txt",
                "../fault/rules-3-iptables-nft-save.txt", StringComparison.Ordinal));
        Assert.Equal(["EvidenceFolderInvalid"],
            engine.Run("param($p) Get-ChecksumDiagnosis -FromPath $p", path).ErrorIds);
        File.WriteAllText(document, "{ \"format\": 1, ");
        Assert.Equal(["EvidenceFolderInvalid"],
            engine.Run("param($p) Get-ChecksumDiagnosis -FromPath $p", path).ErrorIds);
    }

    [Fact]
    public void NothingIsSavedOverWhatIsThere()
    {
        string path = Copy("fault");
        Assert.Equal(["EvidenceFolderInUse"], engine.Run("param($p) Get-ChecksumDiagnosis -SaveTo $p", path).ErrorIds);
    }

    [Fact]
    public void ANamespaceThatIsNotThereIsAnErrorAndNoDiagnosis()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        SessionResult result = engine.Run("Get-ChecksumDiagnosis -NetworkNamespace no-such-namespace");
        Assert.Equal(["NetworkNamespaceNotFound"], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void ACaptureThatCannotBeReadIsAFindingAndNeverHealthy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        PSObject diagnosis = engine.Run(
            "param($p) Get-ChecksumDiagnosis -Capture $p -CounterSeconds 0 -NodeName \"n$([char]27)[2J\"",
            Path.Combine(_folder.Path, "missing.pcap")).OnlyOutput;
        Assert.NotEqual("Healthy", Text(diagnosis, "Verdict"));
        PSObject finding = Assert.Single(Findings(diagnosis),
            static f => Text(f, "Severity") == "NotLooked" && Text(f, "Source") == "Capture");
        Assert.StartsWith("Could not look at the packets, because ", Text(finding, "Message"),
            StringComparison.Ordinal);
        Assert.Contains("missing.pcap", Text(finding, "Message"), StringComparison.Ordinal);
        Assert.Equal("n\\x1b[2J", Text(diagnosis, "NodeName"));
    }

    [Fact]
    public void ThePublishedCaptureOfTheFaultIsPartOfTheDiagnosis()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        PSObject diagnosis = engine.Run("param($p) Get-ChecksumDiagnosis -Capture $p -CounterSeconds 0",
            Path.Combine(Repository.Data("captures"), "udpcsum-on-r*.pcap")).OnlyOutput;
        Assert.Equal("FaultActive NatLocalChecksum", $"{Text(diagnosis, "Verdict")} {Text(diagnosis, "Cause")}");
    }

    [Theory]
    [InlineData("healthy", 0, "Healthy")]
    [InlineData("fault", 2, "FaultActive")]
    [InlineData("none", 3, "")]
    public async Task TheExitCodeIsTheVerdict(string name, int exitCode, string said)
    {
        ShellResult result = await ShellProcess.RunAsync("-NoLogo", "-NonInteractive", "-Command",
            $"Get-ChecksumDiagnosis -FromPath '{Recorded(name)}' -Quiet -ExitCode");
        Assert.Equal((exitCode, said), (result.ExitCode, result.Output.Trim()));
    }

    [Fact]
    public async Task WithoutTheSwitchNoSessionEnds() =>
        Assert.Equal(0,
            (await ShellProcess.RunAsync("-NoLogo", "-Command",
                $"Get-ChecksumDiagnosis -FromPath '{Recorded("fault")}' -Quiet")).ExitCode);

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task ItShowsADozenLines(int columns)
    {
        using TemporaryFolder home = new();
        await using TerminalProcess terminal = TerminalProcess.Start(
            ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command",
                $"Get-ChecksumDiagnosis -FromPath \"{Recorded("fault")}\""],
            new() { ["HOME"] = home.Path, ["NO_COLOR"] = "1" }, columns);
        string[] lines = (await terminal.FinishAsync()).ReplaceLineEndings("\n").Trim().Split('\n');
        Assert.Equal(0, terminal.ExitCode);
        Assert.InRange(lines.Length, 8, 15);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, columns));
        Assert.Contains(": FaultActive, NatLocalChecksum (certain: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, static l => l.StartsWith(
            "              Get-ChecksumDiagnosis -NetworkNamespace recorded | ", StringComparison.Ordinal));
        Assert.EndsWith("| Format-List", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsAListItTellsEverything()
    {
        ShellResult result = await ShellProcess.RunAsync("-NoLogo", "-Command",
            $"Get-ChecksumDiagnosis -FromPath '{Recorded("fault")}' | Format-List");
        Assert.Equal(0, result.ExitCode);
        Assert.All(["Verdict", "FaultActive", "Explanation", "Recommendation", "OffendingRule", "UnmarkTunnel"],
            word => Assert.Contains(word, result.Output, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static string? Text(PSObject item, string property) => item.Properties[property].Value?.ToString();

    private static IEnumerable<PSObject> Findings(PSObject diagnosis) =>
        LanguagePrimitives.GetEnumerable(diagnosis.Properties["Findings"].Value).Cast<object>()
            .Select(PSObject.AsPSObject);

    /// <summary>A copy of a recorded folder.</summary>
    private string Copy(string name)
    {
        string path = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        foreach (string file in Directory.GetFiles(Recorded(name)))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }

        return path;
    }

    private static string Recorded(string name) => Repository.Data("diagnoses", name);
}
