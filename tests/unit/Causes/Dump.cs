using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>All that a result says, as text: two results with the same text are the same to whoever reads them.</summary>
internal static class Dump
{
    public static string Of(IEnumerable<VxlanChecksumResult> results) =>
        string.Join('\n', results.Select(static r => Append(new StringBuilder(), r, 0).ToString()));

    private static StringBuilder Append(StringBuilder text, object? value, int depth) => value switch
    {
        null => text.Append("null"),
        string word => text.Append(word),
        IEnumerable list => AppendAll(text.Append('['), list, depth).Append(']'),
        IFormattable plain when value.GetType().Assembly != typeof(VxlanChecksumResult).Assembly =>
            text.Append(plain.ToString(null, CultureInfo.InvariantCulture)),
        Enum word => text.Append(word),
        _ when value.GetType().Assembly == typeof(VxlanChecksumResult).Assembly && depth < 4 =>
            AppendProperties(text, value, depth),
        _ => text.Append(value),
    };

    private static StringBuilder AppendAll(StringBuilder text, IEnumerable list, int depth)
    {
        foreach (object? item in list)
        {
            Append(text.Append(' '), item, depth + 1);
        }

        return text;
    }

    private static StringBuilder AppendProperties(StringBuilder text, object value, int depth)
    {
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static p => p.GetIndexParameters().Length == 0))
        {
            Append(text.Append(CultureInfo.InvariantCulture, $"\n{new string(' ', depth)}{property.Name}="),
                property.GetValue(value), depth + 1);
        }

        return text;
    }
}
