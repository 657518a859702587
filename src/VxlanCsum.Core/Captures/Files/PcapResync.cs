using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace VxlanCsum.Captures.Files;

/// <summary>Finds where a record of a pcap file begins, from anywhere in the file.</summary>
/// <remarks>
/// A guess, if a good one: pcap has no marks. Lengths that chain are not enough (one byte early can survive eight
/// records), so the times must fit as well, to the file's first record and to each other. The caller proves the guess:
/// the segment before must end exactly here, otherwise this segment is read again from where that one ended.
/// </remarks>
internal static class PcapResync
{
    /// <summary>Bytes looked at behind the offset.</summary>
    public const int WindowSize = 512 * 1024;

    private const int NearSize = 64 * 1024;

    // Records that must follow each other plausibly; near the end of the window fewer are there to see.
    private const int ChainLength = 16;
    private const int ShortestChain = 2;

    private const long Before = 24 * 3600;
    private const long After = 3 * 366 * 24 * 3600L;
    private const long StepBack = 60;
    private const long StepForward = 24 * 3600;

    /// <summary>Offset of the first likely record at or after <paramref name="offset"/>; -1 when none is found near
    /// it.</summary>
    /// <param name="header">Of the file.</param>
    /// <param name="handle">Of the file.</param>
    /// <param name="offset">Where to begin, at least 24.</param>
    /// <param name="firstSeconds">The whole seconds of the file's first record.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static long Find(PcapHeader header, SafeFileHandle handle, long offset, uint firstSeconds)
    {
        // Nearly always it is near; the rest of the window is for very long records.
        long found = Find(header, handle, offset, firstSeconds, NearSize);
        return found >= 0 ? found : Find(header, handle, offset, firstSeconds, WindowSize);
    }

    private static long Find(PcapHeader header, SafeFileHandle handle, long offset, uint firstSeconds, int size)
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            int length = 0;
            int read;
            while (length < size
                && (read = RandomAccess.Read(handle, window.AsSpan(length, size - length), offset + length)) > 0)
            {
                length += read;
            }

            int found = Find(header, window.AsSpan(0, length), firstSeconds, endsFile: length < size);
            return found < 0 ? -1 : offset + found;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    /// <summary>Index of the first likely record in a part of a file; -1 when there is none.</summary>
    /// <param name="header">Of the file.</param>
    /// <param name="window">A part of the file.</param>
    /// <param name="firstSeconds">The whole seconds of the file's first record.</param>
    /// <param name="endsFile">The window ends where the file does.</param>
    public static int Find(PcapHeader header, ReadOnlySpan<byte> window, uint firstSeconds, bool endsFile)
    {
        for (int i = 0; i <= window.Length - header.RecordHeaderSize; i++)
        {
            if (NearFirst(Number(header, window[i..]), firstSeconds)
                && IsChain(header, window[i..], firstSeconds, endsFile))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsChain(PcapHeader header, ReadOnlySpan<byte> rest, uint firstSeconds, bool endsFile)
    {
        long previous = -1;
        for (int records = 0; records < ChainLength; records++)
        {
            if (rest.Length < header.RecordHeaderSize)
            {
                return endsFile ? rest.IsEmpty && records > 0 : records >= ShortestChain;
            }

            uint seconds = Number(header, rest);
            if (!Follows(previous, seconds) || !NearFirst(seconds, firstSeconds)
                || !IsRecord(header, rest, out uint captured))
            {
                return false;
            }

            int size = header.RecordHeaderSize + (int)captured;
            if (rest.Length < size)
            {
                return !endsFile && records >= ShortestChain;
            }

            previous = seconds;
            rest = rest[size..];
        }

        return true;
    }

    private static bool Follows(long previous, uint seconds) =>
        previous < 0 || (seconds >= previous - StepBack && seconds <= previous + StepForward);

    /// <summary>Its lengths and its fraction of a second may be a record's.</summary>
    private static bool IsRecord(PcapHeader header, ReadOnlySpan<byte> rest, out uint captured)
    {
        long longest = Math.Min(Math.Max(header.Interface.SnapLength, PcapHeader.CustomarySnapLength),
            PcapHeader.MaxCapturedLength);
        uint subseconds = header.Nanoseconds ? 1_000_000_000u : 1_000_000u;
        (captured, uint wire) = Lengths(header, rest);
        return Number(header, rest[4..]) < subseconds && captured > 0 && captured <= longest && captured <= wire
            && wire <= PcapHeader.MaxCapturedLength;
    }

    private static bool NearFirst(uint seconds, uint first) => seconds >= first - Before && seconds <= first + After;

    private static (uint Captured, uint Wire) Lengths(PcapHeader header, ReadOnlySpan<byte> record)
    {
        (uint first, uint second) = (Number(header, record[8..]), Number(header, record[12..]));
        return header.LengthOrder switch
        {
            PcapLengthOrder.WireFirst => (second, first),
            PcapLengthOrder.SmallerIsCaptured when first > second => (second, first),
            _ => (first, second),
        };
    }

    private static uint Number(PcapHeader header, ReadOnlySpan<byte> bytes) =>
        header.BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
