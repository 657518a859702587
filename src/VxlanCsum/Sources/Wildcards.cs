using System.Management.Automation;

namespace VxlanCsum.Sources;

/// <summary>Patterns that people type, and names that only look like one.</summary>
internal static class Wildcards
{
    /// <summary>The pattern; where its brackets make none, the name as it is written.</summary>
    public static WildcardPattern Of(string text, WildcardOptions options)
    {
        try
        {
            var pattern = new WildcardPattern(text, options);

            // PowerShell looks at it when it is first used.
            pattern.IsMatch(string.Empty);
            return pattern;
        }
        catch (WildcardPatternException)
        {
            return new WildcardPattern(WildcardPattern.Escape(text), options);
        }
    }
}
