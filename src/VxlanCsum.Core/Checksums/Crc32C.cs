using System.Numerics;

namespace VxlanCsum.Checksums;

/// <summary>SCTP's checksums: CRC32c (RFC 4960), and the Adler-32 of RFC 2960 that old captures still carry.</summary>
internal static unsafe class Crc32C
{
    /// <summary>CRC32c of an SCTP packet with its own checksum field (bytes 8 to 11) taken as zero, as the 32-bit
    /// number in the header.</summary>
    public static uint OfSctp(byte* packet, int length)
    {
        uint crc = Update(uint.MaxValue, packet, 8);
        uint zero = 0;
        crc = Update(crc, (byte*)&zero, 4);
        crc = ~Update(crc, packet + 12, length - 12);
        // RFC 4960, appendix B: the CRC is placed least significant byte first.
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(crc);
    }

    /// <summary>The former checksum of SCTP (RFC 2960), for telling an old capture from a damaged one.</summary>
    public static uint AdlerOfSctp(byte* packet, int length)
    {
        uint a = 1, b = 0;
        for (int i = 0; i < length; i++)
        {
            a = (a + (i is >= 8 and < 12 ? 0u : packet[i])) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) | a;
    }

    private static uint Update(uint crc, byte* p, int length)
    {
        for (; length >= 8; length -= 8, p += 8)
        {
            crc = BitOperations.Crc32C(crc, *(ulong*)p);
        }

        for (; length > 0; length--, p++)
        {
            crc = BitOperations.Crc32C(crc, *p);
        }

        return crc;
    }
}
