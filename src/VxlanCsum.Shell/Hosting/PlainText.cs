using System.Management.Automation;
using System.Management.Automation.Internal;

namespace VxlanCsum.Shell.Hosting;

/// <summary>Text for places that must not receive terminal controls.</summary>
internal static class PlainText
{
    /// <summary>The text without its escape sequences.</summary>
    public static string WithoutEscapes(string text) =>
        text.Contains('\e', StringComparison.Ordinal) ? new StringDecorated(text).ToString(OutputRendering.PlainText) : text;

    /// <summary>The text on one line: every control character is a space.</summary>
    public static string OneLine(string? text) =>
        string.Create(text?.Length ?? 0, text ?? "", static (result, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                result[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
}
