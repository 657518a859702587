using System.Buffers;
using System.Globalization;
using System.Text;

namespace VxlanCsum.Text;

/// <summary>Makes text from captures, files, devices and arguments safe to show on a terminal.</summary>
internal static class SafeText
{
    /// <summary>How much is shown of a text where nothing else is said.</summary>
    public const int DefaultLimit = 256;

    /// <summary>The longest path that the kernel takes (PATH_MAX).</summary>
    private const int LongestPath = 4096;

    /// <summary>A path as it is shown, in errors and in the properties of what was read from it. Of a name that is fit
    /// for a terminal it is the path itself.</summary>
    public static string Path(string path) => Escape(path, LongestPath);

    /// <summary>
    /// The text with control characters (C0, C1, DEL), line and paragraph separators, lone surrogates and the
    /// characters
    /// that reverse the direction of writing as \xNN or \uNNNN, cut to <paramref name="limit"/> characters of its own.
    /// </summary>
    public static string Escape(string text, int limit = DefaultLimit)
    {
        if (text.Length <= limit && !NeedsEscape(text))
        {
            return text;
        }

        var shown = new StringBuilder(Math.Min(text.Length, limit) + 16);
        ReadOnlySpan<char> rest = text;
        for (int used = 0; !rest.IsEmpty;)
        {
            OperationStatus status = Rune.DecodeFromUtf16(rest, out Rune rune, out int consumed);
            if (used + consumed > limit)
            {
                return shown.Append('…').ToString();
            }

            if (status == OperationStatus.Done && !IsUnsafe(rune))
            {
                shown.Append(rest[..consumed]);
            }
            else
            {
                int code = status == OperationStatus.Done ? rune.Value : rest[0];
                shown.Append(code < 0x100 ? "\\x" : "\\u")
                    .Append(code.ToString(code < 0x100 ? "x2" : "x4", CultureInfo.InvariantCulture));
            }

            used += consumed;
            rest = rest[consumed..];
        }

        return shown.ToString();
    }

    private static bool NeedsEscape(string text)
    {
        foreach (char c in text)
        {
            if (c is < ' ' or > '~')
            {
                return true;
            }
        }

        return false;
    }

    // Cf holds the bidirectional overrides and the zero-width characters that make two names look the same.
    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
