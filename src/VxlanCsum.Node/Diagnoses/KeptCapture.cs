using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Diagnoses;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>A capture that is kept with a diagnosis, without what its packets carry.</summary>
internal sealed class KeptCapture(string path, TunnelPorts ports) : IDisposable
{
    private readonly PayloadEraser _eraser = new(ports);
    private readonly PcapNgWriter _writer = new(EvidenceFolder.Create(path));

    /// <summary>Weighs the packets of one place, and keeps them where the request says so.</summary>
    public static CaptureEvidence Weigh(DiagnosisRequest request, CaptureReader reader, KeptPackets packets,
        IReadOnlyList<IPAddress> local, CaptureWeighing.Next next)
    {
        if (request.KeepCapturesIn is null)
        {
            return CaptureWeighing.Weigh(reader, packets, local, next);
        }

        using var kept = new KeptCapture(Path.Combine(request.KeepCapturesIn, packets.File),
            new TunnelPorts(packets.Ports));
        return CaptureWeighing.Weigh(reader, packets, local, next, kept.Write) with { Kept = [packets] };
    }

    public void Write(in CapturedFrame frame)
    {
        CapturedFrame erased = _eraser.Erase(in frame);
        _writer.Write(in erased);
    }

    public void Dispose() => _writer.Dispose();
}
