using System.Globalization;

namespace VxlanCsum.Node.Connections;

/// <summary>Packets that connection tracking dropped because two raced for one entry, as `conntrack -S` shows
/// them.</summary>
/// <param name="Count">Of all processors, since the network namespace began; null where the kernel does not
/// tell.</param>
internal sealed record InsertFailures(long? Count)
{
    /// <summary>A line of names, and one of hexadecimal numbers a processor (nf_conntrack_standalone.c).</summary>
    private const string Statistics = "/proc/thread-self/net/stat/nf_conntrack";

    /// <summary>Of the calling thread's network namespace.</summary>
    public static InsertFailures Read()
    {
        // Not every kernel has the file, and the module may not be there: then there are no entries to race for.
        if (!File.Exists(Statistics))
        {
            return new InsertFailures(Count: null);
        }

        string[][] lines = [.. File.ReadLines(Statistics).Take(8192)
            .Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        int column = lines.Length == 0 ? -1 : Array.IndexOf(lines[0], "insert_failed");
        return new InsertFailures(column < 0 ? null : lines.Skip(1).Where(l => l.Length > column).Sum(l =>
            long.TryParse(l[column], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long count)
                ? count : 0));
    }
}
