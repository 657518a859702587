using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <summary>A common frame: its shape, and what differs among frames of that shape. The rest is made when it is asked
/// for.</summary>
internal sealed unsafe class CommonFacts : PacketFacts
{
    private const int Ip = CommonFrame.EthernetSize, Transport = Ip + CommonFrame.IPv4Size;

    /// <summary>Addresses and ports as they stand in memory, outer (or only) and inner.</summary>
    private readonly ulong _hosts, _innerHosts;
    private readonly uint _ports, _innerPorts;

    /// <summary>The checksums, outer to inner.</summary>
    private readonly ushort _first, _second, _third, _fourth;

    /// <summary>Bytes that the outermost transport checksum covers.</summary>
    private readonly ushort _length;
    private readonly FrameShape _shape;
    private PackedFacts? _walked;

    public CommonFacts(byte* frame, FrameShape shape)
    {
        _shape = shape;
        _hosts = *(ulong*)(frame + Ip + 12);
        _ports = *(uint*)(frame + Transport);
        _first = U16At(frame + Ip + 10);
        _second = Check(frame + Transport, shape == FrameShape.Tcp);
        _length = (ushort)(U16At(frame + Ip + 2) - CommonFrame.IPv4Size);
        if (IsTunnel)
        {
            byte* inner = frame + CommonFrame.Encapsulation;
            _innerHosts = *(ulong*)(inner + Ip + 12);
            _innerPorts = *(uint*)(inner + Transport);
            _third = U16At(inner + Ip + 10);
            _fourth = Check(inner + Transport, shape is FrameShape.VxlanTcp or FrameShape.VxlanTcpNoChecksum);
            TunnelTtl = frame[Ip + 8];
        }
    }

    public override string? Source => Walked.Source;
    public override string? Destination => Walked.Destination;
    public override string? OuterSource => Walked.OuterSource;
    public override string? OuterDestination => Walked.OuterDestination;
    public override IReadOnlyList<ChecksumLayer> Layers => Walked.Layers;
    public override PackedFacts Walked => _walked ??= Unpack();

    private bool IsTunnel => _shape > FrameShape.Udp;

    private static ushort U16At(byte* at) => BinaryPrimitives.ReverseEndianness(*(ushort*)at);

    private static ushort Check(byte* transport, bool tcp) => U16At(transport + (tcp ? 16 : 6));

    private PackedFacts Unpack()
    {
        LayerRecord[] layers = new ReadOnlySpan<LayerRecord>(FrameTemplates.Layers(_shape),
            FrameTemplates.LayerCount(_shape)).ToArray();
        Fill(layers, _ports, _length, _first, _second);
        if (IsTunnel)
        {
            Fill(layers.AsSpan(2), _innerPorts, _length - CommonFrame.Encapsulation, _third, _fourth);
        }

        Span<byte> addresses = stackalloc byte[18];
        Put(addresses, _hosts);
        Put(addresses[9..], _innerHosts);
        return new PackedFacts(layers, addresses[..(IsTunnel ? 18 : 9)])
        {
            Tunnel = Tunnel,
            Vni = Vni,
            TunnelTtl = TunnelTtl,
            Status = Status,
            Cause = Cause,
        };
    }

    private static void Fill(Span<LayerRecord> layers, uint ports, int length, ushort ip, ushort transport)
    {
        layers[0].Found = layers[0].Expected = ip;
        layers[1].SourcePort = BinaryPrimitives.ReverseEndianness((ushort)ports);
        layers[1].DestinationPort = BinaryPrimitives.ReverseEndianness((ushort)(ports >> 16));
        layers[1].Length = length;
        layers[1].Found = layers[1].Expected = transport;
    }

    private static void Put(Span<byte> at, ulong hosts)
    {
        at[0] = 4;
        Unsafe.WriteUnaligned(ref at[1], hosts);
    }
}
