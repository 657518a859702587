using System.Runtime.CompilerServices;
using System.Text;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>A rule of nft.</summary>
internal sealed class NftRule(NetfilterChain owner, int number, int record) : NetfilterRule(owner, number)
{
    /// <summary>In place of the number of options: the text is too long for a record.</summary>
    private const byte Long = byte.MaxValue;

    private NftStatements? _statements;

    public static NetfilterRule Make(NetfilterChain owner, int number, int record) =>
        new NftRule(owner, number, record);

    /// <summary>Adds a rule to a chain.</summary>
    /// <param name="chain">Of an arena's table.</param>
    /// <param name="line">Of the text it was read from, 1-based; 0 where there are no lines.</param>
    /// <param name="text">Its statements.</param>
    /// <returns>What it takes in the arena, in bytes.</returns>
    public static long Add(NetfilterChain chain, long line, string text)
    {
        RuleArena arena = chain.Table.Arena;

        // Nothing tells from outside which packets it does not match: each walk looks into it.
        var record = new RuleRecord { Line = (uint)line, LastPort = ushort.MaxValue, Traits = RuleTraits.MarkOrNat };
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > ushort.MaxValue)
        {
            (record.Text, record.Options) = (arena.KeepLong(text), Long);
        }
        else
        {
            (record.Text, record.Length) = (arena.Keep(bytes), (ushort)bytes.Length);
        }

        chain.Add(arena.Add(record));
        return bytes.Length + Unsafe.SizeOf<RuleRecord>();
    }

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

    internal override long Line => Owner.Table.Arena[record].Line;

    private NftStatements Statements => _statements ?? (IsPassing ? Parse() : _statements = Parse());

    private NftStatements Parse() => NftRuleParser.Parse(Written, Owner.Table);

    private string Written
    {
        get
        {
            RuleArena arena = Owner.Table.Arena;
            ref readonly RuleRecord kept = ref arena[record];
            return kept.Options == Long ? arena.Long(kept.Text)
                : Encoding.UTF8.GetString(arena.Text(kept.Text, kept.Length));
        }
    }

    private protected override RuleProgram Compile() => new([.. Statements.Ops]);
}
