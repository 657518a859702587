using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>That the tests of examples fail when they should.</summary>
public sealed class ExampleMachineryTests
{
    [Fact]
    public void Blocks_are_found_with_their_heading_place_and_output()
    {
        string[] page = ["# Page", "```powershell node error", "# no heading", "one", "```", "", "```output alike", "1",
            "2", "```", "## Part", "- item", "  ```powershell", "  two", "  ```", "```sh", "three", "```"];
        ExampleBlock[] examples = [.. ExampleBlock.Parse("page.md", page)];
        Assert.Equal(["Page", "Part"], examples.Select(e => e.Heading));
        Assert.Equal([ExamplePlace.Node, ExamplePlace.Engine], examples.Select(e => e.Place));
        Assert.Equal(["# no heading\none", "two"], examples.Select(e => e.Code));
        Assert.Equal(new ExampleOutput("1\n2", true, 7, 2), examples[0].Output);
        Assert.Equal((true, false, null), (examples[0].MayFail, examples[1].MayFail, examples[1].Output));
    }

    [Theory]
    [InlineData("```powershell skip", "one", "```")]
    [InlineData("```powershell pwsh node", "one", "```")]
    [InlineData("```output", "one", "```")]
    [InlineData("```powershell", "one")]
    public void A_block_that_would_not_be_run_is_an_error(params string[] page) =>
    Assert.Throws<InvalidDataException>(() => ExampleBlock.Parse("page.md", page));

    [Theory]
    [InlineData("a  \nb", "\na\nb\n\n")]
    [InlineData("a\n...\nd", "a\nb\nc\nd")]
    [InlineData("a\n...", "a")]
    [InlineData("Path: /srv/VxlanCsum/x", "Path: /tmp/there/x")]
    public void What_is_the_same_agrees(string written, string printed) =>
    Assert.Null(Difference(written, printed, alike: false));

    [Theory]
    [InlineData("a\nb", "a\nc")]
    [InlineData("a", "a\nb")]
    [InlineData("a\nb", "a")]
    [InlineData("a\n...\nd", "a\nb\nc")]
    [InlineData("port 12", "port 13")]
    public void What_is_not_does_not(string written, string printed) =>
    Assert.NotNull(Difference(written, printed, alike: false));

    [Theory]
    [InlineData("7 at 03:30:31, 0x1f, id ab12cd", "12 at 23:59:00.1, 0xffff, id 99ffaa", true)]
    [InlineData("Name   Value\n----   -----\neth0   1", "Name     Value\n----     -----\neth0     100", true)]
    [InlineData("a long line that is\nbroken", "a long line that\nis broken", true)]
    [InlineData("eth0 is up", "eth1 is up", false)]
    [InlineData("Good 1", "Bad 1", false)]
    public void Alike_is_what_differs_in_numbers_and_widths_only(string written, string printed, bool same) =>
    Assert.Equal(same, Difference(written, printed, alike: true) is null);

    [Fact]
    public async Task Examples_that_err_or_print_something_else_fail()
    {
        using TemporaryFolder folder = new();
        string page = Path.GetRelativePath(Repository.Root, folder.Write("page.md", """
            # First
            ```powershell
            'one'; $left = 1
            ```
            ```output
            two
            ```
            # Second
            ```powershell
            nosuch-command
            ```
            # Third
            ```powershell
            "left: $left"
            ```
            ```output
            left:
            ```
            """.ReplaceLineEndings("\n")));
        using ExampleRunner runner = new();
        Exception failed = await Assert.ThrowsAnyAsync<Exception>(
            () => runner.RunAsync(page, ExamplePlace.Engine, ShellProcess.Executable));
        Assert.Contains("(First): --- in the page", failed.Message, StringComparison.Ordinal);
        Assert.Contains("(Second): it brought errors", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Third)", failed.Message, StringComparison.Ordinal);
    }

    private static string? Difference(string written, string printed, bool alike) =>
        OutputComparison.Difference(new ExampleOutput(written, alike, 0, 0),
            OutputComparison.Normalize(printed, "/tmp/there"));
}
