using System.Text.RegularExpressions;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>Whether an example printed what stands behind it in the page.</summary>
/// <remarks>
/// Always the same: blanks at the ends of lines, empty lines at the beginning and end, the folder in which the example
/// ran, which the
/// pages call /srv/VxlanCsum, and the release of the running kernel, which they call 6.18.44. A line of three dots
/// stands for any
/// lines, also none. In a block marked "alike", which shows one run on a node, every number, time, address and
/// hexadecimal id
/// stands for any other, and so does every width, and with it where lines are broken.
/// </remarks>
public static partial class OutputComparison
{
    /// <summary>The folder in which the pages have their examples run.</summary>
    public const string PageFolder = "/srv/VxlanCsum";

    private const string PageKernel = "6.18.44";
    private static readonly string s_kernel = File.Exists("/proc/sys/kernel/osrelease")
        ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : PageKernel;

    /// <summary>A run's output as a page would show it.</summary>
    public static string Normalize(string output, string folder) =>
        string.Join('\n',
            output.ReplaceLineEndings("\n").Replace(folder, PageFolder, StringComparison.Ordinal)
                .Replace(s_kernel, PageKernel, StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd()))
                .Trim('\n');

    /// <summary>Null where they agree, else what differs.</summary>
    public static string? Difference(ExampleOutput expected, string normalized)
    {
        string Comparable(string text) => expected.Alike ? Shape(text) : text.Trim('\n');
        string[] parts = [.. AnyLines().Split(Normalize(expected.Text, PageFolder)).Select(Comparable)];
        bool same = Regex.IsMatch(Comparable(normalized), $"^{string.Join(".*", parts.Select(Regex.Escape))}$",
            RegexOptions.Singleline);
        return same ? null : $"--- in the page\n{expected.Text}\n--- printed\n{normalized}";
    }

    private static string Shape(string text) =>
        Blanks().Replace(Rules().Replace(Numbers().Replace(text, "0"), "---"), " ").Trim();

    /// <summary>Hexadecimal numbers and ids, times, addresses, versions, numbers; of a name such as eth0 the digits
    /// stay.</summary>
    [GeneratedRegex(@"0x[0-9a-fA-F]+|(?<![\w.])[-+]?\d[\d.:,]*\d(?!\w)|(?<![\w.])[-+]?\d(?![\w.])|\b[0-9a-f]{4,}\b")]
    private static partial Regex Numbers();

    [GeneratedRegex("-{2,}")]
    private static partial Regex Rules();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^\.\.\.$", RegexOptions.Multiline)]
    private static partial Regex AnyLines();
}
