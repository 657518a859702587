using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Summaries;

/// <summary>The counts of a stretch of a capture.</summary>
internal sealed class SummaryPart(TunnelPorts ports, SummaryBuilder whole) : CapturePart
{
    private readonly FrameWalker _walker = new(ports) { ShapesSuffice = true };
    private SummaryBuilder _counts = new();

    /// <inheritdoc/>
    public override void Begin()
    {
        _counts = _counts.Packets == 0 ? _counts : new SummaryBuilder();
        Frames = 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override unsafe bool Read(CaptureReader reader, int frames)
    {
        FrameWalker walker = _walker;
        SummaryBuilder counts = _counts;
        for (; frames > 0; frames--)
        {
            if (!reader.TryRead(out CapturedFrame frame))
            {
                break;
            }

            counts.Add(in frame, walker.Walk(in frame));
        }

        Frames = counts.Packets;
        return frames == 0;
    }

    /// <inheritdoc/>
    public override bool Join(long framesBefore)
    {
        whole.Merge(_counts);
        return true;
    }
}
