using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests;

/// <summary>One report of the live fault, its cure, and the proof.</summary>
public sealed class ChecksumReportTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void TheFaultAndItsCureAreOneStory()
    {
        using TemporaryFolder folder = new();
        string page = Path.Combine(folder.Path, "cure.html"), data = Path.Combine(folder.Path, "cure.json");
        using var lab = new FaultLab("nft");
        const string script = """
            param($n, $j, $files)
            & {
                $before = Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0
                $before
                $before | Invoke-ChecksumMitigation -JournalPath $j -Confirm:$false
                Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0
            } | Export-ChecksumReport $files
            """;
        engine.Run(script, lab.Node.Name, lab.Journal, (string[])[page, data]).Succeeded();
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(data));
        JsonElement summary = json.RootElement.GetProperty("summary");
        Assert.Equal(("healthy", true),
            (summary.GetProperty("level").GetString(), summary.GetProperty("cured").GetBoolean()));
        JsonElement[] items = [.. json.RootElement.GetProperty("items").EnumerateArray()];
        Assert.Equal(["fault", "healthy", "healthy"], items.Select(static i => i.GetProperty("level").GetString()));
        Assert.Contains(items[1].GetProperty("change").GetProperty("commands").EnumerateArray(),
            static c => c.GetString()!.Contains("MARK --set-xmark", StringComparison.Ordinal));
        string text = File.ReadAllText(page);
        Assert.Contains("Cured: right since the mitigation", text, StringComparison.Ordinal);
        Assert.Contains("Rule to change", text, StringComparison.Ordinal);
    }
}
