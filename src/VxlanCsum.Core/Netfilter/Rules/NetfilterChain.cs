using System.Collections;
using System.Text;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum;

/// <summary>A chain of rules: one of the kernel's hooks, or one that rules jump to.</summary>
public sealed class NetfilterChain : IReadOnlyList<NetfilterRule>
{
    private readonly int _nameStart;
    private readonly ushort _nameLength;
    private readonly string? _name;
    private readonly RuleFactory _make;
    private HookPlace? _place;

    // The records: a first and a number where they stand together, else a list. And rules that were made of them.
    private NetfilterRule?[]? _made;
    private List<int>? _scattered;
    private int _first;
    private int _count;

    internal NetfilterChain(NetfilterTable table, string name, RuleFactory make)
    {
        Table = table;
        _make = make;
        _name = name;
    }

    /// <summary>A chain of the arena's records; <paramref name="make"/> gives the rule behind one.</summary>
    internal NetfilterChain(NetfilterTable table, int nameStart, int nameLength, RuleFactory make)
    {
        Table = table;
        _make = make;
        _nameStart = nameStart;
        _nameLength = (ushort)nameLength;
    }

    /// <summary>The table it is in.</summary>
    public NetfilterTable Table { get; }

    /// <summary>Its name, as in the kernel; control characters escaped.</summary>
    public string Name => _name ?? SharedText.Of(Name8);

    /// <summary>Where in the kernel it is called ("POSTROUTING"); null for a chain that only rules call.</summary>
    public string? Hook => _place?.Hook;

    /// <summary>Its place among the chains of its hook, low first (nat POSTROUTING: 100).</summary>
    public int Priority => _place?.Priority ?? 0;

    /// <summary>What happens to a packet that no rule decided: "ACCEPT" or "DROP"; null for a chain that only rules
    /// call.</summary>
    public string? Policy => _place?.Policy;

    /// <summary>Packets the policy decided; null where the text has no counters.</summary>
    public long? Packets => _place?.Packets;

    /// <summary>Bytes of those.</summary>
    public long? Bytes => _place?.Bytes;

    /// <summary>Its rules, in order.</summary>
    public IReadOnlyList<NetfilterRule> Rules => this;

    /// <summary>How many rules it has.</summary>
    public int Count => _count;

    /// <summary>Only the first packet of a connection comes here.</summary>
    internal bool IsNat => _place?.IsNat ?? false;

    /// <summary>The text declared it (iptables: ":NAME", -N, -P); otherwise rules appeared without.</summary>
    internal bool Declared { get; set; }

    /// <summary>The text ends in it, or before its rules would come, and nothing says that it is whole.</summary>
    internal bool MayGoOn { get; set; }

    /// <summary>Its place in the table.</summary>
    internal int Index { get; set; }

    /// <summary>Kept by <see cref="RuleGenerations"/> once it has looked.</summary>
    internal bool? ClearsMark { get; set; }

    internal ReadOnlySpan<byte> Name8 =>
        _nameLength > 0 ? Table.Arena.Text(_nameStart, _nameLength) : Encoding.UTF8.GetBytes(_name!);

    /// <summary>The rule at a place, counted from 0. Of a table's first thousands it is kept.</summary>
    public NetfilterRule this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            if (_made is { } made && index < made.Length && made[index] is { } kept)
            {
                return kept;
            }

            NetfilterRule rule = Make(index);
            if (Table.MayKeepRule())
            {
                Array.Resize(ref _made, _count);
                _made[index] = rule;
            }
            else
            {
                rule.IsPassing = true;
            }

            return rule;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<NetfilterRule> GetEnumerator()
    {
        for (int i = 0; i < _count; i++)
        {
            yield return Look(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The rule at a place, for a look at each in turn: one that has to be made is not kept.</summary>
    internal NetfilterRule Look(int index) =>
        _made is { } made && index < made.Length && made[index] is { } kept ? kept : Make(index);

    /// <summary>The chain's name.</summary>
    public override string ToString() => Name;

    /// <summary>The first rule from <paramref name="index"/> on that a packet may match, or that a trace shows all the
    /// same.</summary>
    internal int SkipMisses(int index, in PacketHint packet)
    {
        RuleArena arena = Table.Arena;
        for (; index < _count; index++)
        {
            ref readonly RuleRecord record = ref arena[RecordAt(index)];
            if (!record.Misses(packet) || (record.Traits & RuleTraits.MarkOrNat) != 0)
            {
                break;
            }
        }

        return index;
    }

    internal void Place(HookPlace place) => _place = place;

    internal HookPlace? Place() => _place;

    /// <summary>Adds a rule by its record, at the end or before the rule at a place.</summary>
    internal void Add(int record, int place = int.MaxValue)
    {
        if (_scattered is null && (place < _count || (_count > 0 && record != _first + _count)))
        {
            _scattered = [.. Enumerable.Range(_first, _count)];
        }

        if (_count == 0)
        {
            _first = record;
        }

        _scattered?.Insert(Math.Min(place, _count), record);
        _count++;
        _made = null;
    }

    private NetfilterRule Make(int index) => _make(this, index + 1, RecordAt(index));

    private int RecordAt(int index) => _scattered is null ? _first + index : _scattered[index];
}
