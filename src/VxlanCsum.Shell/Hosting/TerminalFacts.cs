using System.Globalization;

namespace VxlanCsum.Shell.Hosting;

/// <summary>What the three standard streams are, found out once.</summary>
internal static class TerminalFacts
{
    /// <summary>Columns of output that goes to no terminal: wide, as nobody sees the right edge of a log.</summary>
    private const int RedirectedColumns = 120;

    private static readonly bool DumbTerminal = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";

    /// <summary>Commands come from a terminal and their output goes to one.</summary>
    public static bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Standard output understands escape sequences.</summary>
    public static bool OutputTakesEscapes { get; } = !Console.IsOutputRedirected && !DumbTerminal;

    /// <summary>Standard error understands escape sequences.</summary>
    public static bool ErrorTakesEscapes { get; } = !Console.IsErrorRedirected && !DumbTerminal;

    /// <summary>The user asked for no colours (https://no-color.org: set and not empty).</summary>
    public static bool NoColor { get; } = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The width that output is formatted for.</summary>
    public static int Columns
    {
        get
        {
            if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0
                && Console.IsOutputRedirected)
            {
                return columns;
            }

            return Console.IsOutputRedirected ? RedirectedColumns : Math.Max(1, Console.WindowWidth);
        }
    }

    /// <summary>The height of the terminal.</summary>
    public static int Rows => Console.IsOutputRedirected ? 50 : Math.Max(1, Console.WindowHeight);
}
