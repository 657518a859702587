namespace VxlanCsum.Netfilter.Rules;

/// <summary>-p; meta l4proto, ip protocol, and what "tcp dport" implies.</summary>
internal sealed class ProtocolCondition(byte[] protocols, bool negated, string text) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        packet.Protocol is { } protocol ? Answers.Of(Array.IndexOf(protocols, protocol) >= 0).NotIf(negated)
            : Answer.Unknown;

    public override string ToString() => negated ? "! " + text : text;
}
