using System.Numerics;
using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Files;

namespace VxlanCsum.Captures.Repair;

/// <summary>Room for one frame that may be written to; it grows with the frames and never moves while one is in
/// use.</summary>
internal sealed unsafe class FrameCopy
{
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(2048, pinned: true);

    /// <summary>The same frame over bytes of its own, valid until the next one is copied.</summary>
    public CapturedFrame Of(in CapturedFrame frame)
    {
        if (_bytes.Length < frame.CapturedLength)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(
                (int)BitOperations.RoundUpToPowerOf2((uint)frame.CapturedLength), pinned: true);
        }

        new ReadOnlySpan<byte>(frame.Data, frame.CapturedLength).CopyTo(_bytes);
        return frame with { Data = (byte*)Unsafe.AsPointer(ref _bytes[0]) };
    }
}
