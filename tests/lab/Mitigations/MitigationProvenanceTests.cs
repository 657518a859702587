using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>What was found on another node changes nothing on this one, in whatever form it comes.</summary>
public sealed class MitigationProvenanceTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Report = "; foreach ($x in $e) { $x.FullyQualifiedErrorId; $x.Exception.Message; "
        + "$x.ErrorDetails.RecommendedAction }";

    [Theory]
    [InlineData("$d")]
    [InlineData("$d | Select-Object Mitigations")]
    [InlineData("$d.Mitigations[0]")]
    [InlineData("$d | Export-Clixml $f; Import-Clixml $f")]
    [InlineData("$d | ConvertTo-Json -Depth 9 | ConvertFrom-Json")]
    [InlineData("$d.Mitigations[0] | ConvertTo-Json -Depth 9 | ConvertFrom-Json")]
    public async Task A_diagnosis_of_another_node_is_refused_with_both_names(string pipe)
    {
        using var lab = new FaultLab("nft");
        using var folder = new TemporaryFolder();
        string saved = Path.Combine(folder.Path, "saved"), before = lab.Snapshot();
        engine.Run("param($n, $p) Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0 -SaveTo $p",
            lab.Node.Name, saved).Succeeded();
        string evidence = Path.Combine(saved, "evidence.json");
        string text = File.ReadAllText(evidence);
        string id = engine.Run("param($n) (Get-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n).NodeId",
            lab.Node.Name).OnlyOutput.ToString();
        Assert.Contains(id, text, StringComparison.Ordinal);
        File.WriteAllText(evidence, text.Replace(id, new string('0', id.Length), StringComparison.Ordinal)
            .Replace($"\"{Environment.MachineName}\"", "\"worker-of-another\"", StringComparison.Ordinal));
        string start = $"$d = Get-ChecksumDiagnosis -FromPath {saved}; ";
        ShellResult run = await RunAsync(lab, folder, start + pipe, string.Empty, Report);
        Assert.StartsWith("MitigationOtherNode,", run.Output, StringComparison.Ordinal);
        Assert.Contains("worker-of-another", run.Output, StringComparison.Ordinal);
        Assert.Contains(Environment.MachineName, run.Output, StringComparison.Ordinal);
        Assert.Contains("-Force", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, lab.Snapshot());
        Assert.False(File.Exists(lab.Journal));

        run = await RunAsync(lab, folder, start + pipe, "-Force", " | ForEach-Object { $_.Kind, $_.Verified }");
        Assert.Equal(["UnmarkTunnel", "True"], run.Lines);
    }

    [Theory]
    [InlineData("$r")]
    [InlineData("$r | Export-Clixml $f; Import-Clixml $f")]
    [InlineData("$r | ConvertTo-Json -Depth 9 | ConvertFrom-Json")]
    public async Task A_capture_of_another_sender_is_refused_with_both(string pipe)
    {
        using var lab = new FaultLab("nft");
        using var folder = new TemporaryFolder();
        string capture = Repository.Data("captures", "udpcsum-on-random.pcap");
        lab.Node.Ip("addr", "del", "10.0.10.14/24", "dev", "up0");
        lab.Node.Ip("addr", "add", "10.0.10.77/24", "dev", "up0");
        string before = lab.Snapshot();
        ShellResult run = await RunAsync(lab, folder,
            $"$r = Test-VxlanChecksum {capture} | Where-Object Mitigations; " + pipe, string.Empty, Report);
        Assert.StartsWith("MitigationOtherNode,", run.Output, StringComparison.Ordinal);
        Assert.Contains("10.0.10.14", run.Output, StringComparison.Ordinal);
        Assert.Contains("10.0.10.77", run.Output, StringComparison.Ordinal);
        Assert.Contains($"'{Environment.MachineName}'", run.Output, StringComparison.Ordinal);
        Assert.Contains("-Force", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, lab.Snapshot());
        Assert.False(File.Exists(lab.Journal));

        run = await RunAsync(lab, folder, $"$r = Test-VxlanChecksum {capture} | Where-Object Mitigations; " + pipe,
            "-Force", " | ForEach-Object { $_.Kind, $_.Verified }");
        Assert.Equal(["NoTrackTunnel", "True"], run.Lines);
        Assert.NotEqual(before, lab.Snapshot());
    }

    /// <summary>The sender has this node's address, and the packets are of another tunnel.</summary>
    [Fact]
    public async Task A_capture_of_a_tunnel_that_is_not_here_is_refused_with_both_ports()
    {
        using var lab = new FaultLab("nft");
        using var folder = new TemporaryFolder();
        string capture = Repository.Data("captures", "udpcsum-on-random.pcap");
        string before = lab.Snapshot(), pipe = $"Test-VxlanChecksum {capture} | Where-Object Mitigations";
        ShellResult run = await RunAsync(lab, folder, pipe, string.Empty, Report);
        Assert.StartsWith("MitigationOtherNode,", run.Output, StringComparison.Ordinal);
        Assert.Contains("UDP port 4789", run.Output, StringComparison.Ordinal);
        Assert.Contains("(8472)", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, lab.Snapshot());
        run = await RunAsync(lab, folder, pipe, "-Force", " | ForEach-Object { $_.Kind, $_.Changed }");
        Assert.Equal(["NoTrackTunnel", "True"], run.Lines);
    }

    [Theory]
    [InlineData("$t | Export-Clixml $f; Import-Clixml $f", null)]
    [InlineData("$t | ConvertTo-Json -Depth 9 | ConvertFrom-Json", "ConvertFrom-Json")]
    [InlineData("[pscustomobject]@{ Colour = 'red' }", "names no mitigation")]
    public async Task What_came_from_a_file_works_or_says_what_it_lost(string pipe, string? says)
    {
        using var lab = new FaultLab("nft");
        using var folder = new TemporaryFolder();
        string start = $"$t = Trace-KubePostrouting -NetworkNamespace {lab.Node.Name}; ";
        if (says is null)
        {
            ShellResult well = await RunAsync(lab, folder, start + pipe, string.Empty,
                " | ForEach-Object { $_.Kind, $_.Verified }");
            Assert.Equal(["UnmarkTunnel", "True"], well.Lines);
            return;
        }

        ShellResult run = await RunAsync(lab, folder, start + pipe, string.Empty, Report);
        Assert.StartsWith("MitigationKindMissing,", run.Output, StringComparison.Ordinal);
        Assert.Contains(says, run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(lab.Journal));
    }

    [Fact]
    public async Task The_question_names_the_node_the_tunnel_and_the_finding()
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        ShellResult run = await ShellProcess.RunAsync(["-NoProfile", "-Command",
            $"Get-ChecksumDiagnosis -NetworkNamespace {lab.Node.Name} -CounterSeconds 0 | Invoke-ChecksumMitigation "
            + $"-JournalPath {lab.Journal}"], "N\n");
        Assert.Contains($"on {Environment.MachineName} in the network namespace {lab.Node.Name}?", run.Output,
            StringComparison.Ordinal);
        Assert.Contains("Tunnel: vx.", run.Output, StringComparison.Ordinal);
        Assert.Matches($@"Found: .*{Environment.MachineName}.*FaultActive", run.Output);
        Assert.Equal(before, lab.Snapshot());
        Assert.False(File.Exists(lab.Journal));
    }

    /// <summary>In a process of its own, which has the modules that write files.</summary>
    private static Task<ShellResult> RunAsync(FaultLab lab, TemporaryFolder folder, string pipe, string more,
        string then)
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        return ShellProcess.RunAsync("-NoProfile", "-Command", $"$f = '{folder.Path}/it.xml'; {pipe} | "
            + $"Invoke-ChecksumMitigation -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} "
            + $"-Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable e {more}{then}");
    }
}
