using VxlanCsum.Captures.Walking;
using VxlanCsum.Clusters;
using VxlanCsum.Verdicts;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>What the walker finds in a frame, kept.</summary>
internal sealed record Walked(LayerRecord[] Layers, ChecksumStatus Status, TunnelType Tunnel, int Vni)
{
    public static unsafe Walked Of(byte[] frame, int wire, LinkType link, bool shortCut = true)
    {
        fixed (byte* p = frame)
        {
            FrameVerdict v = new FrameWalker(new TunnelPorts()) { ShortCut = shortCut }.Walk(p, frame.Length,
                (uint)wire, link);
            return new([.. v.LayerSpan], v.Status, v.Tunnel, v.Vni);
        }
    }

    /// <summary>Null when every verdict and number is the reference's; else both, in words.</summary>
    public string? DifferenceTo(List<ReferenceLayer> reference)
    {
        bool same = Layers.Length == reference.Count
            && Layers.Zip(reference).All(pair => IsSame(pair.First, pair.Second));
        return same ? null
            : $"walker:    {string.Join(" | ", Layers.Select(Describe))}\nreference: {string.Join(" | ", reference)}";
    }

    private static bool IsSame(in LayerRecord ours, ReferenceLayer reference) =>
        ours.Protocol == reference.Protocol
        && ours.Status == reference.Status
        && ((ours.Flags & LayerFlags.HasFound) == 0 || ours.Found == reference.Found)
        && ((ours.Flags & LayerFlags.HasExpected) == 0 || ours.Expected == reference.Expected)
        && ((ours.Flags & LayerFlags.HasCompleted) == 0 || ours.Completed == reference.OnWire)
        && ((ours.Flags & LayerFlags.HasExpected) != 0 || reference.Expected is null)
        && ((ours.Flags & LayerFlags.HasCompleted) != 0 || reference.OnWire is null);

    private static string Describe(LayerRecord l) =>
        $"{l.Protocol}@{l.Offset} {l.Status} {l.Found:x}->{l.Expected:x}/{l.Completed:x} {l.Reason} {l.Flags}";
}
