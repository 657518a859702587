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
        if (parts == 1)
        {
            Read(whole);
            return whole.Complete();
        }

        CauseShard shard = new(whole, new TunnelPorts(), whole.PathIndex(s_interface.Path));
        for (int i = 0; i < parts; i++)
        {
            int from = Frames.Count * i / parts, until = Frames.Count * (i + 1) / parts;
            using FrameReader reader = new([.. Frames.Skip(from).Take(until - from)], s_interface);
            shard.Begin();
            _ = shard.Read(reader, int.MaxValue);
            _ = shard.Join(from);
        }

        return whole.Complete();
    }

    private CauseAnalyzer NewAnalyzer() =>
        new(new CauseOptions
        {
            NodeAddresses = [
            .. NodeAddresses.Select(static a => HostId.From(System.Net.IPAddress.Parse(a)))]
        });

    private void Read(CauseAnalyzer analyzer)
    {
        FrameWalker walker = new(new TunnelPorts());
        using FrameReader reader = new(Frames, s_interface);
        while (reader.TryRead(out CapturedFrame frame))
        {
            analyzer.Add(walker.Walk(in frame), in frame);
        }
    }
}
