using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.Node.Probes;
using Xunit;

namespace VxlanCsum.UnitTests.Probes;

public sealed class ServiceProbeTests
{
    [Fact]
    public void AServiceThatIsNoDnsIsConnectedTo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        (bool well, string line) = ServiceProbe.Run(null, ServiceAddress.Parse(listener.LocalEndpoint.ToString()!),
            TestContext.Current.CancellationToken);
        Assert.True(well, line);
        Assert.StartsWith($"probe of {listener.LocalEndpoint}: TCP ", line, StringComparison.Ordinal);
        Assert.Equal(3, line.Split("ms").Length - 1);
    }

    [Fact]
    public void OneThatRefusesIsNotWell()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = closed.LocalEndPoint!.ToString()!;
        Assert.Equal((false, $"probe of {address}: TCP refused, refused, refused"),
            ServiceProbe.Run(null, ServiceAddress.Parse(address), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("10.96.0.10", "10.96.0.10:53")]
    [InlineData("10.96.0.1:443", "10.96.0.1:443")]
    [InlineData("fd00:96::a", "[fd00:96::a]:53")]
    [InlineData("[fd00:96::a]:5353", "[fd00:96::a]:5353")]
    public void AnAddressIsWithOrWithoutAPort(string text, string endPoint) =>
    Assert.Equal(endPoint, string.Create(CultureInfo.InvariantCulture, $"{ServiceAddress.Parse(text).EndPoint}"));
}
