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
                // "ffffffff81000000 T _text", behind a tab the module.
                int space = line.IndexOf(' ');
                if (space > 0
                    && ulong.TryParse(line.AsSpan(0, space), NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture, out ulong start)
                    && start > best && start <= address && line.Length > space + 3
                    && line[space + 1] is 't' or 'T' or 'w' or 'W')
                {
                    (best, name) = (start, line[(space + 3)..]);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return name is null ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{SafeText.Escape(name.Split('\t')[0])}+0x{address - best:x}");
    }
}
