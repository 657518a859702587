namespace VxlanCsum.Mitigations;

/// <summary>Argument lists as text for people. Nothing that runs is made from this text.</summary>
internal static class CommandText
{
    /// <summary>The words with quotes where a shell would need them.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>The words of a line as iptables-save writes it: double quotes, and backslashes in them.</summary>
    public static string[] Split(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        bool quoted = false, any = false;
        void End()
        {
            if (any || word.Length > 0)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            any = false;
        }

        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"')
            {
                quoted = !quoted;
                any = true;
            }
            else if (quoted && c == '\\' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (!quoted && " \t".Contains(c, StringComparison.Ordinal))
            {
                End();
            }
            else
            {
                word.Append(c);
            }
        }

        End();
        return [.. words];
    }

    private static string Quote(string word) =>
        word.Length > 0
            && word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
