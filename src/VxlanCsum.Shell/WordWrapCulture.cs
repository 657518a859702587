using System.Globalization;

namespace VxlanCsum.Shell;

/// <summary>
/// The culture under which vxlancsum runs: the invariant one, as far as numbers and times go, but with a language. The
/// engine breaks long lines between words only for languages that it knows to have blanks between them (its
/// StringManipulationHelper); without one it breaks in the middle of words.
/// </summary>
internal sealed class WordWrapCulture() : CultureInfo(string.Empty, useUserOverride: false)
{
    /// <inheritdoc/>
    public override string TwoLetterISOLanguageName => "en";
}
