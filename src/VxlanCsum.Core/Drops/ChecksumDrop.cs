using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum;

/// <summary>A packet that this kernel dropped for its checksum, with the verdict on each of its checksums.</summary>
/// <remarks>It is a <see cref="PacketChecksum"/>: whatever takes packets takes it. The packet begins with its IP
/// header.</remarks>
public sealed class ChecksumDrop : PacketChecksum
{
    /// <summary>What <see cref="PacketChecksum.Path"/> says of dropped packets.</summary>
    internal const string Place = "kernel drops";

    private ChecksumDrop(in CapturedFrame frame, FrameVerdict verdict)
        : base(in frame, verdict)
    {
    }

    /// <summary>The kernel's own word for why, such as UDP_CSUM; null before Linux 5.17, where arithmetic
    /// decided.</summary>
    public string? Reason { get; private init; }

    /// <summary>Where in the kernel: a function and how far into it; null where the kernel does not tell.</summary>
    public string? Location { get; private init; }

    /// <summary>The network namespace as it was given; null for the session's own.</summary>
    public string? NetworkNamespace { get; private init; }

    /// <summary>The outermost wrong checksum as it came; null where none is wrong, or none could be checked.</summary>
    public ushort? FoundChecksum { get; private init; }

    /// <summary>What would be right instead.</summary>
    public ushort? RightChecksum { get; private init; }

    /// <summary>
    /// The source port before NAT, where the wrong checksum is right for one that tunnels send from, and the address
    /// was kept;
    /// else null. One packet alone gives one by chance in 43 of 100 damaged packets: Test-VxlanChecksum weighs many.
    /// </summary>
    public ushort? ImpliedOriginalPort { get; private init; }

    /// <summary>Keeps what the walker found; the frame may go.</summary>
    internal static ChecksumDrop Of(in CapturedFrame frame, FrameVerdict verdict, string? reason, string? location,
        string? networkNamespace)
    {
        LayerRecord? wrong = Wrong(verdict);
        return new ChecksumDrop(in frame, verdict)
        {
            Reason = reason,
            Location = location,
            NetworkNamespace = networkNamespace,
            FoundChecksum = wrong is { } found ? (ushort)found.Found : null,
            RightChecksum = wrong is { } right && (right.Flags & LayerFlags.HasExpected) != 0 ? (ushort)right.Expected
                : null,
            ImpliedOriginalPort = wrong is { } translated && verdict.Cause == ChecksumCause.NatLocalChecksum
                ? NatModel.ImpliedSourcePort(translated.SourcePort, (ushort)translated.Expected,
                    (ushort)translated.Found) : null,
        };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Reason ?? "checksum"} {OuterSource ?? Source} -> {OuterDestination ?? Destination}: {Cause}";

    private static LayerRecord? Wrong(FrameVerdict verdict)
    {
        foreach (ref readonly LayerRecord layer in verdict.LayerSpan)
        {
            if (layer.Status is ChecksumStatus.Bad or ChecksumStatus.Illegal
                && (layer.Flags & LayerFlags.HasFound) != 0)
            {
                return layer;
            }
        }

        return null;
    }
}
