using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.PesterTests;

/// <summary>The module as an operator uses it, in Microsoft's own pwsh: one test a file of Pester tests.</summary>
public sealed class PesterTests(PesterRun run, ITestOutputHelper output) : IClassFixture<PesterRun>
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Repository.PathOf("tests"), "*.Tests.ps1").Select(static f => Path.GetFileName(f))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_It_passes(string file)
    {
        PesterTest[] tests = [.. run.Tests.Where(t => t.File == file)], failed = [.. With("Failed", tests)],
            skipped = [.. With("Skipped", tests)];
        output.WriteLine(
            $"{file}: {With("Passed", tests).Count()} passed, {failed.Length} failed, {skipped.Length} skipped");
        Array.ForEach(skipped, t => output.WriteLine($"skipped: {t.Name}: {t.Why}"));
        Assert.True(failed.Length == 0, string.Join("\n\n", failed.Select(static t => $"It {t.Name}\n{t.Why}")));
        Assert.NotEmpty(tests);
        Assert.SkipWhen(skipped.Length == tests.Length,
            $"each of its tests was skipped: {skipped.FirstOrDefault()?.Why}");
    }

    /// <summary>A file that says Passed, Failed or Skipped of all its tests leaves none out.</summary>
    [Fact]
    public void Nothing_is_said_in_other_words() =>
        Assert.DoesNotContain(run.Tests, static t => t.Result is not ("Passed" or "Failed" or "Skipped"));

    private static IEnumerable<PesterTest> With(string result, PesterTest[] tests) =>
        tests.Where(t => t.Result == result);
}
