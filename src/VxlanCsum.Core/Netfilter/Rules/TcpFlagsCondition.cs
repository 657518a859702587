namespace VxlanCsum.Netfilter.Rules;

/// <summary>--tcp-flags, --syn. The first packet of a connection is a SYN; of later ones nothing is known.</summary>
internal sealed class TcpFlagsCondition(TcpFlags mask, TcpFlags set, bool negated) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        packet.Protocol is not (null or IpProtocol.Tcp) ? Answer.No
        : packet.Protocol == IpProtocol.Tcp && packet.State == ConnectionStates.New
            ? Answers.Of((TcpFlags.Syn & mask) == set).NotIf(negated)
        : Answer.Unknown;
}

/// <summary>The bits of a TCP header's flags byte.</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
    Urg = 32,
    All = 63,
}
