using System.Text.RegularExpressions;
using System.Xml.Linq;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>en-US/, which `build.ps1 -Task Docs` writes, says what docs says, and Get-Help shows it.</summary>
public sealed partial class BuiltHelpTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Rebuild = "is not what docs says: run ./build.ps1 -Task Docs";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly Lazy<Dictionary<string, XElement>> s_commands = new(
        () => XDocument.Load(Repository.PathOf("en-US", "VxlanCsum.dll-Help.xml"))
        .Root!.Elements(s_command + "command")
        .ToDictionary(command => command.Element(s_command + "details")!.Element(s_command + "name")!.Value));

    public static TheoryData<string> Pages => [.. HelpPage.Names];

    public static TheoryData<string> Topics =>
        [.. Directory.EnumerateFiles(Repository.PathOf("docs"), "about_*.md")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void It_holds_the_pages_and_nothing_else()
    {
        Assert.Equal(HelpPage.Names, s_commands.Value.Keys.Order(StringComparer.Ordinal));
        string[] files = [.. Topics.Select(row => row.Data + ".help.txt").Append("VxlanCsum.dll-Help.xml")
            .Order(StringComparer.Ordinal)];
        Assert.Equal(files,
            Directory.EnumerateFiles(Repository.PathOf("en-US")).Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Its_texts_are_the_pages(string name)
    {
        HelpPage page = HelpPage.Read(name);
        XElement command = s_commands.Value[name];
        Same(page.Sections["SYNOPSIS"], command.Element(s_command + "details")!.Element(s_maml + "description"),
            "the synopsis");
        Same(page.Sections["DESCRIPTION"], command.Element(s_maml + "description"), "the description");
        Same(page.Sections["NOTES"], command.Element(s_maml + "alertSet"), "the notes");
        Same(string.Join('\n', page.Parts("INPUTS").Select(part => $"{part.Heading} {part.Text}")),
            command.Element(s_command + "inputTypes"), "the inputs");
        Same(string.Join('\n', page.Parts("OUTPUTS").Select(part => $"{part.Heading} {part.Text}")),
            command.Element(s_command + "returnValues"), "the outputs");
        XElement[] examples = [.. command.Element(s_command + "examples")!.Elements()];
        Assert.Equal(page.Parts("EXAMPLES").Count, examples.Length);
        Assert.All(page.Parts("EXAMPLES").Zip(examples),
            pair => Same($"{pair.First.Heading} {pair.First.Text}", pair.Second, pair.First.Heading));
        string[] links = [.. MarkdownLink().Matches(page.Sections["RELATED LINKS"])
            .Select(match =>
                $"{match.Groups["text"]} "
                    + $"{(match.Groups["target"].Value.Contains("://", StringComparison.Ordinal) ? match.Groups["target"] : null)}")];
        Assert.Equal(links,
            command.Element(s_command + "relatedLinks")!.Elements()
                .Select(link => $"{link.Element(s_maml + "linkText")!.Value} {link.Element(s_maml + "uri")!.Value}"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Its_parameters_are_the_pages(string name)
    {
        HelpPage page = HelpPage.Read(name);
        XElement[] parameters = [.. s_commands.Value[name].Element(s_command + "parameters")!.Elements()];
        Assert.Equal(page.Parameters.Select(p => p.Name), parameters.Select(p => p.Element(s_maml + "name")!.Value));
        Assert.All(page.Parameters.Zip(parameters), pair =>
        {
            (HelpParameter written, XElement built) = pair;
            Same(written.Text, built.Element(s_maml + "description"), "-" + written.Name);
            Assert.Equal(written.Facts["SupportsWildcards"], built.Attribute("globbing")!.Value);
            Assert.Equal(written.Facts["Aliases"].Length == 0 ? "none"
                : written.Facts["Aliases"].Replace(" ", ", ", StringComparison.Ordinal),
                built.Attribute("aliases")!.Value);
            Assert.Equal(written.Facts["Type"], built.Element(s_dev + "type")!.Element(s_maml + "name")!.Value);
            Assert.Equal(written.Facts["DefaultValue"], built.Element(s_dev + "defaultValue")?.Value ?? string.Empty);
        });
        Assert.Equal(
            page.Parts("SYNTAX").Select(part => SetParameters(part.Text)),
            s_commands.Value[name].Element(s_command + "syntax")!.Elements()
                .Select(item => string.Join(' ',
                    item.Elements(s_command + "parameter").Select(p => p.Element(s_maml + "name")!.Value)
                        .Order(StringComparer.Ordinal))));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_engine_shows_it(string name)
    {
        HelpPage page = HelpPage.Read(name);
        const string script = """
            param($name)
            $help = Get-Help $name -Full
            @(
                $help.Synopsis
                $help.description | ForEach-Object Text
                $help.examples.example | ForEach-Object { $_.title; $_.introduction | ForEach-Object Text; $_.code; $_.remarks | ForEach-Object Text }
                $help.parameters.parameter | ForEach-Object { $_.name; $_.description | ForEach-Object Text }
                $help.alertSet.alert | ForEach-Object Text
            ) -join "`n"
            """;
        string shown = (string)engine.Run(script, name).OnlyOutput.BaseObject;
        Assert.All(
            (string[])[page.Sections["SYNOPSIS"], page.Sections["DESCRIPTION"], page.Sections["NOTES"],
                .. page.Parts("EXAMPLES").Select(part => part.Text), .. page.Parameters.Select(p => p.Text)],
            text => Assert.Contains(Plain(text), Plain(shown), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void A_topics_text_is_the_pages_and_the_engine_shows_it(string topic)
    {
        string built = File.ReadAllText(Repository.PathOf("en-US", topic + ".help.txt"));
        Assert.True(
            Plain(built).Equals(Plain(File.ReadAllText(Repository.PathOf("docs", topic + ".md"))),
                StringComparison.OrdinalIgnoreCase), $"{topic}.help.txt {Rebuild}");
        HashSet<string> verbatim = [.. FencedBlock.In(File.ReadAllLines(Repository.PathOf("docs", topic + ".md")))
            .SelectMany(block => block.Text.Split('\n')).Select(line => line.Trim())];
        Assert.All(built.Split('\n').Where(
            line => !verbatim.Contains(line.Trim()) && line.Contains(' ', StringComparison.Ordinal)),
            line => Assert.True(
            line.Length <= 80 || line.Contains("://", StringComparison.Ordinal),
            $"{topic}: a terminal would wrap '{line}'"));
        Assert.Contains(Plain(built), Plain((string)engine.Run("Get-Help $args[0]", topic).OnlyOutput.BaseObject),
            StringComparison.Ordinal);
    }

    private static void Same(string written, XElement? built, string what) =>
        Assert.True(
            Plain(written)
                == Plain(string.Join('\n', built!.DescendantNodes().OfType<XText>().Select(text => text.Value))),
                $"{what} {Rebuild}.\n--- docs\n{Plain(written)}\n--- en-US\n"
                    + $"{Plain(string.Join('\n', built.DescendantNodes().OfType<XText>().Select(text => text.Value)))}");

    /// <summary>The words: without fences, the marks of headings and links, prompts, and the rules around
    /// titles.</summary>
    private static string Plain(string text)
    {
        string plain = Fence().Replace(text.ReplaceLineEndings("\n"), string.Empty)
            .Replace("PS>", string.Empty, StringComparison.Ordinal);
        plain = MarkdownLink().Replace(plain, "${text} ${target}");
        plain = Heading().Replace(plain, string.Empty);
        return Blanks().Replace(Rule().Replace(plain, " "), " ").Trim();
    }

    private static string SetParameters(string syntax) =>
        string.Join(' ',
            SyntaxParameter().Matches(syntax).Select(match => match.Groups[1].Value)
                .Where(name => name != "CommonParameters").Order(StringComparer.Ordinal));

    [GeneratedRegex("^ *```.*$", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#+ ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[(?<text>[^\]\n]+)\]\((?<target>[^)\s]+)\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex("-{3,}")]
    private static partial Regex Rule();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"(?<= |\[)-(\w+)")]
    private static partial Regex SyntaxParameter();
}
