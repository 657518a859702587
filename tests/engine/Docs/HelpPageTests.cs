using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>The pages of docs/cmdlets against the cmdlets themselves, and against their being filled in by a
/// program.</summary>
public sealed partial class HelpPageTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    public static TheoryData<string> Pages => [.. HelpPage.Names];

    [Fact]
    public void Each_cmdlet_has_a_page_and_each_page_a_cmdlet() =>
        Assert.Equal(engine.Run("Get-Command -Module VxlanCsum | ForEach-Object Name").Values.Cast<string>()
            .Order(StringComparer.Ordinal), HelpPage.Names);

    [Fact]
    public void The_modules_page_names_each_page_with_its_synopsis()
    {
        string module = File.ReadAllText(Path.Combine(HelpPage.Folder, "VxlanCsum.md"));
        Assert.All(HelpPage.Names,
            name => Assert.Contains($"### [{name}]({name}.md)\n\n{HelpPage.Read(name).Sections["SYNOPSIS"]}\n", module,
                StringComparison.Ordinal));
        Assert.Equal(HelpPage.Names, ModuleLink().Matches(module).Select(match => match.Groups[1].Value));
        Assert.DoesNotContain("{{", module, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Parameters_are_the_cmdlets(string name)
    {
        HelpPage page = HelpPage.Read(name);
        CommandInfo command = Command(name);
        object instance = Activator.CreateInstance(((CmdletInfo)command).ImplementingType)!;
        Dictionary<string, string> real = command.Parameters.Values.Where(IsOwn)
            .ToDictionary(p => p.Name, p => Describe(p, instance));
        Dictionary<string, string> written = page.Parameters.ToDictionary(p => p.Name, Describe);
        Assert.Equal(real.Keys.Order(StringComparer.Ordinal), written.Keys.Order(StringComparer.Ordinal));
        Assert.All(real, pair => Assert.Equal(pair.Value, written[pair.Key]));
        Assert.Equal(written.Keys.Order(StringComparer.OrdinalIgnoreCase), written.Keys);
        (instance as IDisposable)?.Dispose();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Syntax_is_the_cmdlets(string name)
    {
        string[] real = [.. Command(name).ParameterSets.Select(set =>
            $"### {set.Name}{(set.IsDefault && set.Name != ParameterAttribute.AllParameterSets ? " (Default)" : "")} "
            + $"{name} {set}")];
        string[] written = [.. HelpPage.Read(name).Parts("SYNTAX")
            .Select(part => $"### {part.Heading} {Blanks().Replace(part.Text.Trim('`', '\n'), " ")}")];
        Assert.Equal(real.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Inputs_and_outputs_are_the_cmdlets(string name)
    {
        HelpPage page = HelpPage.Read(name);
        CommandInfo command = Command(name);
        Assert.Equal(
            command.OutputType.Select(type => type.Name).Order(StringComparer.Ordinal),
            page.Parts("OUTPUTS").Select(part => part.Heading).Order(StringComparer.Ordinal));
        string[] inputs = [.. command.Parameters.Values.Where(IsOwn)
            .Where(p => p.ParameterSets.Values.Any(set => set.ValueFromPipeline || set.ValueFromPipelineByPropertyName))
            .Select(p => p.ParameterType.ToString()).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(inputs.Length > 0 ? inputs : ["None"],
            page.Parts("INPUTS").Select(part => part.Heading).Order(StringComparer.Ordinal));
    }

    /// <summary>What platyPS leaves to fill in is filled in, and by more than a repetition of names.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void It_is_written_by_hand(string name)
    {
        HelpPage page = HelpPage.Read(name);
        Assert.DoesNotContain("{{", string.Join('\n', page.Sections.Values), StringComparison.Ordinal);
        Assert.Equal("VxlanCsum.dll-Help.xml", page.FrontMatter["external help file"]);
        Assert.Equal(name, page.FrontMatter["title"]);
        Assert.InRange(Words(page.Sections["SYNOPSIS"]), 5, 40);
        Assert.DoesNotContain(name, page.Sections["SYNOPSIS"], StringComparison.Ordinal);
        Assert.True(Words(page.Sections["DESCRIPTION"]) >= 60, "the description is too short to tell why");
        Assert.True(Words(page.Sections["NOTES"]) >= 10, "there are no notes");
        Assert.True(
            page.Sections["RELATED LINKS"].Split('\n').Count(line => line.StartsWith("- [", StringComparison.Ordinal))
                >= 2, "there are no links");
        Assert.All(page.Parameters,
            p => Assert.True(Words(p.Text) >= 4 && p.Text.EndsWith('.'), $"-{p.Name} is not described"));
        Assert.All(page.Parts("INPUTS").Concat(page.Parts("OUTPUTS")),
            part => Assert.True(Words(part.Text) >= 3, $"{part.Heading} is not described"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void It_has_three_worked_examples(string name)
    {
        HelpPage page = HelpPage.Read(name);
        ExampleBlock[] examples = [.. ExampleBlock.Of($"docs/cmdlets/{name}.md")];
        IReadOnlyList<(string Heading, string Text)> parts = page.Parts("EXAMPLES");
        Assert.True(parts.Count >= 3, $"there are {parts.Count} examples");
        Assert.All(parts.Index(), part =>
        {
            Assert.Matches($"^Example {part.Index + 1}: \\S", part.Item.Heading);
            ExampleBlock[] own = [.. examples.Where(example => example.Heading == part.Item.Heading)];
            Assert.NotEmpty(own);
            Assert.All(own, example => Assert.False(example.Output is null, $"{example} shows no output"));
            Assert.Contains(own, example => example.Code.Contains(name, StringComparison.Ordinal));
            Assert.True(Words(WithoutBlocks(part.Item.Text)) >= 8,
                $"{part.Item.Heading} says nothing about what is seen");
        });
    }

    /// <summary>The number of words.</summary>
    internal static int Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length;

    private static string WithoutBlocks(string text) => Block().Replace(text, string.Empty);

    private CommandInfo Command(string name) =>
        (CommandInfo)engine.Run("Get-Command $args[0]", name).OnlyOutput.BaseObject;

    /// <summary>Not one of the common parameters; -WhatIf and -Confirm count, for pages say what they do
    /// here.</summary>
    internal static bool IsOwn(ParameterMetadata parameter) => !Cmdlet.CommonParameters.Contains(parameter.Name);

    private static string Describe(ParameterMetadata p, object instance)
    {
        string sets = string.Join('\n',
            p.ParameterSets.OrderBy(set => set.Key, StringComparer.Ordinal).Select(set => Describe(
            set.Key == ParameterAttribute.AllParameterSets ? "(All)" : set.Key,
            set.Value.Position == int.MinValue ? "Named" : set.Value.Position.ToString(CultureInfo.InvariantCulture),
            set.Value.IsMandatory, set.Value.ValueFromPipeline, set.Value.ValueFromPipelineByPropertyName)));
        string values = string.Join(' ',
            p.Attributes.OfType<ValidateSetAttribute>().SelectMany(attribute => attribute.ValidValues));
        bool wildcards = p.Attributes.OfType<SupportsWildcardsAttribute>().Any();
        return $"{p.ParameterType} default '{Default(p, instance)}' wildcards {wildcards} aliases "
            + $"'{string.Join(' ', p.Aliases)}' values '{values}'\n{sets}";
    }

    private static string Describe(HelpParameter p)
    {
        string sets = string.Join('\n', p.Sets.OrderBy(set => set.Key, StringComparer.Ordinal).Select(set => Describe(
            set.Key, set.Value["Position"], set.Value["IsRequired"] == "true", set.Value["ValueFromPipeline"] == "true",
            set.Value["ValueFromPipelineByPropertyName"] == "true")));
        return $"{p.Facts["Type"]} default '{p.Facts["DefaultValue"]}' wildcards "
            + $"{p.Facts["SupportsWildcards"] == "true"} aliases '{p.Facts["Aliases"]}' values "
            + $"'{p.Facts["AcceptedValues"]}'\n{sets}";
    }

    private static string Describe(string set, string position, bool required, bool pipeline, bool byName) =>
        $"{set}: position {position}, required {required}, pipeline {pipeline}, by name {byName}";

    /// <summary>What a new cmdlet holds, where that is a choice and not just "nothing" or "no limit".</summary>
    private static string Default(ParameterMetadata p, object instance) =>
        instance.GetType().GetProperty(p.Name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(instance) switch
        {
            null or "" or false or SwitchParameter { IsPresent: false } or long.MaxValue or 0 or 0L or 0U or 0.0
                or (ushort)0 or Array { Length: 0 } => string.Empty,
            Array array => string.Join(", ", array.Cast<object>()),
            int count when count == Environment.ProcessorCount && p.Name == "ThrottleLimit" => "one a processor",
            object value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    [GeneratedRegex(@"^### \[(.+?)\]", RegexOptions.Multiline)]
    private static partial Regex ModuleLink();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
