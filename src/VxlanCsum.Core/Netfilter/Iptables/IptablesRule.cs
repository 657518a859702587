using System.Buffers.Text;
using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter;

/// <summary>A rule of iptables-save or -S: a view of its line.</summary>
internal sealed class IptablesRule(NetfilterChain owner, int number, int record)
    : NetfilterRule(owner, number, owner.Table.Arena[record].Line)
{
    [ThreadStatic]
    private static OptionEntry[]? s_scratch;

    // People ask one rule for one property after the other.
    [ThreadStatic]
    private static IptablesRule? s_last;

    [ThreadStatic]
    private static OptionEntry[]? s_lastOptions;

    /// <summary>The line as it was read, without blanks around it.</summary>
    public ReadOnlySpan<byte> Line8 => Owner.Table.Arena.Text(Owner.Table.Arena[record].Text, Owner.Table.Arena[record].Length);

    public override long? Packets => Counters()?.Packets;

    public override long? Bytes => Counters()?.Bytes;

    public override string? Comment
    {
        get
        {
            string? all = null;
            foreach (OptionEntry option in Options())
            {
                if (option.Id == OptionId.Comment)
                {
                    string one = SafeText.Escape(RuleWords.First(Line8, option));
                    all = all is null ? one : $"{all}; {one}";
                }
            }

            return all;
        }
    }

    public override string Text => SafeText.Escape(Encoding.UTF8.GetString(RulePrinter.Print(this)), int.MaxValue);

    public override IReadOnlyList<RuleMatch> Matches => IptablesMatches.Of(this);

    /// <summary>Where its options stand in its line.</summary>
    public OptionEntry[] Options()
    {
        if (!ReferenceEquals(s_last, this))
        {
            (s_last, s_lastOptions) = (null, Scan());
            s_last = this;
        }

        return s_lastOptions!;
    }

    private OptionEntry[] Scan()
    {
        ReadOnlySpan<byte> line = Line8;
        int start = RuleScanner.OptionsStart(line);
        OptionEntry[] scratch = s_scratch ??= new OptionEntry[64];
        int count = RuleScanner.Scan(line, start, scratch, out _);
        if (count < 0)
        {
            scratch = new OptionEntry[line.Length];
            count = RuleScanner.Scan(line, start, scratch, out _);
        }

        return scratch.AsSpan(0, count).ToArray();
    }

    /// <summary>The rule's jump, if it is one.</summary>
    public JumpAction? Jump
    {
        get
        {
            OptionEntry[] options = Options();
            int target = IptablesCompiler.TargetAt(options);
            return target < options.Length ? TargetCompiler.Compile(this, options.AsSpan(target, 1)) as JumpAction : null;
        }
    }

    private protected override RuleProgram Compile() => IptablesCompiler.Compile(this);

    /// <summary>"[packets:bytes]" before the rule, or -c packets bytes in it.</summary>
    private (long Packets, long Bytes)? Counters()
    {
        if ((Owner.Table.Arena[record].Traits & RuleTraits.Counters) == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> line = Line8;
        if (line[0] == (byte)'[')
        {
            return Counter.Parse(line, out _);
        }

        foreach (OptionEntry option in Options())
        {
            if (option.Id == OptionId.Counters)
            {
                var words = new RuleWords(line, option);
                return words.Next(out ReadOnlySpan<byte> packets) && words.Next(out ReadOnlySpan<byte> bytes)
                    && Utf8Parser.TryParse(packets, out long p, out int pUsed) && pUsed == packets.Length
                    && Utf8Parser.TryParse(bytes, out long b, out int bUsed) && bUsed == bytes.Length ? (p, b) : null;
            }
        }

        return null;
    }
}
