using System.Buffers.Binary;
using System.Numerics;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Repair;

/// <summary>Writes the right checksums into frames: what a receiver would compute over the very bytes.</summary>
/// <remarks>
/// Only what is wrong or unfinished is touched: a checksum that was never sent (UDP zero) stays so, and one over bytes
/// that are not all there (a fragment, a cut packet) is left as it is and counted. Not thread-safe; a frame is valid
/// until the next call.
/// </remarks>
internal sealed unsafe class ChecksumRepair(TunnelPorts ports, RepairTarget target)
{
    private readonly FrameWalker _walker = new(ports);
    private readonly FrameCopy _copy = new();

    /// <summary>Frames of which something was written.</summary>
    public long Frames { get; private set; }

    /// <summary>Checksums written.</summary>
    public long Checksums { get; private set; }

    /// <summary>Checksums that could not be verified and so were left.</summary>
    public long Unverified { get; private set; }

    /// <summary>Outer checksums that were right, cover what was repaired inside, and are wrong now.</summary>
    public long Spoilt { get; private set; }

    /// <summary>The frame with its checksums right: itself where nothing was to be done, else a copy that is valid
    /// until the next call.</summary>
    public CapturedFrame Apply(in CapturedFrame frame)
    {
        FrameVerdict verdict = _walker.Walk(in frame);
        if (verdict.Status <= ChecksumStatus.NotPresent)
        {
            return frame;
        }

        CapturedFrame result = _copy.Of(in frame);
        long before = Checksums;
        ulong right = RightOuter(verdict);

        // Innermost first: an outer checksum covers the inner ones. No checksum decides where a header stands, so the
        // layers stay the same.
        for (int i = verdict.LayerCount - 1; i >= 0; i--)
        {
            if (IsMeant(in verdict.LayerSpan[i]) && Repair(in result, i, in verdict.LayerSpan[i]))
            {
                verdict = _walker.Walk(in result);
            }
        }

        if (Checksums > before)
        {
            Frames++;
            Spoilt += BitOperations.PopCount(right & ~RightOuter(_walker.Walk(in result)));
        }

        return result;
    }

    /// <summary>A bit for each layer that is right and not meant; frames have at most 64.</summary>
    private ulong RightOuter(FrameVerdict verdict)
    {
        ulong right = 0;
        for (int i = 0; i < Math.Min(64, verdict.LayerCount); i++)
        {
            ref readonly LayerRecord layer = ref verdict.LayerSpan[i];
            right |= !IsMeant(in layer) && layer.Status == ChecksumStatus.Good ? 1UL << i : 0;
        }

        return right;
    }

    private bool IsMeant(ref readonly LayerRecord layer) => target switch
    {
        RepairTarget.Outer => layer.Depth == 0,
        RepairTarget.Inner => layer.Depth > 0,
        _ => true,
    };

    /// <summary>Makes one checksum right; whether the frame has to be walked anew for the layers around it.</summary>
    private bool Repair(in CapturedFrame frame, int index, ref readonly LayerRecord layer)
    {
        byte* field = frame.Data + layer.Offset;
        switch (layer.Status)
        {
            case ChecksumStatus.Unverified:
                Unverified++;
                return false;
            case ChecksumStatus.Illegal:
                // The walk takes a zero as it is; it says what is right of anything else.
                field[1] = 1;
                LayerRecord again = _walker.Walk(in frame).Layers[index];
                field[1] = 0;
                Write(field, in again);
                return true;
            case ChecksumStatus.Bad or ChecksumStatus.Partial:
                return Write(field, in layer);
            default:
                return false;
        }
    }

    private bool Write(byte* field, ref readonly LayerRecord layer)
    {
        if ((layer.Flags & LayerFlags.HasExpected) == 0)
        {
            Unverified++;
            return false;
        }

        if (layer.Protocol == ChecksumProtocol.Sctp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(field, 4), layer.Expected);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(field, 2), (ushort)layer.Expected);
        }

        Checksums++;
        return true;
    }
}
