using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>A capture that is kept with a diagnosis, without what its packets carry.</summary>
internal sealed class KeptCapture(string path, TunnelPorts ports) : IDisposable
{
    private readonly PayloadEraser _eraser = new(ports);
    private readonly PcapNgWriter _writer = new(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));

    public void Write(in CapturedFrame frame)
    {
        CapturedFrame erased = _eraser.Erase(in frame);
        _writer.Write(in erased);
    }

    public void Dispose() => _writer.Dispose();
}
