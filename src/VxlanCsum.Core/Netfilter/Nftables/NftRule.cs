using VxlanCsum.Text;

namespace VxlanCsum.Netfilter;

/// <summary>A rule of nft.</summary>
internal sealed class NftRule : NetfilterRule
{
    private readonly string _text;
    private NftStatements? _statements;

    public NftRule(NetfilterChain owner, int number, long line, string text)
        : base(owner, number, line) => _text = text;

    public override long? Packets => Statements.Packets;

    public override long? Bytes => Statements.Bytes;

    public override string? Comment => Statements.Comment is { } comment ? SafeText.Escape(comment) : null;

    public override string Text => SafeText.Escape(Statements.Text, int.MaxValue);

    public override IReadOnlyList<RuleMatch> Matches => Statements.Matches;

    private NftStatements Statements => _statements ??= NftRuleParser.Parse(_text, Owner.Table);

    private protected override RuleProgram Compile() => new([.. Statements.Ops]);
}
