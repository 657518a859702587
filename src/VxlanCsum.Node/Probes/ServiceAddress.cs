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
    public static ServiceAddress Parse(string text) => IPEndPoint.TryParse(text, out IPEndPoint? found)

        // Not by IPAddress, which takes "[fd00::a]:5353" as well, and drops the port.
        ? new ServiceAddress(found.Port == 0 ? new IPEndPoint(found.Address, DnsPort) : found)
        : throw new NodeException(NodeErrorId.ServiceAddressInvalid, NodeFailure.InvalidArgument, text,
            $"'{SafeText.Escape(text)}' is not an address.",
            "Give the service's address, with a port where it is not 53: 10.96.0.10 or 10.96.0.1:443.");
}
