using System.Globalization;
using Xunit;

namespace VxlanCsum.Trust;

/// <summary>
/// A table of docs/trust.md. With VXLANCSUM_WRITE_TRUST=1 the tests write what they found; else they compare it, but for
/// the columns that are those of one run: their names end in "*".
/// </summary>
internal static class TrustTable
{
    private static readonly Lock s_lock = new();

    private static string Page
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "VxlanCsum.slnx")))
            {
                folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no VxlanCsum.slnx");
            }

            return Path.Combine(folder, "docs", "trust.md");
        }
    }

    /// <summary>Writes or compares one row: the one with the same first cell.</summary>
    public static void Row(string table, params object[] cells)
    {
        string[] found = [.. cells.Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c}"))];
        lock (s_lock)
        {
            List<string> lines = [.. File.ReadAllLines(Page)];
            int start = lines.IndexOf($"<!-- {table} -->"), end = lines.IndexOf("<!-- end -->", Math.Max(start, 0));
            Assert.True(start >= 0 && end > start + 2, $"docs/trust.md has no table '{table}'");
            string[] heads = Cells(lines[start + 1]);
            int row = lines.FindIndex(start + 3, end - start - 3, l => Cells(l)[0] == found[0]);
            if (Environment.GetEnvironmentVariable("VXLANCSUM_WRITE_TRUST") == "1")
            {
                string line = $"| {string.Join(" | ", found)} |";
                if (row < 0)
                {
                    lines.Insert(end, line);
                }
                else
                {
                    lines[row] = line;
                }

                File.WriteAllLines(Page, lines);
                return;
            }

            Assert.True(row >= 0, $"docs/trust.md, table '{table}', has no row '{found[0]}'");
            string[] told = Cells(lines[row]);
            for (int i = 0; i < heads.Length; i++)
            {
                Assert.True(heads[i].EndsWith('*') || told[i] == found[i],
                    $"docs/trust.md says '{told[i]}' of '{found[0]}', and it was '{found[i]}'");
            }
        }
    }

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(static c => c.Trim())];
}
