using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>Every example of README.md and docs is run, and prints what the page says. Those of nodes are run by
/// tests/lab.</summary>
[Long]
public sealed partial class ExampleTests
{
    public static TheoryData<string> InEngine => ExampleBlock.PagesFor(ExamplePlace.Engine);

    public static TheoryData<string> InPwsh => ExampleBlock.PagesFor(ExamplePlace.Pwsh);

    public static TheoryData<string> Pages => [.. ExampleBlock.Pages];

    [Theory]
    [MemberData(nameof(InEngine))]
    public async Task Examples_run_in_the_engine(string page)
    {
        using ExampleRunner runner = new();
        await runner.RunAsync(page, ExamplePlace.Engine, ShellProcess.Executable);
    }

    [Theory]
    [MemberData(nameof(InPwsh))]
    public async Task Examples_run_in_pwsh(string page)
    {
        using ExampleRunner runner = new();
        await runner.RunAsync(page, ExamplePlace.Pwsh, [.. Pwsh.Command, "-NoProfile"]);
    }

    /// <summary>```sh run: for a shell, with bin/vxlancsum in place of building and running it.</summary>
    [Fact]
    public async Task Shell_commands_run()
    {
        (string Page, FencedBlock Block)[] blocks = [
            .. ExampleBlock.Pages.SelectMany(
                page => FencedBlock.In(File.ReadAllLines(Repository.PathOf(page)))
                    .Where(block => block.Language == "sh").Select(block => (page, block)))];
        Assert.All(blocks, found => Assert.True(
            found.Block.Words is ["run"] || !found.Block.Text.Contains("vxlancsum", StringComparison.OrdinalIgnoreCase),
            $"{found.Page}:{found.Block.Line} is not run"));
        using ExampleRunner runner = new();
        foreach ((string page, FencedBlock block) in blocks.Where(found => found.Block.Words is ["run"]))
        {
            ShellResult result = await runner.StartAsync(
                ["sh", "-e", "-c",
                    block.Text.Replace("dotnet run --project src/VxlanCsum.Shell --", "bin/vxlancsum",
                        StringComparison.Ordinal)]);
            Assert.True(result.ExitCode == 0 && result.Errors.Length == 0 && result.Output.Length > 0,
                $"{page}:{block.Line}: {result}");
        }
    }

    /// <summary>What looks like an example and is in another kind of block would not be run.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void No_example_hides_in_another_block(string page)
    {
        _ = ExampleBlock.Of(page);
        string[] hidden = [.. FencedBlock.In(File.ReadAllLines(Repository.PathOf(page)))
            .Where(block => block.Language is not ("powershell" or "sh" or "output") && Hidden().IsMatch(block.Text)
                && !IsSyntax(page, block))
            .Select(block => $"{page}:{block.Line}: {block.Text.Split('\n')[0]}")];
        Assert.Empty(hidden);
    }

    private static bool IsSyntax(string page, FencedBlock block) =>
        page.StartsWith("docs/cmdlets/", StringComparison.Ordinal)
            && block.Text.StartsWith(Path.GetFileNameWithoutExtension(page), StringComparison.Ordinal);

    [GeneratedRegex(@"^PS[^>\n]*> |^(ConvertFrom-Tcpdump|Export-Checksum|Get-(Checksum|Kube|Offload|Vxlan)|"
        + @"Invoke-Checksum|Measure-Pcap|Read-Pcap|Repair-Pcap|Resolve-Nat|Set-Offload|Test-(Kernel|Kube|Vxlan)|"
        + @"Trace-Kube|Undo-Checksum|Watch-Masq)\w* ", RegexOptions.Multiline)]
    private static partial Regex Hidden();
}
