using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Packing;

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>Whoever builds these sources, wherever, gets the same package.</summary>
[Long]
public sealed class ReproducibilityTests(PackageFixture package)
{
    private static readonly string[] s_notSources = ["bin", "obj", "out", ".git", "TestResults", "bench", "docs",
        "tests"];

    [Fact]
    public async Task Sources_in_another_folder_without_git_build_to_the_same_bits()
    {
        using TemporaryFolder folder = new();
        string copy = Path.Combine(folder.Path, "another place");
        CopySources(Repository.Root, copy);
        // What is precompiled is not packed.
        (int exitCode,
            string output) = await DotnetProcess.RunAsync(copy, "run", "--project", "build/Packing",
                "-p:Precompile=false");
        Assert.True(exitCode == 0, output);
        string version = Path.GetFileName(package.Folder);
        string[] differing = [
            .. package.Files.Where(
                file => !File.ReadAllBytes(Path.Combine(package.Folder, file)).AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(copy, "out", "VxlanCsum", version, file))))];
        Assert.True(differing.Length == 0,
            $"{string.Join(", ", differing)} differ; is the checkout built from what it holds?");
        Assert.Equal(File.ReadAllBytes(package.Packed.Package),
            File.ReadAllBytes(Path.Combine(copy, "out", Path.GetFileName(package.Packed.Package))));
    }

    private static void CopySources(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.EnumerateDirectories(from)
            .Where(folder => !s_notSources.Contains(Path.GetFileName(folder))))
        {
            CopySources(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
