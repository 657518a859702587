using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VxlanCsum.Verdicts;

/// <summary>
/// The Internet checksum's arithmetic (RFC 1071). Sums are "raw": of 16-bit words as the machine loads them.
/// The sum of the swapped words is the swapped sum, so one swap at the very end (<see cref="ToHost"/>) gives
/// the number people see, and a raw field can be compared without any.
/// </summary>
internal static unsafe class OnesComplement
{
    /// <summary>Adds the carries back until 16 bits remain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }

    /// <summary>A raw 16-bit value as the number in the header, and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ToHost(ushort raw) =>
    BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(raw) : raw;

    /// <summary>a - b, which is a + ~b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Subtract(ushort a, ushort b) => Fold(a + (ulong)(ushort)~b);

    /// <summary>What a sum that started at an odd offset contributes: its bytes change places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort AtOffset(ushort sum, int offset) =>
    (offset & 1) == 0 ? sum : BinaryPrimitives.ReverseEndianness(sum);

    /// <summary>Folded sum of a span, as the number people see (big-endian words, odd tail padded with zero).</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            return ToHost(Fold(Accumulate(p, bytes.Length)));
        }
    }

    /// <summary>
    /// The raw, unfolded sum of <paramref name="length"/> bytes. 32-bit halves are added into 64-bit lanes, which
    /// cannot overflow below 16 GiB, so there is no carry to chase in the loop.
    /// </summary>
    // AggressiveOptimization: full-width vectors from the first call; tiering would spend the first second in slow
    // code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Accumulate(byte* p, int length)
    {
        ulong sum = 0;
        if (length < 8)
        {
            return SumShort(p, length);
        }

        byte* end = p + length;
        if (length >= 96)
        {
            if (Vector512.IsHardwareAccelerated && length >= 256)
            {
                Vector512<ulong> low = Vector512<ulong>.Zero, high = Vector512<ulong>.Zero,
                    mask = Vector512.Create(0xffffffffUL);
                do
                {
                    Vector512<ulong> v = Vector512.Load((ulong*)p), w = Vector512.Load((ulong*)(p + 64));
                    low += (v & mask) + (w & mask);
                    high += Vector512.ShiftRightLogical(v, 32) + Vector512.ShiftRightLogical(w, 32);
                    p += 128;
                }
                while (end - p >= 128);
                sum = Vector512.Sum(low + high);
            }

            if (end - p >= 32)
            {
                Vector256<ulong> low = Vector256<ulong>.Zero, high = Vector256<ulong>.Zero,
                    mask = Vector256.Create(0xffffffffUL);
                do
                {
                    Vector256<ulong> v = Vector256.Load((ulong*)p);
                    low += v & mask;
                    high += Vector256.ShiftRightLogical(v, 32);
                    p += 32;
                }
                while (end - p >= 32);
                sum += Vector256.Sum(low + high);
            }
        }

        while (end - p >= 8)
        {
            ulong v = *(ulong*)p;
            sum += (v & 0xffffffff) + (v >> 32);
            p += 8;
        }

        int rest = (int)(end - p);
        if (rest > 0)
        {
            // The last eight bytes once more, with those already counted shifted out: no byte-wise tail, no read past
            // the end.
            ulong v = *(ulong*)(end - 8);
            v = BitConverter.IsLittleEndian ? v >> (8 * (8 - rest)) : v << (8 * (8 - rest));
            sum += (v & 0xffffffff) + (v >> 32);
        }

        return sum;
    }

    private static ulong SumShort(byte* p, int length)
    {
        ulong sum = 0;
        for (; length >= 2; length -= 2, p += 2)
        {
            sum += *(ushort*)p;
        }

        return length > 0 ? sum + (BitConverter.IsLittleEndian ? *p : (uint)*p << 8) : sum;
    }
}
