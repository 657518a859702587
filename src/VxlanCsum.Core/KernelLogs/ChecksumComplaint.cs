using System.Net;

namespace VxlanCsum.KernelLogs;

/// <summary>What the kernel wrote into its log of a packet's checksum.</summary>
/// <param name="Line">1-based, in the text.</param>
/// <param name="From">Who sent it; null where that is not said.</param>
/// <param name="FromPort">Its source port.</param>
/// <param name="To">To whom.</param>
/// <param name="ToPort">Its destination port: a tunnel's, or another.</param>
/// <param name="Device">The device whose card computed another sum; null for UDP's own complaint.</param>
internal sealed record ChecksumComplaint(long Line, IPAddress? From, ushort FromPort, IPAddress? To, ushort ToPort,
    string? Device);
