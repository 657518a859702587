using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Diagnoses;

/// <summary>Weighs the packets of one place.</summary>
internal static class CaptureWeighing
{
    /// <summary>Of one place: enough for any fault, and no more than memory and a folder can hold.</summary>
    private const long MostFrames = 200_000;

    /// <summary>The next frame; false at the end.</summary>
    public delegate bool Next(CaptureReader reader, out CapturedFrame frame);

    /// <summary>Takes a frame, which is valid only meanwhile.</summary>
    public delegate void Sink(in CapturedFrame frame);

    /// <param name="reader">Read to its end, or as far as is enough.</param>
    /// <param name="packets">Where they are from.</param>
    /// <param name="local">The addresses of the node on which they were captured.</param>
    /// <param name="next">Reads the next one.</param>
    /// <param name="sink">Given each.</param>
    /// <exception cref="CaptureException">It cannot be read.</exception>
    public static CaptureEvidence Weigh(CaptureReader reader, KeptPackets packets, IReadOnlyList<IPAddress> local,
        Next next, Sink? sink = null)
    {
        var analyzer = new CauseAnalyzer(
            new CauseOptions { LocalAddresses = packets.IsLive ? HostId.From(local) : [] });
        var signs = new PacketSigns();
        var walker = new FrameWalker(new TunnelPorts(packets.Ports));
        for (long frames = 0; frames < MostFrames && next(reader, out CapturedFrame frame); frames++)
        {
            FrameVerdict verdict = walker.Walk(in frame);
            analyzer.Add(verdict, in frame);
            signs.Add(verdict, in frame);
            sink?.Invoke(in frame);
        }

        return new CaptureEvidence([packets.Place], analyzer.Packets, analyzer.Complete())
        {
            Signs = [.. signs.Signs],
        };
    }
}
