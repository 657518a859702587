using System.Management.Automation;
using System.Text.Json;
using System.Xml.Linq;
using VxlanCsum.EngineTests.Clusters;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class ExportChecksumReportTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private static readonly string s_fault = Repository.Data("captures", "udpcsum-on-random.pcap");
    private static readonly string s_rules = Repository.Data("rules", "g1.iptables-legacy-save.txt");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void EveryExtensionIsItsFormat()
    {
        string[] names = ["r.html", "r.htm", "r.md", "r.markdown", "r.json", "r.csv", "r.xml", "r.prom"];
        SessionResult result = engine.Run(
            "param($p, $f) Test-VxlanChecksum $p | Export-ChecksumReport -Path $f -PassThru", s_fault,
            names.Select(PathOf).ToArray());
        Assert.Equal(names.Select(PathOf), result.Values.Select(static f => Assert.IsType<FileInfo>(f).FullName));
        Assert.StartsWith("<!DOCTYPE html>\n", Text("r.html"), StringComparison.Ordinal);
        Assert.Equal(Text("r.html"), Text("r.htm"));
        Assert.StartsWith("# ", Text("r.md"), StringComparison.Ordinal);
        Assert.Equal(Text("r.md"), Text("r.markdown"));
        using JsonDocument json = JsonDocument.Parse(Text("r.json"));
        Assert.Equal("fault", json.RootElement.GetProperty("summary").GetProperty("level").GetString());
        Assert.Equal(3, Text("r.csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("1", XDocument.Parse(Text("r.xml")).Root!.Element("testsuite")!.Attribute("failures")!.Value);
        Assert.Contains("\nvxlancsum_report_level 2\n", Text("r.prom"), StringComparison.Ordinal);
        Assert.Equal(names.Order(), Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void AFormatOverridesTheExtension()
    {
        engine.Run("param($p, $f) Measure-PcapChecksum $p | Export-ChecksumReport -LiteralPath $f -Format Json "
            + "-Title 'Node [7]'", s_fault, PathOf("[x].txt")).Succeeded();
        using JsonDocument json = JsonDocument.Parse(Text("[x].txt"));
        Assert.Equal("Node [7]", json.RootElement.GetProperty("title").GetString());
        JsonElement item = json.RootElement.GetProperty("items")[0];
        Assert.Equal(("capture", 21, 7),
            (item.GetProperty("kind").GetString(), item.GetProperty("packets").GetProperty("all").GetInt32(),
                item.GetProperty("packets").GetProperty("bad").GetInt32()));
    }

    [Theory]
    [InlineData("plain.pcap")]
    [InlineData("it's \u2019; Write-Error owned; \u2018 $(throw).pcap")]
    public void WhatItSaysCanBeSeenByTheCommandsThatItNames(string name)
    {
        string capture = PathOf(name);
        File.Copy(s_fault, capture);
        engine.Run("param($p, $f) Test-VxlanChecksum -LiteralPath $p | Export-ChecksumReport $f", capture,
            PathOf("c.json")).Succeeded();
        using JsonDocument json = JsonDocument.Parse(Text("c.json"));
        JsonElement item = json.RootElement.GetProperty("items").EnumerateArray()
            .First(static i => i.GetProperty("level").GetString() == "fault");
        JsonElement[] named = [.. item.GetProperty("evidence").EnumerateArray()
            .Where(static e => e.TryGetProperty("frame", out _))];
        Assert.NotEmpty(named);
        Assert.All(named, e => Assert.Equal(capture, e.GetProperty("file").GetString()));
        string[] commands = [.. item.GetProperty("checks").EnumerateArray()
            .Where(static c => c.GetProperty("shell").GetString() == "powershell")
            .Select(static c => c.GetProperty("command").GetString()!.Replace(" | Format-List", "",
                StringComparison.Ordinal))];
        Assert.Equal(2, commands.Length);
        SessionResult judged = engine.Run(commands[0] + " | ForEach-Object { $_.Cause.ToString() }");
        judged.Succeeded();
        Assert.Contains("NatLocalChecksum", judged.Values);
        SessionResult looked = engine.Run(commands[1] + " | ForEach-Object FrameNumber");
        looked.Succeeded();
        Assert.Equal(
            named.Select(static e => e.GetProperty("frame").GetInt64()).Distinct().Order().Take(8),
            looked.Values.Select(static v => Convert.ToInt64(v, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task WiresharkTakesTheCommandForIt()
    {
        string capture = PathOf("it's (1) $x.pcap");
        File.Copy(s_fault, capture);
        engine.Run("param($p, $f) Test-VxlanChecksum -LiteralPath $p | Export-ChecksumReport $f", capture,
            PathOf("c.json")).Succeeded();
        using JsonDocument json = JsonDocument.Parse(Text("c.json"));
        string command = json.RootElement.GetProperty("items").EnumerateArray()
            .SelectMany(static i => i.GetProperty("checks").EnumerateArray())
            .First(static c => c.GetProperty("shell").GetString() == "sh").GetProperty("command").GetString()!;
        Assert.SkipUnless(File.Exists("/usr/bin/tshark"), "needs tshark: apt install tshark");
        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", command])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        _ = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string[] lines = (await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // Frame 12 has 0xf539, and tshark, too, calls it bad (0).
        Assert.Contains(lines, static l => l.StartsWith("12\t22208", StringComparison.Ordinal)
            && l.Contains("0xf539", StringComparison.Ordinal) && l.Contains("\t0", StringComparison.Ordinal));
    }

    [Fact]
    public void AWalkThroughTheRulesNamesTheOneToChange()
    {
        engine.Run("param($r, $f) Trace-KubePostrouting -Path $r | Export-ChecksumReport $f", s_rules, PathOf("t.json"))
            .Succeeded();
        using JsonDocument json = JsonDocument.Parse(Text("t.json"));
        JsonElement item = json.RootElement.GetProperty("items")[0];
        JsonElement[] offending = [.. item.GetProperty("walk").GetProperty("steps").EnumerateArray()
            .Where(static s => s.GetProperty("offending").GetBoolean())];
        Assert.Equal("atRisk", item.GetProperty("level").GetString());
        Assert.NotEmpty(offending);
        Assert.All(offending,
            step => Assert.Equal(item.GetProperty("facts").GetProperty("offendingRule").GetString(),
                step.GetProperty("rule").GetString()));
    }

    [Theory]
    [InlineData("html")]
    [InlineData("md")]
    [InlineData("json")]
    [InlineData("csv")]
    public void WhatWasSerialisedSaysTheSame(string extension)
    {
        // As remoting and jobs serialise: to the depth that the module's types ask for.
        const string script = """
            param($capture, $rules, $live, $thawed)
            $r = @(Test-VxlanChecksum $capture; Measure-PcapChecksum $capture; Trace-KubePostrouting -Path $rules)
            $s = [System.Management.Automation.PSSerializer]
            $t = $r | ForEach-Object { $s::Deserialize($s::Serialize($_, 1)) }
            $r | Export-ChecksumReport $live
            $t | Export-ChecksumReport $thawed
            $t | ForEach-Object { $_.PSObject.TypeNames[0] }
            """;
        SessionResult result = engine.Run(script, s_fault, s_rules, PathOf($"a.{extension}"), PathOf($"b.{extension}"));
        Assert.All(result.Values,
            static name => Assert.StartsWith("Deserialized.VxlanCsum.", (string)name, StringComparison.Ordinal));
        Assert.Equal(WithoutTime(Text($"a.{extension}")), WithoutTime(Text($"b.{extension}")));
    }

    [Fact]
    public void ADiagnosisAndARiskThatWereSerialisedSayTheSame()
    {
        const string script = """
            param($capture, $nodes, $live, $thawed)
            $r = @(Get-ChecksumDiagnosis -Capture $capture -CounterSeconds 0 -NodeName node7; $nodes | Get-KubeNodeRisk)
            $s = [System.Management.Automation.PSSerializer]
            $r | Export-ChecksumReport $live
            $r | ForEach-Object { $s::Deserialize($s::Serialize($_, 1)) } | Export-ChecksumReport $thawed
            """;
        string nodes =
            $"[{KubeObjects.NodeNamed("a", "5.4.0-42-generic")},{KubeObjects.NodeNamed("b", "6.8.0-31-generic")}]";
        engine.Run(script, s_fault, nodes, PathOf("a.json"), PathOf("b.json")).Succeeded();
        Assert.Equal(WithoutTime(Text("a.json")), WithoutTime(Text("b.json")));
        using JsonDocument json = JsonDocument.Parse(Text("a.json"));
        JsonElement[] items = [.. json.RootElement.GetProperty("items").EnumerateArray()];
        Assert.Equal(["node7", "a", "b"], items.Select(static i => i.GetProperty("node").GetString()));
        Assert.Equal(["diagnosis", "nodeRisk", "nodeRisk"],
            items.Select(static i => i.GetProperty("kind").GetString()));
        Assert.Equal("fault", items[0].GetProperty("level").GetString());
        Assert.NotEqual(0, items[0].GetProperty("parts")[0].GetProperty("timeline").GetArrayLength());
        Assert.Contains("5.4.0-42-generic", items[1].GetProperty("evidence").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void APipelineThatIsStoppedLeavesNoHalf()
    {
        using ManualResetEventSlim begun = new();
        using ModuleSession session = new();
        using PowerShell shell = PowerShell.Create(session.Runspace);
        shell.AddScript(
            "param($p, $f, $begun) & { Test-VxlanChecksum $p; $begun.Set(); while ($true) { } } | "
            + "Export-ChecksumReport $f")
            .AddArgument(s_fault).AddArgument(PathOf("x.csv")).AddArgument(begun);
        IAsyncResult running = shell.BeginInvoke();
        Assert.True(begun.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
        shell.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void TheMachineThatItIsFromIsSaid()
    {
        engine.Run("param($p, $f) Test-VxlanChecksum $p | ForEach-Object { "
            + "$_.PSObject.Properties.Add([psnoteproperty]::new('PSComputerName', 'node7')); $_ } | "
            + "Export-ChecksumReport $f", s_fault, PathOf("n.json")).Succeeded();
        using JsonDocument json = JsonDocument.Parse(Text("n.json"));
        Assert.All(json.RootElement.GetProperty("items").EnumerateArray(),
            static item => Assert.Equal("node7", item.GetProperty("node").GetString()));
    }

    [Fact]
    public void AFlatTraceKeepsItsWalk()
    {
        const string script = """
            param($f)
            $t = [pscustomobject]@{ Verdict = 'DoubleSnat'; Family = 'IPv4'; Explanation = 'why';
                OffendingRule = '-A X -j MASQUERADE'; Steps = @('1 -A X'); Walk = 'nat X' }
            $t.PSObject.Properties.Add([psscriptproperty]::new('FinalMark', { throw 'no' }))
            $t.PSObject.TypeNames.Insert(0, 'Deserialized.VxlanCsum.RuleTrace')
            $t | Export-ChecksumReport $f
            """;
        engine.Run(script, PathOf("w.json")).Succeeded();
        using JsonDocument json = JsonDocument.Parse(Text("w.json"));
        JsonElement item = json.RootElement.GetProperty("items")[0];
        Assert.Equal(("DoubleSnat", 0),
            (item.GetProperty("verdict").GetString(), item.GetProperty("walk").GetProperty("steps").GetArrayLength()));
    }

    [Fact]
    public void ADiagnosisBringsWhatItRestsOn()
    {
        const string script = """
            param($capture, $rules, $f)
            $d = [pscustomobject]@{ NodeName = 'node7'; Verdict = 'FaultActive'; Cause = 'NatLocalChecksum';
                Timestamp = [datetime]::new(2026, 10, 1, 12, 0, 0, [System.DateTimeKind]::Utc); Explanation = 'why'
                Findings = @([pscustomobject]@{ Severity = 'Fault'; Source = 'Rules'; Message = 'a rule'; Evidence = @('the rule') })
                CaptureResults = @(Test-VxlanChecksum $capture); Traces = @(Trace-KubePostrouting -Path $rules) }
            $d.PSObject.TypeNames.Insert(0, 'Deserialized.VxlanCsum.NodeDiagnosis')
            $d | Export-ChecksumReport $f
            """;
        engine.Run(script, s_fault, s_rules, PathOf("d.json")).Succeeded();
        using JsonDocument json = JsonDocument.Parse(Text("d.json"));
        JsonElement item = Assert.Single(json.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal(("diagnosis", "node7", "fault", "2026-10-01T12:00:00Z"),
            (item.GetProperty("kind").GetString(), item.GetProperty("node").GetString(),
                item.GetProperty("level").GetString(), item.GetProperty("from").GetString()));
        Assert.Equal(["a rule", "the rule"],
            item.GetProperty("evidence").EnumerateArray().Select(static e => e.GetProperty("text").GetString()));
        Assert.Equal(["tunnel", "tunnel", "trace"],
            item.GetProperty("parts").EnumerateArray().Select(static p => p.GetProperty("kind").GetString()));
        Assert.Equal(21, item.GetProperty("packets").GetProperty("all").GetInt32());
    }

    [Fact]
    public void WhatIsThereIsKeptUnlessForced()
    {
        string path = _folder.Write("there.csv", "mine");
        Assert.Equal(["ReportExists"],
            engine.Run("param($p, $f) Test-VxlanChecksum $p | Export-ChecksumReport $f", s_fault, path).ErrorIds);
        Assert.Equal("mine", File.ReadAllText(path));
        engine.Run("param($p, $f) Test-VxlanChecksum $p | Export-ChecksumReport $f -Force", s_fault, path).Succeeded();
        Assert.StartsWith("\"Kind\"", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report.docx", "ReportFormatUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("report", "ReportFormatUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("no/such/folder/report.md", "ReportFolderNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("none-*.md", "ReportPathInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("variable:x.md", "ReportPathInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("nodrive:x.md", "ReportPathInvalid", ErrorCategory.InvalidArgument)]
    public void WhereNoReportCanGoIsToldBeforeAnythingIsRead(string name, string id, ErrorCategory category)
    {
        SessionResult result = engine.Run("param($f) & { throw 'it was read' } | Export-ChecksumReport $f",
            name.Contains(':', StringComparison.Ordinal) ? name : PathOf(name));
        Assert.Null(result.Terminating);
        Assert.Equal([id], result.ErrorIds);
        Assert.Equal(category, result.Errors[0].CategoryInfo.Category);
        Assert.NotEmpty(result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AFolderThatCannotBeWrittenToIsTold()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "needs a folder that even root cannot write to");
        Assert.Equal(["ReportNotWritable"], engine.Run("Export-ChecksumReport /proc/self/report.md").ErrorIds);
    }

    [Fact]
    public void TheSameFileTwiceIsRefused() =>
        Assert.Equal(["ReportPathInvalid"],
            engine.Run("param($f) Export-ChecksumReport $f, $f", PathOf("x.md")).ErrorIds);

    [Fact]
    public void WhatIfWritesNothing()
    {
        engine.Run("param($p, $f) Test-VxlanChecksum $p | Export-ChecksumReport $f -WhatIf -PassThru", s_fault,
            PathOf("x.md")).Succeeded();
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AnObjectThatCannotBeReportedIsToldAndTheOthersAreWritten()
    {
        SessionResult result = engine.Run(
            "param($p, $f) 1, \"e\u001b[31m\", (Test-VxlanChecksum $p)[0], $null | Export-ChecksumReport $f", s_fault,
            PathOf("x.csv"));
        Assert.Equal(["ReportInputUnsupported", "ReportInputUnsupported"], result.ErrorIds);
        Assert.Equal(2, Text("x.csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void AListByParameterIsItsItems()
    {
        engine.Run("param($p, $f) Export-ChecksumReport $f -InputObject (Test-VxlanChecksum $p)", s_fault,
            PathOf("x.csv")).Succeeded();
        Assert.Equal(3, Text("x.csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void NothingGivenIsNotTakenForHealthy()
    {
        SessionResult result = engine.Run("param($f) @() | Export-ChecksumReport $f", PathOf("x.xml"));
        Assert.Single(result.Warnings);
        Assert.Equal("1", XDocument.Parse(Text("x.xml")).Root!.Element("testsuite")!.Attribute("errors")!.Value);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("xml")]
    [InlineData("md")]
    public void APipelineThatFailsLeavesNoHalf(string extension)
    {
        SessionResult result = engine.Run(
            "param($p, $f) & { Test-VxlanChecksum $p; throw 'enough' } | Export-ChecksumReport $f", s_fault,
            PathOf($"x.{extension}"));
        Assert.NotNull(result.Terminating);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task AHundredThousandItemsAreNotKept()
    {
        // In a process of its own: other tests must not count.
        string script = $$"""
            $pad = 'x' * 500
            $memory = @{}
            1..100000 | ForEach-Object {
                if ($_ -in 20000, 100000) { $memory[$_] = [GC]::GetTotalMemory($true) }
                [pscustomobject]@{ PSTypeName = 'VxlanCsum.NodeRisk'; Name = "node$_"; Risk = 'Low'; Reason = "$pad $_" }
            } | Export-ChecksumReport '{{PathOf("x.csv")}}', '{{PathOf("x.json")}}', '{{PathOf("x.xml")}}'
            $memory[100000] - $memory[20000]
            """;
        ShellResult result = await ShellProcess.RunAsync("-c", script);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.InRange(long.Parse(result.Lines[0], System.Globalization.CultureInfo.InvariantCulture), long.MinValue,
            16 << 20);
        Assert.Equal(100_001, File.ReadLines(PathOf("x.csv")).Count());
        Assert.Contains(" tests=\"100000\" failures=\"0\" errors=\"0\" ", File.ReadLines(PathOf("x.xml")).ElementAt(2),
            StringComparison.Ordinal);
        await using FileStream json = File.OpenRead(PathOf("x.json"));
        using JsonDocument document = await JsonDocument.ParseAsync(json,
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(100_000, document.RootElement.GetProperty("items").GetArrayLength());
    }

    public void Dispose() => _folder.Dispose();

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private string Text(string name) => File.ReadAllText(PathOf(name));

    private static string WithoutTime(string text) =>
        string.Join('\n',
            text.Split('\n')
                .Where(static line => !line.Contains("\"created\"", StringComparison.Ordinal)
                    && !line.StartsWith("<sub>", StringComparison.Ordinal)
                    && !line.Contains("<time ", StringComparison.Ordinal)));
}
