using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>The line of the rule that was last asked on this thread, divided into its options.</summary>
/// <remarks>
/// Rules are asked one after the other, each for one property after the other: a line is divided once for all of them,
/// into entries that are used again for the next. What a view hands out is good until another rule is asked.
/// </remarks>
internal sealed class RuleView
{
    // Weak: the view belongs to its ruleset, which is not to stay alive for it.
    [ThreadStatic]
    private static WeakReference<RuleView>? s_last;

    private OptionEntry[] _entries = new OptionEntry[PackedOption.Most];
    private IptablesRule? _rule;
    private RuleArena? _arena;
    private int _text;
    private int _length;
    private int _count;
    private int _target;
    private int _targetEnd;
    private string? _comment;

    /// <summary>The line as it was read, without blanks around it.</summary>
    public ReadOnlySpan<byte> Line => _arena!.Text(_text, _length);

    public ReadOnlySpan<OptionEntry> Options => _entries.AsSpan(0, _count);

    /// <summary>The options before -j and -g; all of them where there is neither.</summary>
    public ReadOnlySpan<OptionEntry> Matching => _entries.AsSpan(0, _target);

    /// <summary>The options behind those of the target that are not the target's.</summary>
    public ReadOnlySpan<OptionEntry> MatchingBehind => _entries.AsSpan(_targetEnd, _count - _targetEnd);

    /// <summary>-j or -g and the target's own options.</summary>
    public ReadOnlySpan<OptionEntry> Acting => _entries.AsSpan(_target, _targetEnd - _target);

    public bool HasTarget => _target < _count;

    /// <summary>The line is written as iptables-save writes, in printable ASCII: any part of it can be shown as it
    /// is.</summary>
    public bool IsCanonical { get; private set; }

    /// <summary>Where a canonical line says "-A", behind the counters.</summary>
    public int Command { get; private set; }

    public static RuleView Of(IptablesRule rule)
    {
        WeakReference<RuleView> last = s_last ??= new WeakReference<RuleView>(null!);
        if (last.TryGetTarget(out RuleView? view) && ReferenceEquals(view._rule, rule))
        {
            return view;
        }

        RuleArena arena = rule.Owner.Table.Arena;
        if (view is null || !ReferenceEquals(view._arena, arena))
        {
            view = arena.OfThisThread(static () => new RuleView());
            last.SetTarget(view);
        }

        view.Take(rule);
        return view;
    }

    /// <summary>Made once: it is asked for itself and for what it tells of the rule's age.</summary>
    public string? Comment => _comment ??= RuleFacts.Comment(this);

    private void Take(IptablesRule rule)
    {
        (_rule, _comment) = (null, null);
        _arena = rule.Owner.Table.Arena;
        ref readonly RuleRecord record = ref _arena[rule.Record];
        (_text, _length) = (record.Text, record.Length);
        IsCanonical = (record.Traits & RuleTraits.Canonical) != 0;
        ReadOnlySpan<byte> line = Line;
        Command = line[0] == (byte)'[' ? line.IndexOf((byte)'-') : 0;
        if (record.Options > 0)
        {
            _count = record.Options;
            PackedOption.Unpack(
                MemoryMarshal.Cast<byte, PackedOption>(
                    _arena.Behind(_text, _length, _count * Unsafe.SizeOf<PackedOption>())),
                Command + "-A ".Length + rule.Owner.Name8.Length, _entries);
        }
        else
        {
            Divide(line);
        }

        FindTarget();
        _rule = rule;
    }

    private void Divide(ReadOnlySpan<byte> line)
    {
        int start = RuleScanner.OptionsStart(line);
        _count = RuleScanner.Scan(line, start, _entries, out _, out _);
        if (_count < 0)
        {
            _entries = new OptionEntry[line.Length];
            _count = RuleScanner.Scan(line, start, _entries, out _, out _);
        }
    }

    private void FindTarget()
    {
        int target = _count;
        ReadOnlySpan<OptionEntry> options = Options;
        for (int i = 0; i < options.Length; i++)
        {
            OptionId id = options[i].Id;
            target = id is OptionId.Jump or OptionId.Goto ? i : target;
        }

        int end = Math.Min(target + 1, options.Length);
        while (end < options.Length && !IptablesCompiler.IsOwn(options[end].Id))
        {
            end++;
        }

        (_target, _targetEnd) = (target, end);
    }
}
