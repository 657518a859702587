using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Templates;

/// <summary>What is always the same in the layer records of a common frame.</summary>
internal static unsafe class FrameTemplates
{
    public const int LayersEach = 4;

    // Native memory for the life of the process.
    private static readonly LayerRecord* s_layers = Make();

    public static AddressPair Outer => new() { Offset = CommonFrame.Ip + CommonFrame.Addresses, Size = 4 };

    public static AddressPair Inner => new() { Offset = CommonFrame.InnerIp + CommonFrame.Addresses, Size = 4 };

    public static LayerRecord* Layers(FrameShape shape) => s_layers + ((int)shape * LayersEach);

    /// <summary>Fills in what differs in the records of an IPv4 and a transport header: the checksums, the ports, the
    /// length.</summary>
    /// <param name="layers">The two records.</param>
    /// <param name="ports">As they stand in memory.</param>
    /// <param name="length">Bytes that the transport checksum covers.</param>
    /// <param name="ipChecksum">Of the IPv4 header.</param>
    /// <param name="checksum">Of the transport header.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fill(LayerRecord* layers, uint ports, int length, ushort ipChecksum, ushort checksum)
    {
        layers[0].Found = layers[0].Expected = ipChecksum;
        layers[1].SourcePort = BinaryPrimitives.ReverseEndianness((ushort)ports);
        layers[1].DestinationPort = BinaryPrimitives.ReverseEndianness((ushort)(ports >> 16));
        layers[1].Length = length;
        layers[1].Found = layers[1].Expected = checksum;
    }

    private static LayerRecord* Make()
    {
        LayerRecord* layers = (LayerRecord*)NativeMemory.AllocZeroed(FrameShapes.Count * LayersEach,
            (nuint)sizeof(LayerRecord));
        for (FrameShape shape = FrameShape.Tcp; (int)shape < FrameShapes.Count; shape++)
        {
            LayerRecord* at = layers + ((int)shape * LayersEach);
            if (!shape.IsTunnel())
            {
                Pair(at, 0, shape.IsTcp());
                continue;
            }

            Pair(at, 0, tcp: false);
            Pair(at + 2, 1, shape.IsTcp());
            at[1].Flags |= LayerFlags.Tunnel;
            if (shape.LacksOuterChecksum())
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
        int encapsulated = depth * CommonFrame.Encapsulation;
        at[0] = new LayerRecord
        {
            Protocol = ChecksumProtocol.IPv4,
            Depth = depth,
            AddressIndex = depth,
            Flags = LayerFlags.HasFound | LayerFlags.HasExpected,
            Offset = encapsulated + CommonFrame.Ip + CommonFrame.IPv4Checksum,
            Length = CommonFrame.IPv4Size,
        };
        at[1] = new LayerRecord
        {
            Protocol = tcp ? ChecksumProtocol.Tcp : ChecksumProtocol.Udp,
            Depth = depth,
            AddressIndex = depth,
            Flags = LayerFlags.HasFound | LayerFlags.HasExpected | LayerFlags.HasPorts,
            Offset = encapsulated + CommonFrame.Transport + CommonFrame.TransportChecksum(tcp),
        };
    }
}
