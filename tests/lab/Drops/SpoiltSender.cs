using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.Checksums;
using VxlanCsum.Verdicts;

namespace VxlanCsum.LabTests.Drops;

/// <summary>Sends VXLAN packets whose outer checksum is what it is told to be, as fast as it is told.</summary>
public sealed class SpoiltSender : IDisposable
{
    private const int Ip = 20, Udp = 8, Vxlan = 8, Ethernet = 14, HeaderIncluded = 3;

    private readonly Socket _socket;
    private readonly byte[] _packet;
    private readonly IPEndPoint _to;

    /// <param name="node">The namespace it sends from.</param>
    /// <param name="from">Address of the tunnel packet's source.</param>
    /// <param name="to">Address of its destination.</param>
    /// <param name="port">UDP port it goes to.</param>
    /// <param name="payload">Bytes in the innermost packet.</param>
    /// <param name="network">The tunnel's network identifier.</param>
    public SpoiltSender(LabNamespace node, string from, string to, int port = 4789, int payload = 40, byte network = 42)
    {
        _to = new IPEndPoint(IPAddress.Parse(to), 0);
        _packet = new byte[Ip + Udp + Vxlan + Ethernet + Ip + Udp + payload];
        IpHeader(_packet, IPAddress.Parse(from), _to.Address);
        Span<byte> udp = _packet.AsSpan(Ip);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        Span<byte> vxlan = udp[Udp..];
        vxlan[0] = 8;
        vxlan[6] = network;
        Span<byte> ethernet = vxlan[Vxlan..];
        (ethernet[0], ethernet[6], ethernet[12]) = (2, 2, 8);
        IPAddress innerFrom = IPAddress.Parse("10.244.1.1"), innerTo = IPAddress.Parse("10.244.1.2");
        Span<byte> inner = ethernet[Ethernet..];
        IpHeader(inner, innerFrom, innerTo);
        Span<byte> innerUdp = inner[Ip..];
        BinaryPrimitives.WriteUInt16BigEndian(innerUdp, 40000);
        BinaryPrimitives.WriteUInt16BigEndian(innerUdp[2..], 5300);
        BinaryPrimitives.WriteUInt16BigEndian(innerUdp[4..], (ushort)innerUdp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(innerUdp[6..], Checksum(innerFrom, innerTo, innerUdp));
        _socket = node.Inside(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw,
                ProtocolType.Raw)
            { SendBufferSize = 4 << 20 };
            socket.SetRawSocketOption(0, HeaderIncluded, BitConverter.GetBytes(1));
            return socket;
        });
    }

    /// <summary>Sends one packet from a port; its checksum is what becomes of the right one.</summary>
    public void Send(int port, Func<ushort, ushort> spoil)
    {
        Span<byte> udp = _packet.AsSpan(Ip);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..],
            spoil(Checksum(new IPAddress(_packet.AsSpan(12, 4)), _to.Address, udp)));
        _socket.SendTo(_packet, _to);
    }

    /// <summary>Sends many at a steady pace.</summary>
    public void SendMany(int count, int perSecond, Func<ushort, ushort> spoil)
    {
        const double Doze = 0.002;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            Send(1024 + (i % 60000), spoil);
            double early;
            while ((i & 31) == 0
                && (early = ((double)i / perSecond) - Stopwatch.GetElapsedTime(start).TotalSeconds) > 0)
            {
                // A thread that only yields has a processor to itself.
                if (early > Doze)
                {
                    Thread.Sleep(1);
                }
                else
                {
                    Thread.Yield();
                }
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static void IpHeader(Span<byte> packet, IPAddress from, IPAddress to)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        (packet[8], packet[9]) = (64, 17);
        from.TryWriteBytes(packet[12..], out _);
        to.TryWriteBytes(packet[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)~OnesComplement.Sum(packet[..Ip]));
    }

    private static ushort Checksum(IPAddress from, IPAddress to, ReadOnlySpan<byte> udp)
    {
        uint seed = PseudoHeader.Seed(PseudoHeader.AddressSum(from), PseudoHeader.AddressSum(to), 17, (uint)udp.Length);
        return (ushort)~OnesComplement.Fold((ulong)seed + OnesComplement.Sum(udp));
    }
}
