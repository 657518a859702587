using System.Text.RegularExpressions;

namespace VxlanCsum.Packing;

/// <summary>The part of CHANGELOG.md that is about one version.</summary>
public static partial class ReleaseNotes
{
    private const string Unreleased = "Unreleased";

    /// <summary>
    /// What stands below the version's heading (<c>## [1.2.3]</c>), or below Unreleased as long as it has none: a
    /// package made
    /// before the release is about what is going to be released.
    /// </summary>
    /// <exception cref="PackingException">Neither is there, or nothing stands below it.</exception>
    public static string Of(string changelog, Version version)
    {
        string[] lines = changelog.ReplaceLineEndings("\n").Split('\n');
        int heading = Find(lines, version.ToString());
        heading = heading >= 0 ? heading : Find(lines, Unreleased);
        if (heading < 0)
        {
            throw new PackingException($"CHANGELOG.md has neither a section [{version}] nor one [{Unreleased}].");
        }

        string text = string.Join('\n',
            lines.Skip(heading + 1).TakeWhile(line => !Heading().IsMatch(line) && !LinkDefinition().IsMatch(line)))
            .Trim();
        return text.Length > 0 ? text
            : throw new PackingException($"CHANGELOG.md says nothing below '{lines[heading]}'.");
    }

    private static int Find(string[] lines, string name) =>
        Array.FindIndex(lines, line => Heading().Match(line).Groups["name"].Value == name);

    [GeneratedRegex(@"^## \[(?<name>[^\]]+)\]")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\[[^\]]+\]: ")]
    private static partial Regex LinkDefinition();
}
