namespace VxlanCsum.Mitigations;

/// <summary>A table as iptables-save prints it: what is needed to compare and to restore, nothing more.</summary>
internal sealed class SavedTable
{
    private readonly Dictionary<string, string> _policies = new(StringComparer.Ordinal);
    private readonly List<string> _rules = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>It is there, with or without rules.</summary>
    public bool IsThere { get; private set; }

    /// <summary>The chain that was asked for.</summary>
    public ChainState Chain { get; private set; } = new(false, false, []);

    /// <summary>It has no rule, and lets everything pass: as if it were not there.</summary>
    public bool IsEmpty => _used.Count == 0 && _policies.Values.All(static p => p is "ACCEPT" or "-");

    /// <summary>A chain without rules that lets everything pass.</summary>
    public bool IsEmptyChain(string name) =>
        !_used.Contains(name) && _policies.TryGetValue(name, out string? policy) && policy is "ACCEPT" or "-";

    /// <summary>Reads one table, and of its rules those of one chain.</summary>
    public static SavedTable Read(TextReader text, string table, string chain)
    {
        var read = new SavedTable();
        bool inside = false;
        string start = $"-A {chain} ";
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith('*'))
            {
                inside = line[1..] == table;
                read.IsThere |= inside;
            }
            else if (inside && line.StartsWith(':'))
            {
                string[] words = line[1..].Split(' ');
                read._policies[words[0]] = words.Length > 1 ? words[1] : "-";
            }
            else if (inside && line.StartsWith("-A ", StringComparison.Ordinal))
            {
                read.Add(line, start);
            }
        }

        read.Chain = new ChainState(read.IsThere, read._policies.ContainsKey(chain), [.. read._rules]);
        return read;
    }

    private void Add(string line, string start)
    {
        int end = line.IndexOf(' ', 3);
        _used.Add(end < 0 ? line[3..] : line[3..end]);
        if (line.StartsWith(start, StringComparison.Ordinal))
        {
            _rules.Add(line);
        }
    }
}
