using System.Buffers.Text;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>A rule of iptables-save or -S: a view of its line.</summary>
internal sealed class IptablesRule(NetfilterChain owner, int number, int record) : NetfilterRule(owner, number)
{
    private readonly RuleTraits _traits = owner.Table.Arena[record].Traits;

    public static NetfilterRule Make(NetfilterChain owner, int number, int record) =>
        new IptablesRule(owner, number, record);

    /// <summary>Its index in the arena.</summary>
    internal int Record => record;

    public override long? Packets => Counters()?.Packets;

    public override long? Bytes => Counters()?.Bytes;

    public override string? Comment => Has(RuleTraits.Comment) ? RuleView.Of(this).Comment : null;

    public override string? Protocol => Has(RuleTraits.Protocol) ? RuleFacts.Protocol(RuleView.Of(this)) : null;

    public override string? Source => Has(RuleTraits.Source) ? RuleFacts.Source(RuleView.Of(this)) : null;

    public override string? Destination =>
        Has(RuleTraits.Destination) ? RuleFacts.Destination(RuleView.Of(this)) : null;

    public override string? InInterface =>
        Has(RuleTraits.InInterface) ? RuleFacts.InInterface(RuleView.Of(this)) : null;

    public override string? OutInterface =>
        Has(RuleTraits.OutInterface) ? RuleFacts.OutInterface(RuleView.Of(this)) : null;

    public override MarkMatch? Mark => Has(RuleTraits.Mark) ? RuleFacts.Mark(RuleView.Of(this)) : null;

    public override string? MatchSet => Has(RuleTraits.MatchSet) ? RuleFacts.MatchSet(RuleView.Of(this)) : null;

    public override IReadOnlyList<RuleMatch> Matches => IptablesMatches.Of(RuleView.Of(this));

    public override string? Target => RuleFacts.Target(this, RuleView.Of(this));

    public override bool IsGoto => Has(RuleTraits.Goto) && RuleFacts.IsGoto(RuleView.Of(this));

    public override MarkOperation? MarkOperation =>
        Has(RuleTraits.MarkOperation) ? RuleFacts.MarkOperation(this, RuleView.Of(this)) : null;

    public override bool RandomFully => Has(RuleTraits.RandomFully) && RuleFacts.RandomFully(this, RuleView.Of(this));

    public override string Text => RulePrinter.Text(RuleView.Of(this), Chain);

    /// <summary>The rule's jump, if it is one.</summary>
    internal JumpAction? Jump =>
        RuleView.Of(this) is { HasTarget: true } view ? TargetCompiler.Compile(this, view.Acting[..1]) as JumpAction
            : null;

    internal override long Line => Owner.Table.Arena[record].Line;

    private bool Has(RuleTraits trait) => (_traits & trait) != 0;

    private protected override RuleProgram Compile() => IptablesCompiler.Compile(this);

    /// <summary>"[packets:bytes]" before the rule, or -c packets bytes in it.</summary>
    private (long Packets, long Bytes)? Counters()
    {
        if (!Has(RuleTraits.Counters))
        {
            return null;
        }

        RuleView view = RuleView.Of(this);
        ReadOnlySpan<byte> line = view.Line;
        if (line[0] == (byte)'[')
        {
            return Counter.Parse(line, out _);
        }

        foreach (OptionEntry option in view.Options)
        {
            if (option.Id == OptionId.Counters)
            {
                var words = new RuleTokens(line, option);
                return Next(ref words) is { } packets && Next(ref words) is { } bytes ? (packets, bytes) : null;
            }
        }

        return null;
    }

    private static long? Next(ref RuleTokens words) => words.Next(out ReadOnlySpan<byte> word)
        && Utf8Parser.TryParse(word, out long number, out int used) && used == word.Length ? number : null;
}
