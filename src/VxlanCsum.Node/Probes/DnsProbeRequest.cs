using System.Net;

namespace VxlanCsum.Node.Probes;

/// <summary>What is to be asked, and how patiently.</summary>
/// <param name="Server">The address that is asked.</param>
/// <param name="Name">In the form of <see cref="DnsMessage.Canonical"/>.</param>
/// <param name="QueryType">The type's name ("A").</param>
/// <param name="Count">How many look-ups.</param>
/// <param name="Patience">How long each may take.</param>
/// <param name="Source">The address to ask from; null where the kernel is to choose.</param>
internal sealed record DnsProbeRequest(IPEndPoint Server, string Name, string QueryType, int Count, TimeSpan Patience,
    IPAddress? Source = null);
