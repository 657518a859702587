using System.Globalization;
using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Reports;

/// <summary>Texts and numbers as reports write them.</summary>
internal static class ReportText
{
    private const int LongestText = 8192;

    private static readonly Dictionary<string, string> s_capitals = new(StringComparer.Ordinal)
    {
        ["Cni"] = "CNI",
        ["Id"] = "ID",
        ["OSImage"] = "OS image",
        ["Snat"] = "SNAT",
        ["Vnis"] = "VNIs",
        ["Vxlan"] = "VXLAN",
    };

    /// <summary>Any text as one line without control characters.</summary>
    public static string Line(string text) =>
        SafeText.Escape(text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.ReplaceLineEndings(" "), LongestText);

    /// <summary>
    /// The same for XML and HTML: XML 1.0 has no way to hold some characters, not even escaped ones, U+FFFE and U+FFFF
    /// besides controls and lone surrogates.
    /// </summary>
    public static string Markup(string text) => Line(text).Replace('\uFFFE', '\uFFFD').Replace('\uFFFF', '\uFFFD');

    /// <summary>ISO 8601, UTC, to the second.</summary>
    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The same to the microsecond, for what is short.</summary>
    public static string TimeWithFraction(DateTime time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>"2026-11-23 02:18:41 UTC".</summary>
    public static string TimeForPeople(DateTime time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>"12,345".</summary>
    public static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"99.72 %"; never "100 %" of what is less, nor "0 %" of what is more.</summary>
    public static string Percent(double share) => share switch
    {
        > 0 and < 0.0001 => "< 0.01 %",
        > 0.9999 and < 1 => "> 99.99 %",
        _ => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %"),
    };

    /// <summary>"Implied original port" for "ImpliedOriginalPort"; what is written in capitals stays so.</summary>
    public static string Words(string name)
    {
        if (s_capitals.TryGetValue(name, out string? whole))
        {
            return whole;
        }

        var words = new StringBuilder(name.Length + 8);
        int begin = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            if (i < name.Length && !char.IsAsciiLetterUpper(name[i]))
            {
                continue;
            }

            string word = name[begin..i];
            words.Append(begin == 0 ? "" : " ")
                .Append(s_capitals.GetValueOrDefault(word, begin == 0 ? word : word.ToLowerInvariant()));
            begin = i;
        }

        return words.ToString();
    }

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string Listed(IReadOnlyList<string> parts) => parts.Count > 1
        ? $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}" : parts[0];

    /// <summary>The first sentences of a text: one ends where a full stop stands before a capital.</summary>
    public static string Sentences(string text, int most)
    {
        for (int end = text.IndexOf(". ", StringComparison.Ordinal); end >= 0;
            end = text.IndexOf(". ", end + 1, StringComparison.Ordinal))
        {
            if (end + 2 < text.Length && char.IsUpper(text[end + 2]) && --most == 0)
            {
                return text[..(end + 1)];
            }
        }

        return text;
    }

    /// <summary>The name of a file without its folders.</summary>
    public static string FileName(string path) => path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];

    /// <summary>"1 packet", "2 packets".</summary>
    public static string Count(long count, string one, string many) => $"{Grouped(count)} {(count == 1 ? one : many)}";
}
