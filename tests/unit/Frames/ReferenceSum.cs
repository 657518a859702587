using VxlanCsum.Checksums;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Checksums word by word and bit by bit, as the RFCs write them down.</summary>
internal static class ReferenceSum
{
    public static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i % 2 == 0) ? (uint)(bytes[i] << 8) : bytes[i];
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }

    public static uint Fold(uint sum)
    {
        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }

    public static bool IsRight(Coverage c, byte[] frame) =>
        Fold(Add(Add(0, c.Pseudo), frame.AsSpan(c.Start..c.End))) == 0xffff;

    /// <summary>The value the field should have.</summary>
    public static uint Right(Coverage c, byte[] frame)
    {
        byte[] covered = frame[c.Start..c.End];
        covered.AsSpan(c.Field - c.Start, c.FieldSize).Clear();
        if (c.Protocol == ChecksumProtocol.Sctp)
        {
            return Crc32C(covered);
        }

        uint right = 0xffff - Fold(Add(Add(0, c.Pseudo), covered));
        return right == 0 && c.Protocol is (ChecksumProtocol.Udp or ChecksumProtocol.UdpLite) ? 0xffff : right;
    }

    public static uint Number(byte[] frame, int at, int size) =>
        frame.AsSpan(at, size).ToArray().Aggregate(0u, (value, next) => (value << 8) | next);

    public static void Write(byte[] frame, int at, uint value)
    {
        frame[at] = (byte)(value >> 8);
        frame[at + 1] = (byte)value;
    }

    /// <summary>RFC 2960, appendix B.1: over the packet with the field zero.</summary>
    public static uint Adler32(Coverage c, byte[] frame)
    {
        uint a = 1, b = 0;
        for (int i = c.Start; i < c.End; i++)
        {
            a = (a + (i >= c.Field && i < c.Field + c.FieldSize ? 0u : frame[i])) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) + a;
    }

    /// <summary>RFC 9260, appendix A; the result as the bytes on the wire spell it.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xffffffff;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
            }
        }

        crc = ~crc;
        return (crc << 24) | ((crc & 0xff00) << 8) | ((crc >> 8) & 0xff00) | (crc >> 24);
    }
}
