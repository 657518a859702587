using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>Test-KubeServiceDns on loopback; behind the fault it is shown in tests/lab.</summary>
public sealed class KubeServiceDnsTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("Test-KubeServiceDns kube-dns -Transport Udp", "ServiceAddressInvalid")]
    [InlineData("Test-KubeServiceDns 127.0.0.1 -SourceAddress 192.0.2.1 -Transport Udp", "SourceAddressInvalid")]
    public void WhatIsNoAddressIsSaidAndTheNextIsStillAsked(string script, string id)
    {
        using Socket closed = Closed(out string server);
        Assert.Equal([id], engine.Run(script + " -Timeout 0.2 -Count 1").ErrorIds);
        SessionResult both = engine.Run("param($s) 'nothing', $s | Test-KubeServiceDns -Transport Tcp -Count 1",
            server);
        Assert.Equal(["ServiceAddressInvalid"], both.ErrorIds);
        Assert.Single(both.Output);
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("this-label-has-far-more-than-the-sixty-three-characters-that-it-may-have.org")]
    public void WhatIsNoNameEndsIt(string name) =>
    Assert.Equal(["DnsNameInvalid"],
        engine.Run("param($n) '127.0.0.1', '127.0.0.1' | Test-KubeServiceDns -Name $n", name).ErrorIds);

    [Fact]
    public void AClosedPortRefusesBoth()
    {
        using Socket closed = Closed(out string server);
        SessionResult result = engine.Run("param($s) Test-KubeServiceDns $s -Count 2", server).Succeeded();
        Assert.Equal(["Udp", "Tcp"], result.Property("Transport").Select(static t => t!.ToString()));
        Assert.Equal(["Refused", "Refused"], result.Property("Symptom").Select(static s => s!.ToString()));
        Assert.All(result.Property("Attempts"), static a => Assert.Equal(2, ((object[])a!).Length));
        Assert.All(result.Property("ServerOrigin"), Assert.Null);
    }

    [Fact]
    public void ASilentServerGivesNoAnswerAndGarbageIsNone()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        SessionResult result = engine.Run("param($s) Test-KubeServiceDns $s -Transport Udp -Count 1 -Timeout 0.2",
            silent.LocalEndPoint!.ToString()).Succeeded();
        Assert.Equal("NoAnswer", result.Property("Symptom").Single()!.ToString());
        Assert.Null(result.Property("Slowest").Single());

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task server = Task.Run(async () =>
        {
            using Socket connection = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync((byte[])[0, 3, 0x1b, (byte)'[', (byte)'m'],
                TestContext.Current.CancellationToken);
            await connection.ReceiveAsync(new byte[512], TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        result = engine.Run("param($s) Test-KubeServiceDns $s -Transport Tcp -Count 1 -Timeout 20",
            listener.LocalEndpoint.ToString()).Succeeded();
        Assert.Equal("NoAnswer", result.Property("Symptom").Single()!.ToString());
        Assert.Contains("no answer to the query", (string)result.Property("Mechanism").Single()!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatFloodsIsLeft()
    {
        using var flood = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        flood.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task server = Task.Run(() =>
        {
            EndPoint client = new IPEndPoint(IPAddress.Any, 0);
            flood.ReceiveFrom(new byte[512], ref client);
            while (!end.IsCancellationRequested)
            {
                try
                {
                    flood.SendTo(new byte[64], client);
                }
                catch (SocketException)
                {
                    // The one who asked is gone.
                }
            }
        }, end.Token);
        SessionResult result = engine.Run("param($s) Test-KubeServiceDns $s -Transport Udp -Count 1 -Timeout 1",
            flood.LocalEndPoint!.ToString()).Succeeded();
        await end.CancelAsync();
        await server;
        Assert.Equal("NoAnswer", result.Property("Symptom").Single()!.ToString());
    }

    [Fact]
    public async Task AServerThatTricklesIsLeft()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task server = Task.Run(async () =>
        {
            using Socket connection = await listener.AcceptSocketAsync(end.Token);
            await connection.SendAsync((byte[])[0xff, 0xff], end.Token);
            while (!end.IsCancellationRequested)
            {
                await connection.SendAsync((byte[])[1], end.Token);
                await Task.Delay(50, end.Token);
            }
        }, end.Token);
        SessionResult result = engine.Run("param($s) Test-KubeServiceDns $s -Transport Tcp -Count 1 -Timeout 1",
            listener.LocalEndpoint.ToString()).Succeeded();
        await end.CancelAsync();
        await Task.WhenAny(server);
        Assert.Equal("NoAnswer", result.Property("Symptom").Single()!.ToString());
    }

    [Fact]
    public async Task StoppedItEndsAtOnce()
    {
        using var silent = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        using var session = new ModuleSession();
        using var shell = PowerShell.Create(session.Runspace);
        IAsyncResult running =
            shell.AddScript($"Test-KubeServiceDns {silent.LocalEndPoint} -Transport Udp -Timeout 3600").BeginInvoke();
        await silent.ReceiveAsync(new byte[512], TestContext.Current.CancellationToken);
        shell.Stop();
        Assert.True(running.IsCompleted);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
    }

    [Fact]
    public async Task TheTableShowsSymptomAndMechanism()
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using Socket closed = Closed(out string server);
        ShellResult shown = await ShellProcess.RunAsync("-NoProfile", "-Command",
            $"Test-KubeServiceDns {server} -Count 1");
        Assert.Contains("Refused", shown.Output, StringComparison.Ordinal);
        Assert.Contains("0/1", shown.Output, StringComparison.Ordinal);
        Assert.Contains(server, shown.Output, StringComparison.Ordinal);
    }

    /// <summary>A port of loopback at which nothing listens, kept from others by the socket.</summary>
    private static Socket Closed(out string server)
    {
        // Bound for TCP and not listening; UDP has nobody there unless by chance.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server = socket.LocalEndPoint!.ToString()!;
        return socket;
    }
}
