using System.IO.Enumeration;
using System.Text.RegularExpressions;
using VxlanCsum.Node.Files;
using Xunit;

namespace VxlanCsum.UnitTests.Files;

/// <summary>The scripts of the node agent clean up by name: the names are those that files have before they are
/// whole.</summary>
public sealed partial class LeftAsideTests
{
    [Theory]
    [InlineData("base/scripts/metrics.ps1", "vxlancsum.prom")]
    [InlineData("drops/watch.ps1", "vxlancsum-drops.prom")]
    public void AScriptKnowsWhatAKilledOneLeaves(string script, string file)
    {
        string text = File.ReadAllText(Path.Combine(TestData.Root, "deploy", "kubernetes", script));
        string filter = Filter().Match(text).Groups[1].Value, pattern = Pattern().Match(text).Groups[1].Value;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vxlancsum-left-");
        try
        {
            using AsideFile left = new(Path.Combine(folder.FullName, file));
            left.Stream.WriteByte(0);
            string name = Assert.Single(folder.GetFiles()).Name;
            Assert.True(FileSystemName.MatchesSimpleExpression(filter, name), $"{filter} does not find {name}");
            Assert.Matches(pattern, name);
            Assert.DoesNotMatch(pattern, file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"EnumerateFiles\(\$Folder, '([^']+)'\)")]
    private static partial Regex Filter();

    [GeneratedRegex("-match '([^']+)'\\)")]
    private static partial Regex Pattern();
}
