using System.Net;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Links;

/// <summary>Where a live capture is taken.</summary>
/// <param name="Addresses">Of this end: those of the namespace, without loopback's.</param>
/// <param name="IsTunnelDevice">Whether the interface is a tunnel's own, which shows packets without their
/// tunnel.</param>
internal sealed record CapturePlace(IReadOnlyList<IPAddress> Addresses, bool IsTunnelDevice)
{
    /// <exception cref="NodeException">There is no such namespace, or the devices cannot be read.</exception>
    public static CapturePlace Of(string name, string? networkNamespace) =>
        NetworkNamespace.Within(networkNamespace, () =>
    {
        (IReadOnlyList<NetworkLink> links,
            IReadOnlyDictionary<IPAddress, int> addresses) = NetworkLinks.ReadWithAddresses();
        HashSet<int> loopbacks = [.. links.Where(l => l.IsLoopback).Select(l => l.Index)];
        return new CapturePlace(
            [.. addresses.Where(a => !loopbacks.Contains(a.Value)).Select(a => a.Key)],
            links.Any(l => l.Name == name && TunnelLink.Parse(l, null) is not null));
    });
}
