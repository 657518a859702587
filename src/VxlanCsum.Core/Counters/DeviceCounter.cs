namespace VxlanCsum.Counters;

/// <summary>What a device's driver counts of packets with wrong checksums.</summary>
/// <param name="Device">Null where nobody named it; escaped.</param>
/// <param name="Name">The driver's word; escaped.</param>
/// <param name="Value">Since the driver was loaded.</param>
internal sealed record DeviceCounter(string? Device, string Name, ulong Value);
