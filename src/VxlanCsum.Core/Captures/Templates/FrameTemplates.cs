using System.Runtime.InteropServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Templates;

/// <summary>The frames that the walker's short cut knows; all their checksums are right, or a zero that is
/// allowed.</summary>
internal enum FrameShape : byte
{
    /// <summary>None of them.</summary>
    Any = 0,
    Tcp,
    Udp,
    VxlanTcp,
    VxlanUdp,

    /// <summary>The same with an outer UDP checksum of zero.</summary>
    VxlanTcpNoChecksum,
    VxlanUdpNoChecksum,
}

/// <summary>What is always the same in the layer records of a common frame.</summary>
internal static unsafe class FrameTemplates
{
    public const int Shapes = 7;
    public const int LayersEach = 4;

    // Native memory for the life of the process.
    private static readonly LayerRecord* s_layers = Make();

    public static AddressPair Outer => new() { Offset = CommonFrame.EthernetSize + 12, Size = 4 };

    public static AddressPair Inner =>
        new() { Offset = CommonFrame.EthernetSize + CommonFrame.Encapsulation + 12, Size = 4 };

    public static LayerRecord* Layers(FrameShape shape) => s_layers + ((int)shape * LayersEach);

    /// <summary>How many of the four are in use.</summary>
    public static int LayerCount(FrameShape shape) => shape switch
    {
        FrameShape.Any => 0,
        FrameShape.Tcp or FrameShape.Udp => 2,
        _ => LayersEach,
    };

    private static LayerRecord* Make()
    {
        LayerRecord* layers = (LayerRecord*)NativeMemory.AllocZeroed(Shapes * LayersEach, (nuint)sizeof(LayerRecord));
        for (FrameShape shape = FrameShape.Tcp; (int)shape < Shapes; shape++)
        {
            LayerRecord* at = layers + ((int)shape * LayersEach);
            if (LayerCount(shape) == 2)
            {
                Pair(at, 0, shape == FrameShape.Tcp);
                continue;
            }

            Pair(at, 0, tcp: false);
            Pair(at + 2, 1, shape is FrameShape.VxlanTcp or FrameShape.VxlanTcpNoChecksum);
            at[1].Flags |= LayerFlags.Tunnel;
            if (shape is FrameShape.VxlanTcpNoChecksum or FrameShape.VxlanUdpNoChecksum)
            {
                at[1].Flags &= ~LayerFlags.HasExpected;
                at[1].Status = ChecksumStatus.NotPresent;
                at[1].Reason = LayerReason.ZeroAllowed;
            }
        }

        return layers;
    }

    private static void Pair(LayerRecord* at, byte depth, bool tcp)
    {
        int ip = CommonFrame.EthernetSize + (depth * CommonFrame.Encapsulation);
        at[0] = new LayerRecord
        {
            Protocol = ChecksumProtocol.IPv4,
            Depth = depth,
            AddressIndex = depth,
            Flags = LayerFlags.HasFound | LayerFlags.HasExpected,
            Offset = ip + 10,
            Length = CommonFrame.IPv4Size,
        };
        at[1] = new LayerRecord
        {
            Protocol = tcp ? ChecksumProtocol.Tcp : ChecksumProtocol.Udp,
            Depth = depth,
            AddressIndex = depth,
            Flags = LayerFlags.HasFound | LayerFlags.HasExpected | LayerFlags.HasPorts,
            Offset = ip + CommonFrame.IPv4Size + (tcp ? 16 : 6),
        };
    }
}
