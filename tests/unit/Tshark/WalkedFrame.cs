using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Clusters;
using VxlanCsum.Verdicts;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>What the walker found in one frame of a capture.</summary>
internal sealed record WalkedFrame(long Number, int Captured, uint Wire, LinkType Link, LayerRecord[] Layers)
{
    /// <summary>Reads and walks a capture as the cmdlets do, up to its end or its first damage.</summary>
    public static IEnumerable<WalkedFrame> Of(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using CaptureReader? reader = TryOpen(stream, path);
        FrameWalker walker = new(new TunnelPorts());
        while (reader is not null && TryRead(reader, out CapturedFrame frame))
        {
            yield return Walk(walker, in frame);
        }
    }

    private static CaptureReader? TryOpen(Stream stream, string path)
    {
        try
        {
            return CaptureReaderFactory.Open(stream, path);
        }
        catch (CaptureException)
        {
            return null;
        }
    }

    private static bool TryRead(CaptureReader reader, out CapturedFrame frame)
    {
        try
        {
            return reader.TryRead(out frame);
        }
        catch (CaptureException)
        {
            frame = default;
            return false;
        }
    }

    private static unsafe WalkedFrame Walk(FrameWalker walker, in CapturedFrame frame)
    {
        FrameVerdict verdict = walker.Walk(in frame);
        return new WalkedFrame(frame.Number, frame.CapturedLength, frame.WireLength, frame.Interface.LinkType,
            [.. verdict.LayerSpan]);
    }
}
