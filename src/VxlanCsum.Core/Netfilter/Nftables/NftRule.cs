using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>A rule of nft.</summary>
internal sealed class NftRule : NetfilterRule
{
    private readonly string _text;
    private NftStatements? _statements;

    public NftRule(NetfilterChain owner, int number, long line, string text)
        : base(owner, number) => (Line, _text) = (line, text);

    public override long? Packets => Statements.Packets;

    public override long? Bytes => Statements.Bytes;

    public override string? Comment => Statements.Comment is { } comment ? SafeText.Escape(comment) : null;

    public override string? Protocol => Program.Describe<ProtocolCondition>();

    public override string? Source => Program.Describe<AddressCondition>(static c => c.IsSource);

    public override string? Destination => Program.Describe<AddressCondition>(static c => !c.IsSource);

    public override string? InInterface => Program.Describe<InterfaceCondition>(static c => !c.IsOutput);

    public override string? OutInterface => Program.Describe<InterfaceCondition>(static c => c.IsOutput);

    public override MarkMatch? Mark => Program.Find<MarkCondition>(static c => !c.OfConnection)?.Match;

    public override string? MatchSet => Program.Describe<SetCondition>();

    public override string? Target => Program.Target;

    public override bool IsGoto => Program.Find<JumpAction>()?.IsGoto ?? false;

    public override MarkOperation? MarkOperation => Program.Find<MarkAction>(static a => !a.OfConnection)?.Operation;

    public override bool RandomFully => Program.Find<NatAction>()?.RandomFully ?? false;

    public override string Text => SafeText.Escape(Statements.Text, int.MaxValue);

    public override IReadOnlyList<RuleMatch> Matches => Statements.Matches;

    internal override long Line { get; }

    private NftStatements Statements => _statements ??= NftRuleParser.Parse(_text, Owner.Table);

    private protected override RuleProgram Compile() => new([.. Statements.Ops]);
}
