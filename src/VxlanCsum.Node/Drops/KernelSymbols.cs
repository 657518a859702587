using System.Globalization;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Drops;

/// <summary>Names of places in the kernel, from /proc/kallsyms. Read when first asked for: it is long.</summary>
internal sealed class KernelSymbols
{
    private const string Table = "/proc/kallsyms";

    private readonly Dictionary<ulong, string?> _known = [];

    /// <summary>"udp_queue_rcv_one_skb+0x1d2"; null where the kernel does not tell.</summary>
    public string? NameOf(ulong address)
    {
        if (!_known.TryGetValue(address, out string? name))
        {
            name = Find(address);
            _known.Add(address, name);
        }

        return name;
    }

    private static string? Find(ulong address)
    {
        ulong best = 0;
        string? name = null;
        try
        {
            foreach (string line in File.ReadLines(Table))
            {
                if (Function(line) is var (start, function) && start > best && start <= address)
                {
                    (best, name) = (start, function);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return name is null ? null
            : string.Create(CultureInfo.InvariantCulture, $"{SafeText.Escape(name)}+0x{address - best:x}");
    }

    /// <summary>Of "ffffffff81000000 T _text", behind a tab the module; null for what is no function.</summary>
    private static (ulong Start, string Name)? Function(string line)
    {
        int space = line.IndexOf(' ');
        return space > 0 && line.Length > space + 3 && line[space + 1] is 't' or 'T' or 'w' or 'W'
            && ulong.TryParse(line.AsSpan(0, space), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out ulong start)
            ? (start, line[(space + 3)..].Split('\t')[0]) : null;
    }
}
