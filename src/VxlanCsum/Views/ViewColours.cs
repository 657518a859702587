using System.Management.Automation;
using System.Reflection;

namespace VxlanCsum.Views;

/// <summary>The colours of views, those of $PSStyle.Foreground, which nobody can set.</summary>
internal static class ViewColours
{
    public const string Green = "\x1b[32m", Yellow = "\x1b[33m", Cyan = "\x1b[36m", BrightRed = "\x1b[91m";
    private const string Reset = "\x1b[0m";

    // The engine has it since 7.2; the reference that the module is compiled against is older.
    private static readonly Type? s_style = typeof(PSObject).Assembly.GetType("System.Management.Automation.PSStyle");
    private static readonly PropertyInfo? s_instance = s_style?.GetProperty("Instance",
        BindingFlags.Public | BindingFlags.Static);
    private static readonly PropertyInfo? s_rendering = s_style?.GetProperty("OutputRendering");

    /// <summary>In a colour where colours are shown.</summary>
    public static string Paint(string text, string colour) => AreShown ? $"{colour}{text}{Reset}" : text;

    /// <summary>False where $PSStyle.OutputRendering is PlainText: then the engine would look for colours only to take
    /// them out again.</summary>
    private static bool AreShown => s_rendering?.GetValue(s_instance?.GetValue(null))?.ToString() != "PlainText";
}
