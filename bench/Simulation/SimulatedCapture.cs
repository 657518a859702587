using VxlanCsum.Captures;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Simulation;

/// <summary>One packet of a simulated capture.</summary>
internal sealed record SimulatedFrame(byte[] Bytes, TimeSpan Time);

/// <summary>Packets, and what is true of them.</summary>
/// <param name="Truth">What was done to them.</param>
/// <param name="Frames">In the order of time.</param>
/// <param name="Source">Outer source of the direction that it was done to, as captured.</param>
/// <param name="Destination">Its outer destination.</param>
/// <param name="NodeAddresses">What the operator says with -NodeAddress.</param>
/// <param name="Flows">Inner flows of that direction.</param>
/// <param name="PacketsEach">Distinct packets of each.</param>
internal sealed record SimulatedCapture(
    Truth Truth, IReadOnlyList<SimulatedFrame> Frames, string Source, string Destination, string[] NodeAddresses,
    int Flows, int PacketsEach)
{
    private static readonly CaptureInterface s_interface = new("simulated.pcap", 0, null, LinkType.Ethernet, 0);

    /// <summary>The causes that are a right answer.</summary>
    public bool IsRight(ChecksumCause cause) => Truth switch
    {
        Truth.Healthy => cause == ChecksumCause.None,
        Truth.Unfinished => cause is ChecksumCause.None or ChecksumCause.OffloadPending or ChecksumCause.LcoPending,
        Truth.DeviceForgets => cause == ChecksumCause.OffloadForgotten,
        Truth.DefectAPort or Truth.DefectAAddress => cause == ChecksumCause.NatZeroChecksum,
        Truth.DefectBPort or Truth.DefectBAddress => cause == ChecksumCause.NatLocalChecksum,
        Truth.Translated or Truth.Anonymised => cause == ChecksumCause.StaleAfterNat,
        _ => cause == ChecksumCause.Corrupted,
    };

    /// <summary>The results of the analysis, as Test-VxlanChecksum gives them.</summary>
    /// <param name="parts">So many analyses read a part each, and are merged.</param>
    public IReadOnlyList<VxlanChecksumResult> Analyze(int parts = 1)
    {
        CauseAnalyzer whole = NewAnalyzer();
        for (int i = 0; i < parts; i++)
        {
            CauseAnalyzer part = parts == 1 ? whole : NewAnalyzer();
            Read(part, Frames.Count * i / parts, Frames.Count * (i + 1) / parts);
            if (parts > 1)
            {
                whole.Merge(part);
            }
        }

        return whole.Complete();
    }

    private CauseAnalyzer NewAnalyzer() =>
        new(new CauseOptions
        {
            NodeAddresses = [
            .. NodeAddresses.Select(static a => HostId.From(System.Net.IPAddress.Parse(a)))]
        });

    private unsafe void Read(CauseAnalyzer analyzer, int from, int until)
    {
        FrameWalker walker = new(new TunnelPorts());
        byte[] buffer = new byte[4096];
        fixed (byte* p = buffer)
        {
            for (int i = from; i < until; i++)
            {
                SimulatedFrame frame = Frames[i];
                frame.Bytes.CopyTo(buffer, 0);
                CapturedFrame captured = new()
                {
                    Data = p,
                    CapturedLength = frame.Bytes.Length,
                    WireLength = (uint)frame.Bytes.Length,
                    Number = i + 1,
                    TimestampNanoseconds = frame.Time.Ticks * 100,
                    Interface = s_interface,
                };
                analyzer.Add(walker.Walk(in captured), in captured);
            }
        }
    }
}
