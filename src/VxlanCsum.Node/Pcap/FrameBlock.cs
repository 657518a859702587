using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Pcap;

/// <summary>A frame in a <see cref="FrameBlock"/>.</summary>
internal readonly unsafe struct QueuedFrame(long time, uint wireLength, byte* data, int length)
{
    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public readonly long Time = time;
    public readonly uint WireLength = wireLength;
    public readonly byte* Data = data;
    public readonly int Length = length;
}

/// <summary>
/// Frames one behind another in memory that does not move, since they are handed on by address. Bytes behind the last
/// may be read by whole-word sums.
/// </summary>
internal sealed unsafe class FrameBlock
{
    private const int Length = 1 << 20, Slack = 64, HeaderLength = 16;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Length + Slack, pinned: true);
    private int _end, _next;

    private byte* Start => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));

    public bool Fits(int length) => _end + Size(length) <= Length;

    /// <summary>Only what fits.</summary>
    public void Append(long time, uint wireLength, byte* data, int length)
    {
        byte* to = Start + _end;
        *(long*)to = time;
        *(uint*)(to + 8) = wireLength;
        *(int*)(to + 12) = length;
        Buffer.MemoryCopy(data, to + HeaderLength, length, length);
        _end += Size(length);
    }

    public bool TryTake(out QueuedFrame frame)
    {
        if (_next == _end)
        {
            frame = default;
            return false;
        }

        byte* from = Start + _next;
        frame = new QueuedFrame(*(long*)from, *(uint*)(from + 8), from + HeaderLength, *(int*)(from + 12));
        _next += Size(frame.Length);
        return true;
    }

    public void Clear() => _end = _next = 0;

    private static int Size(int length) => (HeaderLength + length + 7) & ~7;
}
