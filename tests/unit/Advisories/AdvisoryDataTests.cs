using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using VxlanCsum.Advisories;
using Xunit;

namespace VxlanCsum.UnitTests.Advisories;

/// <summary>The knowledge is what its schema says, and the schema and the reader refuse the same mistakes.</summary>
public sealed class AdvisoryDataTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheDataIsWhatTheSchemaDescribes()
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(Resource("advisories.schema.json"), Token);
        Assert.Empty(schema.Validate(Resource("advisories.json")));
        Assert.NotEmpty(AdvisoryCatalog.Own.Advisories);
    }

    [Theory]
    [InlineData("rules/0/suggest", "\"Affected\"")]
    [InlineData("rules/0/certainty", "\"Sure\"")]
    [InlineData("rules/0/versions", """[ { "from": "soon" } ]""")]
    [InlineData("subject", "\"Windows\"")]
    [InlineData("defects", """[ "Z" ]""")]
    public async Task SchemaAndReaderRefuseTheSameMistakes(string place, string value)
    {
        JsonNode data = JsonNode.Parse(Resource("advisories.json"))!;
        JsonNode node = data["advisories"]![0]!;
        string[] path = place.Split('/');
        foreach (string part in path[..^1])
        {
            node = int.TryParse(part, out int index) ? node[index]! : node[part]!;
        }

        node[path[^1]] = JsonNode.Parse(value);
        string changed = data.ToJsonString();
        JsonSchema schema = await JsonSchema.FromJsonAsync(Resource("advisories.schema.json"), Token);
        Assert.NotEmpty(schema.Validate(changed));
        Assert.Throws<FormatException>(() => AdvisoryData.Parse(Encoding.UTF8.GetBytes(changed)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "updated": "2026-01-01" }""")]
    [InlineData("""{ "updated": "2026-01-01", "advisories": null }""")]
    [InlineData("""{ "updated": "2026-01-01", "advisories": [ null ] }""")]
    [InlineData("""{ "updated": "", "advisories": [ { "id": "x", "subject": "Kernel", "defects": [ "A" ], "fixedIn": [], "sources": [], "rules": null } ] }""")]
    [InlineData("""{ "updated": "", "advisories": [ { "id": "x", "subject": "Kernel", "defects": [ "A" ], "fixedIn": """
        + """[], "sources": [], "rules": [ { "suggests": "Unknown", "certainty": "Unknown", "message": "m", "release": "(" } ] } ] }""")]
    public void WhatIsNoKnowledgeIsRefused(string text) =>
    Assert.Throws<FormatException>(() => AdvisoryData.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void EachEntryHasAnIdOfItsOwnAndItsLastRuleIsReached()
    {
        IReadOnlyList<AdvisoryEntry> entries = AdvisoryCatalog.Own.Advisories;
        Assert.Equal(entries.Count, entries.Select(static e => e.Id).Distinct(StringComparer.Ordinal).Count());
        // A rule without conditions hides all that come after it.
        Assert.All(entries,
            static e => Assert.DoesNotContain(e.Rules.SkipLast(1),
                static r => r is { Versions: null, Kernel: null, Release: null, Distribution: null }));
    }

    [Fact]
    public void NoMessageClearsANode() => Assert.All(
        AdvisoryCatalog.Own.Advisories.SelectMany(static e => e.Rules),
        static r => Assert.DoesNotMatch("(?i)not affected|unaffected|is safe|not vulnerable", r.Message));

    private static string Resource(string name)
    {
        using Stream stream = typeof(AdvisoryCatalog).Assembly.GetManifestResourceStream(name)!;
        return new StreamReader(stream).ReadToEnd();
    }
}
