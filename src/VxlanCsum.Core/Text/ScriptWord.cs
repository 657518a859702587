namespace VxlanCsum.Text;

/// <summary>Words of a command line of PowerShell.</summary>
internal static class ScriptWord
{
    /// <summary>In quotes where it would not be one word as it is.</summary>
    public static string Quote(string word) =>
        word.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/') ? word : Literal(word);

    /// <summary>In quotes, whatever it is.</summary>
    public static string Literal(string word) => $"'{word.Replace("'", "''", StringComparison.Ordinal)}'";
}
