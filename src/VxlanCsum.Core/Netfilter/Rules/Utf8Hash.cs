using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>A quick hash of bytes that come from outside.</summary>
internal static class Utf8Hash
{
    // Without a secret, a text could be made whose names all collide.
    private static readonly ulong s_secret = (ulong)Random.Shared.NextInt64();

    public static int Of(ReadOnlySpan<byte> text)
    {
        const ulong Multiplier = 0xbf58476d1ce4e5b9;
        ulong hash = s_secret ^ ((ulong)text.Length * 0x9e3779b97f4a7c15);
        ref byte at = ref MemoryMarshal.GetReference(text);
        int length = text.Length;
        if (length >= 8)
        {
            for (int i = 0; i < length - 8; i += 8)
            {
                hash = BitOperations.RotateLeft(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, i)), 29)
                    * Multiplier;
            }

            // The last eight bytes, whether or not some of them were taken already.
            hash = (hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, length - 8))) * Multiplier;
        }
        else
        {
            ulong rest = 0;
            foreach (byte b in text)
            {
                rest = (rest << 8) | b;
            }

            hash = (hash ^ rest) * Multiplier;
        }

        return (int)((hash ^ (hash >> 32)) & int.MaxValue);
    }
}
