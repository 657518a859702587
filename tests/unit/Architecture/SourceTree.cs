using System.Text.RegularExpressions;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>Which folder of a project declares which type, read from the sources themselves.</summary>
internal sealed partial class SourceTree
{
    private SourceTree(string root) => Root = root;

    public string Root { get; }

    /// <summary>Full name of a top-level type to its folder ("Netfilter/Rules"), "" for the project's own.</summary>
    public Dictionary<string, string> Folders { get; } = new(StringComparer.Ordinal);

    /// <summary>Files whose namespace is neither the public one nor that of their folder.</summary>
    public List<string> Astray { get; } = [];

    public static IEnumerable<string> Files(string root) =>
        Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(static f => !f.Contains("/obj/", StringComparison.Ordinal)
                && !f.Contains("/bin/", StringComparison.Ordinal));

    public static SourceTree Of(string project)
    {
        var tree = new SourceTree(Path.Combine(TestData.Root, "src", project));
        foreach (string file in Files(tree.Root))
        {
            tree.Add(file);
        }

        return tree;
    }

    private void Add(string file)
    {
        string text = File.ReadAllText(file);
        string folder = Path.GetRelativePath(Root, Path.GetDirectoryName(file)!).Replace('\\', '/');
        folder = folder == "." ? string.Empty : folder;
        string space = Namespace().Match(text).Groups[1].Value;
        string wanted = folder.Length == 0 ? "VxlanCsum" : "VxlanCsum." + folder.Replace('/', '.');
        if (space != "VxlanCsum" && space != wanted)
        {
            Astray.Add($"{folder}/{Path.GetFileName(file)}: {space}, not {wanted}");
        }

        foreach (Match type in TopLevelType().Matches(text))
        {
            Folders.TryAdd($"{space}.{type.Groups[1].Value}", folder);
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:[a-z]+ )+?(?:record struct|record class|class|struct|interface|enum|record|delegate [\w<>\[\]?.]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();
}
