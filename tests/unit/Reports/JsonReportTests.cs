using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using VxlanCsum.Clusters;
using VxlanCsum.Reports;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

public sealed class JsonReportTests
{
    private static readonly string s_schema = Path.Combine(TestData.Root, "schemas", "checksum-report.schema.json");

    [Fact]
    public async Task EveryKindIsWhatTheSchemaDescribes()
    {
        JsonSchema schema = await Schema();
        ReportItem diagnosis = Hostile.Item(ReportKind.Diagnosis, ReportLevel.Fault) with { Parts = Hostile.Items() };
        Assert.Empty(schema.Validate(Writing.Json([.. Hostile.Items(), diagnosis])));
        Assert.Empty(schema.Validate(Writing.Json()));
    }

    [Theory]
    [InlineData("items[0].level", "\"worst\"")]
    [InlineData("items[0].kind", "7")]
    [InlineData("items[0].packets.bad", "-1")]
    [InlineData("items[0].from", "\"yesterday\"")]
    [InlineData("items[0].unknown", "1")]
    [InlineData("items[4].walk.steps[0].pass", "\"Sideways\"")]
    [InlineData("items[5].change.verified", "\"yes\"")]
    [InlineData("summary.levels", "{}")]
    [InlineData("schemaVersion", "2")]
    public async Task TheSchemaRefusesWhatIsNotInIt(string place, string value)
    {
        JsonNode root = JsonNode.Parse(Writing.Json(Hostile.Items()))!;
        JsonNode node = root;
        string[] parts = place.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Split('.');
        foreach (string part in parts[..^1])
        {
            node = int.TryParse(part, out int index) ? node[index]! : node[part]!;
        }

        node[parts[^1]] = JsonNode.Parse(value);
        Assert.NotEmpty((await Schema()).Validate(root.ToJsonString()));
    }

    [Fact]
    public void TextArrivesAsItWasAndNothingOfItActs()
    {
        string json = Writing.Json(Hostile.Items());
        Assert.DoesNotContain(json, static c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain("<script", json, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal(Hostile.Text.Replace('\ud800', '\ufffd'),
            document.RootElement.GetProperty("items")[0].GetProperty("explanation").GetString());
    }

    [Fact]
    public void TheSummaryCounts()
    {
        using JsonDocument document = JsonDocument.Parse(
            Writing.Json(Writing.Tunnel(ReportLevel.Fault), Writing.Tunnel(ReportLevel.Healthy)));
        JsonElement summary = document.RootElement.GetProperty("summary");
        Assert.Equal(("fault", 2, 1, 2),
            (summary.GetProperty("level").GetString(), summary.GetProperty("items").GetInt32(),
            summary.GetProperty("levels").GetProperty("fault").GetInt32(),
            summary.GetProperty("kinds").GetProperty("tunnel").GetInt32()));
    }

    private static async Task<JsonSchema> Schema() =>
        await JsonSchema.FromFileAsync(s_schema, TestContext.Current.CancellationToken);
}
