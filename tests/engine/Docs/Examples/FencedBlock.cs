using System.Text.RegularExpressions;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>A fenced block of a Markdown page.</summary>
/// <param name="Language">The first word behind the fence.</param>
/// <param name="Words">The other words.</param>
/// <param name="Text">Its lines, less the fence's indent.</param>
/// <param name="Line">The fence's line, from 1; so the index of the block's first line.</param>
/// <param name="LineCount">Lines between the fences.</param>
public sealed partial record FencedBlock(string Language, string[] Words, string Text, int Line, int LineCount)
{
    /// <summary>The blocks of a page in order. One that is not closed is an error.</summary>
    public static IEnumerable<FencedBlock> In(IReadOnlyList<string> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            (string indent, string marks) = (fence.Groups["indent"].Value, fence.Groups["marks"].Value);
            int first = ++i;
            while (lines[i].Trim() != marks)
            {
                if (++i == lines.Count)
                {
                    throw new InvalidDataException($"The block that begins in line {first} is not closed.");
                }
            }

            string[] words = fence.Groups["info"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            IEnumerable<string> text = lines.Skip(first).Take(i - first)
                .Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..]
                    : line.TrimStart());
            yield return new FencedBlock(words.FirstOrDefault(string.Empty), [.. words.Skip(1)],
                string.Join('\n', text), first, i - first);
        }
    }

    [GeneratedRegex("^(?<indent> *)(?<marks>`{3,})(?<info>[^`]*)$")]
    private static partial Regex Fence();
}
