using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Verdicts;
using static VxlanCsum.Captures.Templates.CommonFrame;

namespace VxlanCsum.Captures.Walking;

/// <summary>A common frame: its shape, and what differs among frames of that shape. The rest is made when it is asked
/// for.</summary>
internal sealed unsafe class CommonFacts : PacketFacts
{
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
        byte* ip = frame + Ip;
        _hosts = Hosts(ip);
        _ports = Ports(ip);
        _length = (ushort)TransportLength(ip);
        _first = U16At(ip + IPv4Checksum);
        _second = U16At(frame + Transport + TransportChecksum(shape == FrameShape.Tcp));
        if (shape.IsTunnel())
        {
            byte* innerIp = frame + InnerIp;
            _innerHosts = Hosts(innerIp);
            _innerPorts = Ports(innerIp);
            _third = U16At(innerIp + IPv4Checksum);
            _fourth = U16At(frame + InnerTransport + TransportChecksum(shape.IsTcp()));
            TunnelTtl = ip[Ttl];
        }
    }

    public override string? Source => Walked.Source;
    public override string? Destination => Walked.Destination;
    public override string? OuterSource => Walked.OuterSource;
    public override string? OuterDestination => Walked.OuterDestination;
    public override IReadOnlyList<ChecksumLayer> Layers => Walked.Layers;
    public override PackedFacts Walked => _walked ??= Unpack();

    private PackedFacts Unpack()
    {
        bool tunnel = _shape.IsTunnel();
        LayerRecord[] layers = new ReadOnlySpan<LayerRecord>(FrameTemplates.Layers(_shape),
            _shape.LayerCount()).ToArray();
        fixed (LayerRecord* at = layers)
        {
            FrameTemplates.Fill(at, _ports, _length, _first, _second);
            if (tunnel)
            {
                FrameTemplates.Fill(at + 2, _innerPorts, _length - Encapsulation, _third, _fourth);
            }
        }

        Span<byte> addresses = stackalloc byte[18];
        Put(addresses, _hosts);
        Put(addresses[9..], _innerHosts);
        return new PackedFacts(layers, addresses[..(tunnel ? 18 : 9)])
        {
            Tunnel = Tunnel,
            Vni = Vni,
            TunnelTtl = TunnelTtl,
            Status = Status,
            Cause = Cause,
        };
    }

    private static void Put(Span<byte> at, ulong hosts)
    {
        at[0] = 4;
        Unsafe.WriteUnaligned(ref at[1], hosts);
    }
}
