using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter;

/// <summary>Collects what the readers of all grammars find: tables, sets, problems.</summary>
internal sealed class RulesetSink(RulesetReadOptions options)
{
    private const int ShownText = 200;
    private readonly List<NetfilterTable> _tables = [];
    private readonly Dictionary<string, AddressSet> _sets = new(StringComparer.Ordinal);
    private readonly List<RulesetProblem> _problems = [];

    public RulesetReadOptions Options => options;

    /// <summary>The file being read, or what stands for it.</summary>
    public string Path { get; set; } = string.Empty;

    public void Add(NetfilterTable table) => _tables.Add(table);

    public void Remove(NetfilterTable table) => _tables.Remove(table);

    public AddressSet Set(string name, string type)
    {
        var set = new AddressSet(name, type);
        _sets[name] = set;
        return set;
    }

    public AddressSet? FindSet(string name) => _sets.GetValueOrDefault(name);

    public void Problem(string errorId, long line, ReadOnlySpan<byte> text, string reason) =>
        Problem(errorId, line, SafeText.Escape(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * ShownText)]), ShownText), reason);

    public void Problem(string errorId, long line, string text, string reason)
    {
        var problem = new RulesetProblem(errorId, Path, line, text, reason);
        _problems.Add(problem);
        options.OnProblem?.Invoke(problem);
    }

    public NetfilterRuleset Build() => new(TableMerge.Merge(_tables), _sets, _problems);
}
