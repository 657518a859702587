namespace VxlanCsum.Offloads;

/// <summary>What is known of a feature whatever the interface.</summary>
/// <param name="Name">The kernel's name for user space.</param>
/// <param name="Flag">The kernel's name in its own code.</param>
/// <param name="IsChecksum">Whether it decides who computes or verifies a checksum.</param>
/// <param name="About">For people.</param>
internal sealed record OffloadKind(string Name, string Flag, bool IsChecksum, string About);
