using System.Buffers.Binary;
using VxlanCsum.Verdicts;

namespace VxlanCsum.UnitTests.Walker;

/// <summary>Frames of an overlay as a healthy node sends them, for tests to use whole or to damage.</summary>
internal static class OverlayFrame
{
    /// <summary>Ethernet, IPv4, TCP or UDP.</summary>
    public static byte[] Plain(bool tcp, int payload, int seed = 1)
    {
        byte[] frame = new byte[14 + 20 + (tcp ? 20 : 8) + payload];
        Fill(frame, tcp, destinationPort: tcp ? (ushort)443 : (ushort)53, seed);
        return frame;
    }

    /// <summary>The same inside VXLAN; the outer UDP checksum right or, if asked for, zero.</summary>
    public static byte[] Vxlan(bool tcp, int payload, bool outerChecksum = true, ushort port = 4789, int seed = 1)
    {
        byte[] inner = Plain(tcp, payload, seed);
        byte[] frame = new byte[50 + inner.Length];
        inner.CopyTo(frame, 50);
        frame[42] = 0x08;
        frame[47] = 0x10;
        Fill(frame, tcp: false, port, seed: 0);
        if (!outerChecksum)
        {
            frame[40] = frame[41] = 0;
        }

        return frame;
    }

    private static void Fill(Span<byte> frame, bool tcp, ushort destinationPort, int seed)
    {
        frame[0] = frame[6] = 2;
        frame[12] = 8;
        Span<byte> ip = frame[14..], l4 = frame[34..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = 64;
        ip[9] = tcp ? (byte)6 : (byte)17;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x0a000a0e);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0x0a000a0a);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~OnesComplement.Sum(ip[..20]));
        BinaryPrimitives.WriteUInt16BigEndian(l4, (ushort)(40000 + seed));
        BinaryPrimitives.WriteUInt16BigEndian(l4[2..], destinationPort);
        if (seed != 0)
        {
            new Random(seed).NextBytes(l4[(tcp ? 20 : 8)..]);
        }

        if (tcp)
        {
            l4[12] = 0x50;
            l4[13] = 0x18;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(l4[4..], (ushort)l4.Length);
        }

        uint sum = (uint)OnesComplement.Sum(ip.Slice(12, 8)) + ip[9] + (uint)l4.Length + OnesComplement.Sum(l4);
        BinaryPrimitives.WriteUInt16BigEndian(l4[(tcp ? 16 : 6)..], (ushort)~OnesComplement.Fold(sum));
    }
}
