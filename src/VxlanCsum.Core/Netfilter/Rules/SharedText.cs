using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>Short texts of rules as strings, the same text mostly as the same string.</summary>
/// <remarks>
/// Half a million rules name a few protocols, targets, networks and ports, and each service several times in a row. The
/// table forgets: a text takes the place of another one, so that it stays small whatever is read. Threads may race for
/// a
/// place; what they find there is whole, and is compared. ASCII is taken as Latin-1, whose characters need no counting.
/// </remarks>
internal static class SharedText
{
    private const int Longest = 64, Slots = 2048;

    // A hash that is of another text costs nothing but a place in the table.
    private static readonly (int Hash, string? Text)[] s_slots = new (int, string?)[Slots];

    /// <summary>The text as <see cref="SafeText.Escape"/> shows it.</summary>
    public static string Of(ReadOnlySpan<byte> utf8, int limit = SafeText.DefaultLimit)
    {
        if (utf8.Length > Longest)
        {
            return utf8.Length <= limit && !utf8.ContainsAnyExceptInRange((byte)' ', (byte)'~')
                ? Encoding.Latin1.GetString(utf8)
                : SafeText.Escape(Encoding.UTF8.GetString(utf8), limit);
        }

        int hash = Utf8Hash.Of(utf8);
        ref (int Hash, string? Text) slot = ref s_slots[hash % Slots];
        if (slot.Hash == hash && slot.Text is { } known && Ascii.Equals(utf8, known))
        {
            return known;
        }

        if (utf8.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return SafeText.Escape(Encoding.UTF8.GetString(utf8), limit);
        }

        string made = Encoding.Latin1.GetString(utf8);
        slot = (hash, made);
        return made;
    }
}
