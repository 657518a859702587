using System.Net;
using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <summary>
/// What the walker found in one frame. One instance is filled again for every frame, so that walking allocates
/// nothing; whoever wants to keep it makes a <see cref="PacketChecksum"/> of it.
/// </summary>
internal sealed unsafe class FrameVerdict
{
    public const int MaxLayers = 64;
    public const int MaxAddresses = 32;

    private readonly LayerRecord[] _layers = GC.AllocateArray<LayerRecord>(MaxLayers, pinned: true);
    private readonly AddressPair[] _addresses = GC.AllocateArray<AddressPair>(MaxAddresses, pinned: true);

    public FrameVerdict()
    {
        Layers = (LayerRecord*)Unsafe.AsPointer(ref _layers[0]);
        Addresses = (AddressPair*)Unsafe.AsPointer(ref _addresses[0]);
    }

    /// <summary>Outer to inner.</summary>
    public LayerRecord* Layers { get; }
    public int LayerCount;

    /// <summary>IP headers, outer to inner.</summary>
    public AddressPair* Addresses { get; }
    public int AddressCount;

    /// <summary>The bytes that were walked; valid as long as the frame is.</summary>
    public byte* Frame;

    /// <summary>Which of the common frames it is, whose layers are known from that alone.</summary>
    public FrameShape Shape;
    public ChecksumStatus Status;
    public ChecksumCause Cause;

    /// <summary>The first UDP tunnel, or, where there is none, the first tunnel.</summary>
    public TunnelType Tunnel;

    /// <summary>VXLAN network identifier, Geneve VNI or NVGRE virtual subnet; -1 where the tunnel has none.</summary>
    public int Vni;

    /// <summary>The IP header of that tunnel, or -1.</summary>
    public int TunnelAddress;

    /// <summary>Time to live (hop limit) of the tunnel's IP header; 0 where there is no tunnel.</summary>
    public byte TunnelTtl => TunnelAddress < 0 ? (byte)0
        : Addresses[TunnelAddress].Size == 4 ? Frame[Addresses[TunnelAddress].Offset - 4]
            : Frame[Addresses[TunnelAddress].Offset - 1];

    /// <summary>Ports of the tunnel's UDP header; 0 for tunnels without.</summary>
    public ushort TunnelSourcePort;
    public ushort TunnelDestinationPort;

    /// <summary>The innermost ports, where the innermost packet has any (also of protocols without a checksum
    /// here).</summary>
    public bool HasPorts;
    public ushort SourcePort;
    public ushort DestinationPort;

    public ReadOnlySpan<LayerRecord> LayerSpan => new(Layers, LayerCount);

    /// <summary>The layers as far as the shape tells them: without what differs among frames of one shape. Also where
    /// nothing but the shape was filled in.</summary>
    public ReadOnlySpan<LayerRecord> ShapedLayers => Shape == FrameShape.Any ? LayerSpan
        : new(FrameTemplates.Layers(Shape), Shape.LayerCount());

    public ReadOnlySpan<byte> Source(int address) => new(Frame + Addresses[address].Offset, Addresses[address].Size);

    public ReadOnlySpan<byte> Destination(int address) =>
        new(Frame + Addresses[address].Offset + Addresses[address].Size, Addresses[address].Size);
}
