using VxlanCsum.KernelLogs;

namespace VxlanCsum.Diagnoses;

/// <summary>What stands in the kernel's log.</summary>
/// <param name="Complaints">Packets dropped for their checksum, and cards that summed up otherwise.</param>
/// <param name="Marked">What a LOG rule wrote, each with its layer.</param>
internal sealed record KernelLogEvidence(IReadOnlyList<ChecksumComplaint> Complaints,
    IReadOnlyList<MarkedPacket> Marked);
