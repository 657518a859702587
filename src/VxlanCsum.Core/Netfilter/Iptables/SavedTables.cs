using System.Diagnostics.CodeAnalysis;
using System.Text;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>Which table the lines of iptables' texts stand in: where each begins and ends, whose it is, and what says
/// that lines of it are missing.</summary>
internal sealed class SavedTables(RulesetSink sink, NetfilterBackend backendHint, NetfilterFamily? familyHint,
    RuleArena arena)
{
    private const int KeptComments = 64;

    private readonly List<NetfilterTable> _section = [];
    private readonly List<string> _comments = [];
    private NetfilterBackend _backend = backendHint;
    private NetfilterFamily? _toldFamily = familyHint;
    private NetfilterFamily? _family = familyHint;
    private string? _toldTable = sink.Options.Table;
    private NetfilterTable? _table;
    private NetfilterTable? _committed;
    private bool _starred, _isFiltered;
    private long _opened, _gap;

    /// <summary>Whether the text names the open table.</summary>
    public bool IsNamed { get; private set; }

    /// <summary>Nothing has said yet whether the rules are of IPv4 or IPv6.</summary>
    public bool IsFamilyOpen => _family is null;

    /// <summary>The chain that the last rule went to.</summary>
    public NetfilterChain? Ruled { get; set; }

    /// <summary>"*NAME".</summary>
    public void Begin(ReadOnlySpan<byte> line, long number)
    {
        string name = Encoding.UTF8.GetString(line[1..]).Trim();
        Close(number);
        if (_section.Exists(t => t.Name == name))
        {
            // The same table again: the text of another family, engine or node begins here.
            _section.Clear();
            _family = _toldFamily;
        }

        // What was left out before a table that begins and ends is no part of it.
        _gap = 0;
        Start(SafeText.Escape(name), named: true, number);
        _starred = true;
    }

    [MemberNotNull(nameof(_table))]
    private void Start(string name, bool named, long number)
    {
        _table = new NetfilterTable(arena, _backend, _family ?? NetfilterFamily.IPv4, name, sink.Path);
        _table.Preamble.AddRange(_comments);
        _comments.Clear();
        _section.Add(_table);
        sink.Add(_table);
        (IsNamed, _starred, _opened) = (named, false, number);
        SpoilFiltered();
    }

    /// <summary>"COMMIT".</summary>
    public void Commit(ReadOnlySpan<byte> line, long number)
    {
        if (_table is null)
        {
            sink.Problem(RulesetErrorId.OutsideTable, number, line, "COMMIT without a table before it");
            return;
        }

        _committed = _table;
        Finish();
    }

    /// <summary>A text of -S has no "*table": the first -P or -N opens one, and one that is there already opens the
    /// next.</summary>
    public void Open(ReadOnlySpan<byte> line, long number, ReadOnlySpan<byte> rest)
    {
        int end = RuleScanner.WordEnd(rest, 0);
        if (!_starred && _table is not null && end > 0 && _table.Find(rest[..end]) is { Declared: true })
        {
            Close(number);
        }

        _committed = _table is null ? null : _committed;

        Table(line, number);
    }

    /// <summary>The table that a line stands in; the first line outside of any begins one.</summary>
    public NetfilterTable Table(ReadOnlySpan<byte> line, long number)
    {
        if (_table is null)
        {
            if (_committed is not null)
            {
                sink.Problem(RulesetErrorId.OutsideTable, number, line,
                    "behind COMMIT and before the next \"*table\": read as a table of its own");
            }

            Start(_toldTable ?? string.Empty, named: _toldTable is not null, number);
        }

        return _table;
    }

    private void Close(long number)
    {
        if (_table is null)
        {
            return;
        }

        if (_starred)
        {
            sink.Problem(RulesetErrorId.Incomplete, number, string.Empty,
                $"table {_table.Name}, begun in line {_opened}, has no COMMIT: the text may be cut, and rules may be "
                + $"missing");
            _table.Missing ??= "the text ends before its COMMIT";
        }

        Finish();
    }

    /// <summary>Of -S and -L nothing says that they end: more rules may have stood in the last chain, and in those that
    /// were to come.</summary>
    private void LeaveOpen()
    {
        if (_table is null || _starred)
        {
            return;
        }

        int last = -1;
        for (int i = 0; i < _table.Chains.Count; i++)
        {
            last = _table.Chains[i].Count > 0 && ReferenceEquals(_table.Chains[i], Ruled) ? i : last;
        }

        for (int i = Math.Max(last, 0); i < _table.Chains.Count; i++)
        {
            _table.Chains[i].MayGoOn = i == last || _table.Chains[i].Count == 0;
        }
    }

    private void Finish()
    {
        // Saved tables name each chain before its rules. Where only rules are, lines were picked out, and others may be
        // missing.
        if (_table!.Chains.FirstOrDefault(static c => !c.Declared && c.Count > 0) is { } undeclared)
        {
            _table.Missing ??= $"its lines were picked out: chain {undeclared.Name} has rules and is not declared";
        }

        if (!IsNamed)
        {
            _table.Name = IptablesHooks.Guess(_table);
            foreach (NetfilterChain chain in _table.Chains)
            {
                IptablesHooks.Apply(chain);
            }
        }

        _table = null;
    }

    /// <summary>Lines that begin with "#": whose save this is, and what it says of itself.</summary>
    public void Comment(ReadOnlySpan<byte> line, long number)
    {
        string text = SafeText.Escape(Encoding.UTF8.GetString(line), 1000);
        if (SaveHeader.TryParse(text, out NetfilterBackend backend, out NetfilterFamily family))
        {
            Close(number);
            Section(backend, family);
        }
        else if (text.StartsWith("# Completed", StringComparison.Ordinal) && _table is null && _committed is not null)
        {
            _committed.Postamble.Add(text);
            return;
        }
        else
        {
            Warning(text, line, number);
        }

        if (_comments.Count < KeptComments)
        {
            _comments.Add(text);
        }
    }

    /// <summary>What iptables-save itself says of rules that it does not show.</summary>
    private void Warning(string text, ReadOnlySpan<byte> line, long number)
    {
        if (text.Contains("tables-legacy tables present", StringComparison.Ordinal))
        {
            bool v6 = text.Contains("ip6tables", StringComparison.Ordinal);
            string program = v6 ? "ip6tables-legacy" : "iptables-legacy";
            sink.Hide(new HiddenRules(NetfilterBackend.IptablesLegacy,
                v6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
                $"{program} has rules of its own; `{program}-save` shows them"));
        }
        else if (text.Contains("is incompatible, use 'nft' tool", StringComparison.Ordinal))
        {
            sink.Hide(new HiddenRules(NetfilterBackend.Nftables, _family ?? NetfilterFamily.IPv4,
                "a table holds rules that only nft can show; `nft list ruleset` shows them"));
            sink.Problem(RulesetErrorId.TableIncompatible, number, line,
                "this table holds rules that only nft can show: read `nft -j list ruleset` as well");
        }
    }

    /// <summary>What follows was printed by a command that told the table, where it did.</summary>
    public void BeginListing(string? table, NetfilterBackend backend, NetfilterFamily family, bool isFiltered,
        long number)
    {
        (_isFiltered, _gap) = (isFiltered, 0);
        SpoilFiltered();
        backend = backend == NetfilterBackend.Unknown ? _backend : backend;
        if (table != _toldTable || backend != _backend || family != _family)
        {
            Close(number);
            Section(backend, family);
            (_toldTable, _committed) = (table ?? sink.Options.Table, null);
        }
    }

    /// <summary>Something was left out here.</summary>
    public void Gap(long number)
    {
        _gap = number;
        SpoilFiltered();
    }

    private void SpoilFiltered()
    {
        if (_table is not null && (_isFiltered || _gap > 0))
        {
            _table.Missing ??= _isFiltered ? "another program took lines out"
                : $"something was left out in line {_gap}";
        }
    }

    /// <summary>No more lines.</summary>
    public void End(long line)
    {
        LeaveOpen();
        Close(line);
        _committed?.Postamble.AddRange(_comments);
        _comments.Clear();
        _section.Clear();
    }

    /// <summary>A line inside the table could not be taken: it may have been a rule.</summary>
    public void Spoil(long number)
    {
        if (_table is not null)
        {
            _table.Missing ??= $"line {number} cannot be read";
        }
    }

    // Each table of one save has a "Generated by" line: only another tool's begins another section.
    private void Section(NetfilterBackend backend, NetfilterFamily family)
    {
        if (backend != _backend || family != _family)
        {
            _section.Clear();
        }

        (_backend, _family, _toldFamily) = (backend, family, family);
    }

    /// <summary>A rule tells whether all that stand with it are of IPv4 or IPv6.</summary>
    public void Infer(NetfilterFamily family)
    {
        _family = family;
        foreach (NetfilterTable table in _section)
        {
            table.Family = family;
        }
    }
}
