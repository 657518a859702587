using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;

namespace VxlanCsum.Simulation;

/// <summary>Frames of a list, as a capture would give them.</summary>
internal sealed unsafe class FrameReader(IReadOnlyList<SimulatedFrame> frames, CaptureInterface source) : CaptureReader
{
    /// <summary>The walker reads whole vectors, as a capture's buffer lets it.</summary>
    private const int Largest = 65536, Slack = 64;

    private readonly byte* _buffer = (byte*)NativeMemory.AllocZeroed(Largest + Slack);
    private int _next;

    public override long Position => _next;

    public override IReadOnlyList<CaptureInterface> Interfaces { get; } = [source];

    public override bool TryRead(out CapturedFrame frame)
    {
        frame = default;
        if (_next >= frames.Count)
        {
            return false;
        }

        SimulatedFrame next = frames[_next++];
        next.Bytes.CopyTo(new Span<byte>(_buffer, Largest));
        frame.Data = _buffer;
        frame.CapturedLength = next.Bytes.Length;
        frame.WireLength = (uint)next.Bytes.Length;
        frame.Number = _next;
        frame.TimestampNanoseconds = next.Time.Ticks * 100;
        frame.Interface = source;
        return true;
    }

    protected override void Dispose(bool disposing) => NativeMemory.Free(_buffer);
}
