using System.Net;
using VxlanCsum.Node.Errors;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Probes;

/// <summary>Where a service answers.</summary>
internal sealed record ServiceAddress(IPEndPoint EndPoint)
{
    private const int DnsPort = 53;

    public bool IsDns => EndPoint.Port == DnsPort;

    /// <exception cref="NodeException">It is no address.</exception>
    public static ServiceAddress Parse(string text) =>
        IPAddress.TryParse(text, out IPAddress? plain) ? new ServiceAddress(new IPEndPoint(plain, DnsPort))
        : IPEndPoint.TryParse(text, out IPEndPoint? full) ? new ServiceAddress(full)
        : throw new NodeException(NodeErrorId.ServiceAddressInvalid, NodeFailure.InvalidArgument, text,
            $"'{SafeText.Escape(text)}' is not an address.", "Give the service's address, with a port where it is not 53: 10.96.0.10 or 10.96.0.1:443.");
}
