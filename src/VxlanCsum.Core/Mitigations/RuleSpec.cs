using System.Globalization;

namespace VxlanCsum.Mitigations;

/// <summary>Rules as iptables-save writes them, word by word, and whether two say the same.</summary>
internal static class RuleSpec
{
    /// <summary>The comment by which our own rules are known.</summary>
    public static string Comment(MitigationKind kind) => $"vxlancsum:{kind}";

    /// <summary>A rule on UDP packets to a port.</summary>
    public static string[] ToPort(MitigationKind kind, int port, params string[] target) =>
        ["-p", "udp", "-m", "udp", "--dport", port.ToString(CultureInfo.InvariantCulture), "-m", "comment", "--comment",
            Comment(kind), "-j", .. target];

    public static string Mark(uint value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    /// <summary>The words of a rule of iptables, without "-A CHAIN".</summary>
    public static string[] Words(NetfilterRule rule) => Words(rule.Text);

    /// <summary>The words of a line of iptables-save, without "-A CHAIN".</summary>
    public static string[] Words(string line)
    {
        string[] words = CommandText.Split(line);
        return words is ["-A", _, .. var rest] ? rest : words;
    }

    /// <summary>The same rule, comments aside: one that an administrator put in by hand does as well as ours.</summary>
    public static bool SameEffect(string[] left, string[] right) =>
        Essence(left).SequenceEqual(Essence(right), StringComparer.Ordinal);

    /// <summary>The same rule to the last word, which is what `iptables -D` finds.</summary>
    public static bool Same(string[] left, string[] right) =>
        Canonical(left).SequenceEqual(Canonical(right), StringComparer.Ordinal);

    private static IEnumerable<string> Essence(string[] words)
    {
        string[] canonical = Canonical(words);
        for (int i = 0; i < canonical.Length; i++)
        {
            if (canonical[i] == "-m" && i + 1 < canonical.Length && canonical[i + 1] == "comment")
            {
                i++;
            }
            else if (canonical[i] == "--comment")
            {
                i++;
            }
            else
            {
                yield return canonical[i];
            }
        }
    }

    // iptables 1.8.10 and later print NOTRACK as what it has always been.
    public static string[] Canonical(string[] words) =>
        words is [.. var start, "-j", "CT", "--notrack"] ? [.. start, "-j", "NOTRACK"] : words;
}
