using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Packing;

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>THIRD-PARTY-NOTICES.txt names whatever of others the package holds.</summary>
public sealed class ThirdPartyNoticesTests(PackageFixture package)
{
    private string Notices => File.ReadAllText(Path.Combine(package.Folder, "THIRD-PARTY-NOTICES.txt"));

    [Fact]
    public void Every_assembly_that_is_not_ours_is_named()
    {
        string[] foreign = [.. package.Files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file))
            .Where(file => !file.StartsWith("VxlanCsum.", StringComparison.Ordinal))];
        Assert.Contains("SharpPcap.dll", foreign);
        Assert.Equal(foreign.Order(StringComparer.Ordinal), FilesNamedIn(Notices).Order(StringComparer.Ordinal));
    }

    /// <summary>The files that notices say are others'.</summary>
    internal static IEnumerable<string> FilesNamedIn(string notices) => notices.Split('\n')
        .Where(line => line.StartsWith("Files:", StringComparison.Ordinal))
        .SelectMany(line => line["Files:".Length..].Split(',', StringSplitOptions.TrimEntries));

    [Fact]
    public void Every_package_has_its_licences_text()
    {
        string notices = Notices;
        Assert.All(ModuleFiles.Packages(Repository.Root),
            restored => Assert.Contains($"\nLicence of {restored.Id}\n", notices, StringComparison.Ordinal));
        Assert.Contains("Mozilla Public License Version 2.0", notices, StringComparison.Ordinal);
        Assert.Contains("Source:    https://github.com/dotpcap/packetnet, commit ", notices, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', notices);
    }

    [Theory]
    [InlineData("<license type=\"expression\">WTFPL</license>", "WTFPL")]
    [InlineData("<licenseUrl>https://example.org/licence</licenseUrl>", "none named")]
    public void A_licence_that_nobody_read_stops_the_packing(string licence, string named)
    {
        using TemporaryFolder folder = new();
        folder.Write("stranger.nuspec",
            $"<package><metadata><id>Stranger</id><version>1.0</version>{licence}</metadata></package>");
        PackingException problem = Assert.Throws<PackingException>(
            () => ThirdPartyNotices.Write([new RestoredPackage("Stranger", "1.0", ["Stranger.dll"], folder.Path)]));
        Assert.Contains("Stranger 1.0", problem.Message, StringComparison.Ordinal);
        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packages_own_licence_and_notices_go_in_as_it_brings_them()
    {
        using TemporaryFolder folder = new();
        folder.Write("stranger.nuspec",
            "<package xmlns=\"urn:any\"><metadata><authors>Somebody</authors><license "
            + "type=\"file\">terms.md</license></metadata></package>");
        folder.Write("terms.md", "Do as you like.\r\n");
        folder.Write("Third-Party-Notices.TXT", "With parts of Other.\n");
        string notices = ThirdPartyNotices.Write(
            [new RestoredPackage("Stranger", "1.0", ["Stranger.dll"], folder.Path)]);
        Assert.Contains("Stranger 1.0\nFiles:     Stranger.dll\nAuthors:   Somebody\nLicence:   its own, text below\n",
            notices, StringComparison.Ordinal);
        Assert.Contains("Licence of Stranger\n\nDo as you like.\n", notices, StringComparison.Ordinal);
        Assert.Contains("Notices that Stranger brings along\n\nWith parts of Other.\n", notices,
            StringComparison.Ordinal);
    }
}
