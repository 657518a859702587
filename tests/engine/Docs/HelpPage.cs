using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>A parameter of a page: its text and the block of facts below it.</summary>
/// <param name="Name">Without the dash.</param>
/// <param name="Text">What was written about it.</param>
/// <param name="Facts">The block's lines at the margin: Type, DefaultValue, SupportsWildcards, Aliases,
/// AcceptedValues...</param>
/// <param name="Sets">The parameter sets' facts, by set: Position, IsRequired, ValueFromPipeline...</param>
public sealed record HelpParameter(string Name, string Text, IReadOnlyDictionary<string, string> Facts,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Sets);

/// <summary>A cmdlet's page in docs/cmdlets, in the form of Microsoft.PowerShell.PlatyPS 1.0.</summary>
/// <param name="Name">The cmdlet.</param>
/// <param name="FrontMatter">The page's metadata.</param>
/// <param name="Sections">The texts below the headings of the second level, by heading.</param>
public sealed partial record HelpPage(string Name, IReadOnlyDictionary<string, string> FrontMatter,
    IReadOnlyDictionary<string, string> Sections)
{
    /// <summary>The folder of the pages.</summary>
    public static string Folder { get; } = Repository.PathOf("docs", "cmdlets");

    /// <summary>The cmdlets that have a page.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*-*.md").Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal)];

    /// <summary>Texts below the headings of the third level of a section, by heading, in order.</summary>
    public IReadOnlyList<(string Heading, string Text)> Parts(string section) => Split(Sections[section], "### ");

    /// <summary>The parameters, in the page's order.</summary>
    public IReadOnlyList<HelpParameter> Parameters =>
        [.. Parts("PARAMETERS").Where(part => part.Heading.StartsWith('-'))
            .Select(part => Parameter(part.Heading[1..], part.Text))];

    /// <summary>Reads a cmdlet's page.</summary>
    public static HelpPage Read(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name + ".md"));
        Match front = FrontMatterBlock().Match(text);
        Assert.True(front.Success, $"{name}.md begins without its metadata");
        return new HelpPage(name, Facts(front.Groups[1].Value.Split('\n')),
            Split(text[front.Length..], "## ").ToDictionary(part => part.Heading, part => part.Text));
    }

    private static HelpParameter Parameter(string name, string text)
    {
        int start = text.IndexOf("```yaml\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"-{name} has no block of facts");
        string[] lines = text[(start + 8)..].TrimEnd('`', '\n').Split('\n');
        Dictionary<string, IReadOnlyDictionary<string, string>> sets = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("- Name: ", StringComparison.Ordinal))
            {
                sets.Add(lines[i][8..],
                    Facts(lines.Skip(i + 1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))));
            }
        }

        Dictionary<string, string> facts = Facts(lines.Where(line => !line.StartsWith(' ')));
        foreach (string list in (string[])["Aliases", "AcceptedValues"])
        {
            // A list stands in the lines below, each behind a dash.
            int at = Array.FindIndex(lines, line => line == list + ":");
            facts[list] = at < 0 ? string.Empty
                : string.Join(' ',
                    lines.Skip(at + 1).TakeWhile(line => line.StartsWith("- ", StringComparison.Ordinal))
                        .Select(line => line[2..]));
        }

        return new HelpParameter(name, text[..start].Trim(), facts, sets);
    }

    private static Dictionary<string, string> Facts(IEnumerable<string> lines) =>
        lines.Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2 && !pair[0].StartsWith('-'))
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim().Trim('\''));

    /// <summary>Splits at headings outside of fenced blocks.</summary>
    private static List<(string Heading, string Text)> Split(string text, string mark)
    {
        List<(string Heading, List<string> Lines)> parts = [];
        bool fenced = false;
        foreach (string line in text.Split('\n'))
        {
            fenced ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!fenced && line.StartsWith(mark, StringComparison.Ordinal))
            {
                parts.Add((line[mark.Length..], []));
            }
            else if (parts.Count > 0)
            {
                parts[^1].Lines.Add(line);
            }
        }

        return [.. parts.Select(part => (part.Heading, string.Join('\n', part.Lines).Trim()))];
    }

    [GeneratedRegex(@"\A---\n(.*?)\n---\n", RegexOptions.Singleline)]
    private static partial Regex FrontMatterBlock();
}
