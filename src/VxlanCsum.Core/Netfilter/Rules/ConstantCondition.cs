namespace VxlanCsum.Netfilter.Rules;

/// <summary>Always the same answer, whatever the packet; Unknown where only the running kernel could tell.</summary>
internal sealed class ConstantCondition(Answer answer, string text) : RuleCondition
{
    public string Text { get; } = text;

    public override bool Understood => answer != Answer.Unknown;

    public override Answer Test(PacketView packet, WalkState state) => answer;

    public static ConstantCondition CannotTell(string text) => new(Answer.Unknown, text);
}
