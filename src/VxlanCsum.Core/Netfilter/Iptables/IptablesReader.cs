using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>Reads the lines of iptables-save, ip6tables-save and iptables -S, of any flavour and several in a
/// row.</summary>
internal sealed class IptablesReader
{
    private readonly RulesetSink _sink;
    private readonly SavedTables _tables;
    private readonly RuleArena _arena = new();
    private NetfilterChain? _chain;
    private readonly PackedOption[] _packed = new PackedOption[PackedOption.Most];
    private OptionEntry[] _entries = new OptionEntry[128];

    /// <param name="sink">Takes tables and problems.</param>
    /// <param name="backend">Whose the rules are, where no line says it.</param>
    /// <param name="family">The same of IPv4 and IPv6.</param>
    public IptablesReader(RulesetSink sink, NetfilterBackend backend, NetfilterFamily? family)
    {
        _sink = sink;
        _tables = new SavedTables(sink, backend, family, _arena);
    }

    /// <summary>Where the lines stand.</summary>
    public SavedTables Tables => _tables;

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
                _tables.Begin(line, number);
                return true;
            case (byte)'#':
                _tables.Comment(line, number);
                return true;
            case (byte)'C' when line.SequenceEqual("COMMIT"u8):
                _tables.Commit(line, number);
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
                _tables.Open(line, number, line[3..]);
                Declare(line[3..], number, line);
                return true;
            default:
                return false;
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

        _tables.Table(line, number).HasCounters = true;
        Rule(line, position + 3, number);
        return true;
    }

    private void Rule(ReadOnlySpan<byte> line, int position, long number)
    {
        NetfilterTable table = _tables.Table(line, number);
        position = RuleScanner.SkipBlanks(line, position);
        int end = RuleScanner.WordEnd(line, position);
        if (end <= position)
        {
            _sink.Problem(RulesetErrorId.LineUnreadable, number, line, "the name of the chain is missing");
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
            _sink.Problem(RulesetErrorId.LineUnreadable, number, line, error!);
            table.Missing ??= $"its rule in line {number} cannot be read";
            return;
        }

        ReadOnlySpan<OptionEntry> options = _entries.AsSpan(0, count);
        RuleRecord record = Record(line, position, options, isEven);
        record.Line = (uint)number;
        chain.Add(_arena.Add(record), place);
        _sink.CountRule(line.Length + (count * Unsafe.SizeOf<PackedOption>()) + Unsafe.SizeOf<RuleRecord>());
        _tables.Ruled = chain;
        table.HasCounters |= (record.Traits & RuleTraits.Counters) != 0;
        if (_tables.IsFamilyOpen && FamilyHints.Of(line, options) is { } family)
        {
            _tables.Infer(family);
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
        if (_chain is not null && !ReferenceEquals(_chain.Table, table))
        {
            _chain = null;
        }

        // Rules of a chain stand together: most need no look-up.
        if (_chain is not null && name.SequenceEqual(_chain.Name8))
        {
            return _chain;
        }

        // And the chains' rules follow one another as the chains were declared.
        _chain = table.Follower(_chain, name) ?? table.Find(name);
        if (_chain is null)
        {
            if (_sink.Options.Keep is { } keep
                && !keep(_tables.IsNamed ? table.Name : string.Empty, Encoding.UTF8.GetString(name)))
            {
                table.IsPartial = true;
                return null;
            }

            _chain = _sink.Add(table,
                new NetfilterChain(table, _arena.Keep(name), name.Length, IptablesRule.Make));
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
        NetfilterTable table = _tables.Table(line, number);
        int end = RuleScanner.WordEnd(text, 0);
        if (end <= 0)
        {
            _sink.Problem(RulesetErrorId.LineUnreadable, number, line, "the name of the chain is missing");
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
}
