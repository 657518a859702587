using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Diagnoses;
using VxlanCsum.Node.Drops;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>Watches what the kernel drops for its checksum, as Watch-ChecksumDrop does.</summary>
internal static class DropGatherer
{
    private const string KeptIn = "drops.pcapng";

    /// <summary>More a second tell nothing new.</summary>
    private const int MostPerSecond = 2000;

    /// <exception cref="Errors.NodeException">It may not be watched, or this kernel cannot.</exception>
    public static CaptureEvidence Watch(DiagnosisRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<IPAddress> local = CapturePlace.Of(string.Empty, request.NetworkNamespace).Addresses;
        using DropWatch watch = DropWatch.Open(
            new DropWatchOptions(request.NetworkNamespace)
            {
                Duration = request.DropDuration,
                MostPerSecond = MostPerSecond
            }, cancellation);
        return KeptCapture.Weigh(request, watch, new KeptPackets(KeptIn, ChecksumDrop.Place, IsLive: true, watch.Ports),
            local, static (CaptureReader r, out CapturedFrame f) => r.TryRead(out f));
    }
}
