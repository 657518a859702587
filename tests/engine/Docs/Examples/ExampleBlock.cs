using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>Where an example of the documents is run.</summary>
public enum ExamplePlace
{
    /// <summary>```powershell: in vxlancsum, the hosted engine.</summary>
    Engine,

    /// <summary>```powershell pwsh: in pwsh, since it uses modules that only pwsh brings.</summary>
    Pwsh,

    /// <summary>```powershell node: in vxlancsum on a node of the lab that has the fault; needs root.</summary>
    Node,

    /// <summary>```powershell receiver: on the node to which that one sends, and which drops the packets.</summary>
    Receiver,
}

/// <summary>The ```output block behind an example.</summary>
/// <param name="Text">What the example is to print.</param>
/// <param name="Alike">```output alike: numbers and widths are those of one run; see
/// <see cref="OutputComparison"/>.</param>
/// <param name="FirstLine">Its first line's index in the page, fences not counted.</param>
/// <param name="LineCount">How many lines it has.</param>
public sealed record ExampleOutput(string Text, bool Alike, int FirstLine, int LineCount);

/// <summary>
/// A ```powershell block of a page. The words behind say where it is run (<see cref="ExamplePlace"/>) and, with
/// "error", that it
/// is to show errors. A block without a word is run in the engine; there is no way to have one not run.
/// </summary>
/// <param name="Page">The page's path below the repository's root.</param>
/// <param name="Line">The line of its first fence, from 1.</param>
/// <param name="Heading">The heading above it.</param>
/// <param name="Code">The block's lines.</param>
/// <param name="Place">Where it is run.</param>
/// <param name="MayFail">It is to show errors.</param>
/// <param name="Output">What stands behind it, if an output block does.</param>
public sealed partial record ExampleBlock(string Page, int Line, string Heading, string Code, ExamplePlace Place,
    bool MayFail, ExampleOutput? Output)
{
    /// <summary>The pages whose examples are run: README.md and everything in docs.</summary>
    public static IReadOnlyList<string> Pages { get; } =
        [.. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Append(Repository.PathOf("README.md"))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    /// <summary>Pages with at least one example for a place.</summary>
    public static TheoryData<string> PagesFor(ExamplePlace place) =>
        [.. Pages.Where(page => Of(page).Any(example => example.Place == place))];

    /// <summary>A page's examples, in order.</summary>
    public static IReadOnlyList<ExampleBlock> Of(string page) =>
        Parse(page, File.ReadAllLines(Repository.PathOf(page)));

    /// <summary>The examples in the lines of a page.</summary>
    public static IReadOnlyList<ExampleBlock> Parse(string page, IReadOnlyList<string> lines)
    {
        List<ExampleBlock> examples = [];
        string heading = string.Empty;
        int seen = 0;
        foreach (FencedBlock block in FencedBlock.In(lines))
        {
            // Between the blocks: in one a line that begins so is a comment.
            heading = lines.Take(block.Line - 1).Skip(seen).LastOrDefault(line => HeadingLine().IsMatch(line), heading);
            seen = block.Line + block.LineCount;
            if (block.Language == "output")
            {
                Require(examples.Count > 0 && examples[^1].Output is null && block.Words is [] or ["alike"], page,
                    block, "belongs to no example, or has a word other than alike");
                examples[^1] = examples[^1] with
                {
                    Output = new ExampleOutput(block.Text, block.Words.Length > 0, block.Line, block.LineCount)
                };
            }
            else if (block.Language == "powershell")
            {
                string[] places = [.. block.Words.Where(word => word != "error")];
                Require(places is [] or ["pwsh"] or ["node"] or ["receiver"], page, block,
                    "has words other than pwsh, node or receiver, and error");
                ExamplePlace place = places is [var word] ? Enum.Parse<ExamplePlace>(word, ignoreCase: true)
                    : ExamplePlace.Engine;
                examples.Add(
                    new ExampleBlock(page, block.Line, heading.TrimStart('#', ' '), block.Text, place,
                        block.Words.Contains("error"), null));
            }
        }

        return examples;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Page}:{Line} ({Heading})";

    private static void Require(bool condition, string page, FencedBlock block, string problem)
    {
        if (!condition)
        {
            throw new InvalidDataException(
                $"{page}:{block.Line}: the block '{block.Language} {string.Join(' ', block.Words)}' {problem}.");
        }
    }

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex HeadingLine();
}
