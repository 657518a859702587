using System.Globalization;

namespace VxlanCsum.Shell.Hosting;

/// <summary>How many columns of a terminal a character takes: none if it combines, two if it is East Asian wide.</summary>
internal static class CharacterWidth
{
    /// <summary>Blocks of wide characters of the basic plane (Unicode's EastAsianWidth.txt, W and F, merged coarsely).</summary>
    private static readonly (char First, char Last)[] Wide =
    [
        ('\u1100', '\u115F'), ('\u2E80', '\u303E'), ('\u3041', '\uA4CF'), ('\uA960', '\uA97C'),
        ('\uAC00', '\uD7A3'), ('\uF900', '\uFAFF'), ('\uFE30', '\uFE6F'), ('\uFF01', '\uFF60'), ('\uFFE0', '\uFFE6'),
    ];

    /// <summary>Columns of one UTF-16 unit; the halves of a surrogate pair count one each, as those characters are mostly wide.</summary>
    public static int Of(char character)
    {
        if (character < '\u0300')
        {
            return 1;
        }

        if (CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
        {
            return 0;
        }

        foreach ((char first, char last) in Wide)
        {
            if (character >= first && character <= last)
            {
                return 2;
            }
        }

        return 1;
    }

    /// <summary>Columns of a text without escape sequences.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        int columns = 0;
        foreach (char character in text)
        {
            columns += Of(character);
        }

        return columns;
    }
}
