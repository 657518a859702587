using System.Globalization;
using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>Collects what the readers of all grammars find: tables, sets, problems.</summary>
/// <param name="options">How texts are read.</param>
internal sealed class RulesetSink(RulesetReadOptions options)
{
    private const int ShownText = 200;

    /// <summary>Of one text: a file that holds no rules at all has a problem a line.</summary>
    private const int MostProblems = 1000;

    /// <summary>Of all sets together. Kube-proxy has two or three a service and endpoint.</summary>
    private const int MostMembers = 1_000_000;

    /// <summary>What an object of these takes beside its text, about.</summary>
    private const int TableBytes = 800, ChainBytes = 180, SetBytes = 400;

    /// <summary>Short ones take more as objects than as text. A table is looked for among all.</summary>
    private const int MostRules = 600_000, MostTables = 10_000;

    private readonly List<NetfilterTable> _tables = [];
    private readonly Dictionary<string, AddressSet> _sets = new(StringComparer.Ordinal);
    private readonly List<RulesetProblem> _problems = [];
    private readonly List<HiddenRules> _hidden = [];
    private string _path = string.Empty;
    private readonly List<string> _unread = [];
    private int _problemsOfPath, _tablesBefore, _members;
    private long _kept, _rules;

    public RulesetReadOptions Options => options;

    /// <summary>The file being read, or what stands for it.</summary>
    public string Path
    {
        get => _path;
        set => (_path, _problemsOfPath, _tablesBefore) = (SafeText.Path(value), 0, _tables.Count);
    }

    /// <summary>There is room for no more rules: the rest of the text is left, and told with <see
    /// cref="TellFull"/>.</summary>
    public bool IsFull => _kept > options.Most || _rules > MostRules || _tables.Count > MostTables;

    public void Add(NetfilterTable table)
    {
        _kept += TableBytes;
        _tables.Add(table);
    }

    /// <summary>Counts what a rule takes.</summary>
    public void CountRule(long bytes)
    {
        _rules++;
        _kept += bytes;
    }

    /// <summary>Adds a chain to a table.</summary>
    public NetfilterChain Add(NetfilterTable table, NetfilterChain chain)
    {
        _kept += ChainBytes + chain.Name8.Length;
        return table.Add(chain);
    }

    /// <summary>Counts a set; its members are counted by themselves.</summary>
    public void CountSet() => _kept += SetBytes;

    /// <summary>Says that the text is not read from this line on: what stands there is unknown, not absent.</summary>
    public void TellFull(long line)
    {
        string what = string.Create(CultureInfo.InvariantCulture,
            $"more rules than are kept ({MostRules:N0}, or {options.Most >> 20} MiB): from line {line} on it is not read");
        Problem(RulesetErrorId.TooLarge, line, string.Empty, what);
        _unread.Add($"{Path} has {what}; `iptables-save -t nat` alone has what matters most");
    }

    /// <summary>Rules that the text itself says are elsewhere.</summary>
    public void Hide(HiddenRules hidden) => _hidden.Add(hidden);

    public AddressSet Set(string name, string type)
    {
        var set = new AddressSet(name, type);
        CountSet();
        _sets[name] = set;
        return set;
    }

    public AddressSet? FindSet(string name) => _sets.GetValueOrDefault(name);

    /// <summary>Counts members of sets.</summary>
    /// <returns>Whether they may be kept.</returns>
    public bool MayKeep(int members) => (_members += members) <= MostMembers;

    /// <summary>Says that a set is not kept.</summary>
    public void TooLarge(string set, long line) => Problem(RulesetErrorId.TooLarge, line, string.Empty,
        $"set {SafeText.Escape(set)}: more members than the {MostMembers:N0} that are kept of all sets together; what is "
        + "in it counts as unknown");

    public void Problem(string errorId, long line, ReadOnlySpan<byte> text, string reason) =>
        Problem(errorId, line,
            SafeText.Escape(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * ShownText)]), ShownText), reason);

    public void Problem(string errorId, long line, string text, string reason)
    {
        if (++_problemsOfPath > MostProblems)
        {
            return;
        }

        var problem = _problemsOfPath < MostProblems
            ? new RulesetProblem(errorId, Path, line, text, reason)
            : new RulesetProblem(errorId, Path, line, string.Empty,
                $"the {MostProblems}th problem of this text; further ones are not reported: is it a ruleset?");
        _problems.Add(problem);
    }

    /// <summary>Nothing was found in this text so far: somebody may have given another file.</summary>
    public bool IsEmptyHanded => _tables.Count == _tablesBefore && _sets.Count == 0;

    public bool Has(NetfilterBackend backend, NetfilterFamily family, string table) =>
        _tables.Exists(t => t.Backend == backend && t.Family == family && t.Name == table);

    public RulesetMark Mark() => new(_tables.Count, _problems.Count, _unread.Count, _kept, _rules);

    public void MarkPartial(RulesetMark mark)
    {
        foreach (NetfilterTable table in _tables.Skip(mark.Tables))
        {
            table.IsPartial = true;
        }
    }

    /// <summary>Takes back what was added since the mark; members of sets stay, as the same set read again replaces
    /// them.</summary>
    public void Forget(RulesetMark mark)
    {
        _tables.RemoveRange(mark.Tables, _tables.Count - mark.Tables);
        _problems.RemoveRange(mark.Problems, _problems.Count - mark.Problems);
        _unread.RemoveRange(mark.Unread, _unread.Count - mark.Unread);
        (_kept, _rules) = (mark.Kept, mark.Rules);
    }

    public NetfilterRuleset Build() => new(TableMerge.Merge(_tables), _sets, _problems)
    {
        Hidden = [.. _hidden.Where(h => !_tables.Exists(t => t.Backend == h.Backend
            && (t.Family == h.Family || t.Family == NetfilterFamily.Inet))).Distinct()],
        Unread = [.. _unread],
    };
}
