using System.Management.Automation;

namespace VxlanCsum.Shell.Hosting;

/// <summary>Console colours as escape sequences.</summary>
internal static class Colours
{
    /// <summary>What the raw interface says when nobody set a colour.</summary>
    public const ConsoleColor Unset = (ConsoleColor)(-1);

    /// <summary>The text in these colours, and the terminal's own after it.</summary>
    public static string Paint(ConsoleColor foreground, ConsoleColor background, string text)
    {
        string start = (foreground == Unset ? "" : PSStyle.MapForegroundColorToEscapeSequence(foreground))
            + (background == Unset ? "" : PSStyle.MapBackgroundColorToEscapeSequence(background));
        return start.Length == 0 || string.IsNullOrEmpty(text) ? text : start + text + PSStyle.Instance.Reset;
    }
}
