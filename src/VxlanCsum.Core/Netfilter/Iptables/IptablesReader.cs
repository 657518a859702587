using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>Reads the lines of iptables-save, ip6tables-save and iptables -S, of any flavour and several in a
/// row.</summary>
internal sealed class IptablesReader(RulesetSink sink, NetfilterBackend backendHint, NetfilterFamily? familyHint)
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
    private NetfilterChain? _chain;
    private NetfilterChain? _ruled;
    private bool _named;
    private bool _starred, _isFiltered;
    private long _opened, _gap;
    private readonly RuleArena _arena = new();
    private readonly PackedOption[] _packed = new PackedOption[PackedOption.Most];
    private OptionEntry[] _entries = new OptionEntry[128];

    /// <summary>Reads one line, without blanks around it. False where it is none of ours.</summary>
    public bool Read(ReadOnlySpan<byte> line, long number)
    {
        switch (line[0])
        {
            case (byte)'-':
                return Command(line, number);
            case (byte)'[':
                return CountedRule(line, number);
            case (byte)':':
                Declare(line[1..], number, line);
                return true;
            case (byte)'*' when line.Length > 1 && !line.Contains((byte)' '):
                Begin(line, number);
                return true;
            case (byte)'#':
                Comment(line, number);
                return true;
            case (byte)'C' when line.SequenceEqual("COMMIT"u8):
                Commit(line, number);
                return true;
            default:
                return false;
        }
    }

    /// <summary>-A and -I with a rule, -N and -P with a chain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Command(ReadOnlySpan<byte> line, long number)
    {
        if (line.Length < 3 || line[2] != (byte)' ')
        {
            return false;
        }

        switch (line[1])
        {
            case (byte)'A' or (byte)'I':
                Rule(line, 3, number);
                return true;
            case (byte)'N' or (byte)'P':
                Open(line, number, line[3..]);
                Declare(line[3..], number, line);
                return true;
            default:
                return false;
        }
    }

    /// <summary>What follows was printed by a command that told the table, where it did.</summary>
    public void BeginListing(string? table, NetfilterBackend backend, NetfilterFamily family, bool isFiltered, long number)
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

    private bool CountedRule(ReadOnlySpan<byte> line, long number)
    {
        if (Counter.Parse(line, out int length) is null)
        {
            return false;
        }

        int position = RuleScanner.SkipBlanks(line, length);
        if (!line[position..].StartsWith("-A "u8))
        {
            return false;
        }

        if (Table(line, number) is { } table)
        {
            table.HasCounters = true;
        }

        Rule(line, position + 3, number);
        return true;
    }

    private void Rule(ReadOnlySpan<byte> line, int position, long number)
    {
        if (Table(line, number) is not { } table)
        {
            return;
        }

        position = RuleScanner.SkipBlanks(line, position);
        int end = RuleScanner.WordEnd(line, position);
        if (end <= position)
        {
            sink.Problem(RulesetErrorId.LineUnreadable, number, line, "the name of the chain is missing");
            return;
        }

        if (Chain(table, line[position..end]) is not { } chain)
        {
            return;
        }

        int place = int.MaxValue;
        if (line[0] == (byte)'-' && line[1] == (byte)'I')
        {
            end = RuleScanner.PlaceEnd(line, end, out place);
        }

        int count = Scan(line, end, out bool isEven, out string? error);
        if (count < 0)
        {
            sink.Problem(RulesetErrorId.LineUnreadable, number, line, error!);
            table.Missing ??= $"its rule in line {number} cannot be read";
            return;
        }

        ReadOnlySpan<OptionEntry> options = _entries.AsSpan(0, count);
        RuleRecord record = Record(line, position, options, isEven);
        record.Line = (uint)number;
        chain.Add(_arena.Add(record), place);
        sink.CountRule(line.Length + (count * PackedOption.Size) + RuleRecord.Size);
        _ruled = chain;
        table.HasCounters |= (record.Traits & RuleTraits.Counters) != 0;
        if (_family is null && FamilyHints.Of(line, options) is { } family)
        {
            Infer(family);
        }
    }

    private int Scan(ReadOnlySpan<byte> line, int end, out bool isEven, out string? error)
    {
        int count = RuleScanner.Scan(line, end, _entries, out isEven, out error);
        if (count != RuleScanner.TooMany)
        {
            return count;
        }

        _entries = new OptionEntry[line.Length];
        return RuleScanner.Scan(line, end, _entries, out isEven, out error);
    }

    /// <summary>What is kept of a rule whose chain's name begins at the position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private RuleRecord Record(ReadOnlySpan<byte> line, int position, ReadOnlySpan<OptionEntry> options, bool isEven)
    {
        var record = new RuleRecord { Length = (ushort)line.Length };
        RecordFacts.Fill(ref record, line, options);
        bool isCanonical = isEven && (record.Traits & RuleTraits.Counters) == 0 && line[position - 3] == (byte)'-'
            && line[position - 2] == (byte)'A'
            && !line.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        record.Traits |= isCanonical ? RuleTraits.Canonical : RuleTraits.None;
        record.Options = isCanonical ? (byte)PackedOption.Pack(options, _packed) : (byte)0;
        record.Text = _arena.Keep(line, MemoryMarshal.AsBytes(_packed.AsSpan(0, record.Options)));
        record.Traits |= line[0] == (byte)'[' ? RuleTraits.Counters : RuleTraits.None;
        return record;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private NetfilterChain? Chain(NetfilterTable table, ReadOnlySpan<byte> name)
    {
        // Rules of a chain stand together: most need no look-up.
        if (_chain is not null && name.SequenceEqual(_chain.Name8))
        {
            return _chain;
        }

        // And the chains' rules follow one another as the chains were declared.
        _chain = table.Follower(_chain, name) ?? table.Find(name);
        if (_chain is null)
        {
            if (sink.Options.Keep is { } keep
                && !keep(_named ? table.Name : string.Empty, Encoding.UTF8.GetString(name)))
            {
                table.IsPartial = true;
                return null;
            }

            sink.CountChain(name.Length);
            _chain = table.Add(new NetfilterChain(table, _arena.Keep(name), name.Length, IptablesRule.Make));
            if (IptablesHooks.IsBuiltIn(name))
            {
                IptablesHooks.Apply(_chain);
            }
        }

        return _chain;
    }

    /// <summary>":NAME POLICY [p:b]", "-P NAME POLICY -c p b", "-N NAME".</summary>
    private void Declare(ReadOnlySpan<byte> text, long number, ReadOnlySpan<byte> line)
    {
        if (Table(line, number) is not { } table)
        {
            return;
        }

        int end = RuleScanner.WordEnd(text, 0);
        if (end <= 0)
        {
            sink.Problem(RulesetErrorId.LineUnreadable, number, line, "the name of the chain is missing");
            return;
        }

        if (Chain(table, text[..end]) is not { } chain)
        {
            return;
        }

        chain.Declared = true;
        int start = RuleScanner.SkipBlanks(text, end);
        end = RuleScanner.WordEnd(text, start);
        if (end > start && !text[start..end].SequenceEqual("-"u8))
        {
            (long Packets, long Bytes)? counters = ChainCounters.Parse(text[end..]);
            chain.Place((chain.Place() ?? new HookPlace()) with
            {
                Policy = SafeText.Escape(Encoding.UTF8.GetString(text[start..end])),
                Packets = counters?.Packets,
                Bytes = counters?.Bytes,
            });
        }
    }

    private void Begin(ReadOnlySpan<byte> line, long number)
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

    private void Start(string name, bool named, long number)
    {
        _table = new NetfilterTable(_arena, _backend, _family ?? NetfilterFamily.IPv4, name, sink.Path);
        _table.Preamble.AddRange(_comments);
        _comments.Clear();
        _section.Add(_table);
        sink.Add(_table);
        (_named, _starred, _opened, _chain) = (named, false, number, null);
        SpoilFiltered();
    }

    private void Commit(ReadOnlySpan<byte> line, long number)
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
    private void Open(ReadOnlySpan<byte> line, long number, ReadOnlySpan<byte> rest)
    {
        int end = RuleScanner.WordEnd(rest, 0);
        if (!_starred && _table is not null && end > 0 && _table.Find(rest[..end]) is { Declared: true })
        {
            Close(number);
        }

        _committed = _table is null ? null : _committed;

        Table(line, number);
    }

    private NetfilterTable? Table(ReadOnlySpan<byte> line, long number)
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
            last = _table.Chains[i].Count > 0 && ReferenceEquals(_table.Chains[i], _ruled) ? i : last;
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

        if (!_named)
        {
            _table.Name = IptablesHooks.Guess(_table);
            foreach (NetfilterChain chain in _table.Chains)
            {
                IptablesHooks.Apply(chain);
            }
        }

        (_table, _chain) = (null, null);
    }

    private void Comment(ReadOnlySpan<byte> line, long number)
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

    // Each table of one save has a "Generated by" line: only another tool's begins another section.
    private void Section(NetfilterBackend backend, NetfilterFamily family)
    {
        if (backend != _backend || family != _family)
        {
            _section.Clear();
        }

        (_backend, _family, _toldFamily) = (backend, family, family);
    }

    private void Infer(NetfilterFamily family)
    {
        _family = family;
        foreach (NetfilterTable table in _section)
        {
            table.Family = family;
        }
    }
}
