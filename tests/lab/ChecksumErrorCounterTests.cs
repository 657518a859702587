using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests;

public sealed class ChecksumErrorCounterTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string OneReading = "Get-ChecksumErrorCounter -NetworkNamespace $args[0]";

    [Fact]
    public void EveryCounterIsWhatTheKernelSays()
    {
        using LabNamespace lab = LabNamespace.Create();
        using Socket receiver = Receiver(lab);
        Send(lab, receiver, bad: 7);
        ChecksumErrorCounter[] counters = [.. engine.Run(OneReading, lab.Name).Values.Cast<ChecksumErrorCounter>()];
        Assert.Equal("Udp InCsumErrors 7", counters[0].ToString());
        Assert.All(counters.Skip(1), c => Assert.Equal(0ul, c.Value));
        Assert.Superset(new HashSet<string> { "Udp", "Udp6", "Tcp", "Icmp", "Icmp6", "Ip", "Ip6" }, counters.Select(c => c.Protocol).ToHashSet());
        Assert.All(counters, c => Assert.Equal((null, null, lab.Name), (c.Delta, c.Rate, c.NetworkNamespace)));

        // The session's own namespace has its own counts.
        Assert.Equal(OwnUdpErrors(), (ulong)engine.Run("(Get-ChecksumErrorCounter)[0].Value").OnlyOutput.BaseObject);
    }

    [Fact]
    public async Task IntervalsGiveWhatCameMeanwhile()
    {
        using LabNamespace lab = LabNamespace.Create();
        using Socket receiver = Receiver(lab);
        Send(lab, receiver, bad: 3);
        Task<SessionResult> reading = Task.Run(
            () => engine.Run("Get-ChecksumErrorCounter -Interval 1 -Count 2 -NetworkNamespace $args[0] | Where-Object Protocol -eq Udp", lab.Name),
            TestContext.Current.CancellationToken);
        await Task.Delay(400, TestContext.Current.CancellationToken);
        Send(lab, receiver, bad: 5);
        ChecksumErrorCounter[] counters = [.. (await reading).Values.Cast<ChecksumErrorCounter>()];
        Assert.Equal([8ul, 8ul], counters.Select(c => c.Value));
        Assert.Equal([5L, 0L], counters.Select(c => c.Delta));
        Assert.InRange(counters[0].Rate!.Value, 2.0, 5.1);
        Assert.Equal(0.0, counters[1].Rate);
        Assert.InRange((counters[1].Timestamp - counters[0].Timestamp).TotalSeconds, 0.9, 3);
    }

    [Fact]
    public void StoppingEndsTheWaiting()
    {
        using LabNamespace lab = LabNamespace.Create();
        using ModuleSession session = new();
        using System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create(session.Runspace);
        shell.AddScript("Get-ChecksumErrorCounter -Interval 3600 -NetworkNamespace " + lab.Name);
        IAsyncResult running = shell.BeginInvoke();
        Assert.False(running.AsyncWaitHandle.WaitOne(500));
        long start = Stopwatch.GetTimestamp();
        shell.Stop();
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task AllReadingsAreOfOneNamespaceWhateverBecomesOfItsName()
    {
        using LabNamespace lab = LabNamespace.Create();
        using Socket receiver = Receiver(lab);
        Send(lab, receiver, bad: 2);
        Task<SessionResult> reading = Task.Run(
            () => engine.Run("Get-ChecksumErrorCounter -Interval 1 -Count 1 -NetworkNamespace $args[0]", lab.Name), TestContext.Current.CancellationToken);
        await Task.Delay(400, TestContext.Current.CancellationToken);
        LabCommand.Run("ip", "netns", "del", lab.Name);
        Assert.Equal("Udp InCsumErrors 2", (await reading).Values[0].ToString());
    }

    private static Socket Receiver(LabNamespace lab) => NetworkNamespace.Run(lab.Name, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    });

    /// <summary>Sends datagrams whose checksum is wrong, and waits until a right one behind them is there.</summary>
    private static void Send(LabNamespace lab, Socket receiver, int bad)
    {
        var port = (ushort)((IPEndPoint)receiver.LocalEndPoint!).Port;
        byte[] datagram = [0x12, 0x34, (byte)(port >> 8), (byte)port, 0, 12, 0xde, 0xad, 1, 2, 3, 4];
        NetworkNamespace.Run(lab.Name, () =>
        {
            using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
            for (int i = 0; i < bad; i++)
            {
                raw.SendTo(datagram, new IPEndPoint(IPAddress.Loopback, 0));
            }

            // Zero is no checksum, which over IPv4 is right.
            datagram[6] = datagram[7] = 0;
            return raw.SendTo(datagram, new IPEndPoint(IPAddress.Loopback, 0));
        });
        receiver.ReceiveTimeout = 5000;
        Assert.Equal(4, receiver.Receive(new byte[100]));
    }

    private static ulong OwnUdpErrors()
    {
        string[][] udp = [.. File.ReadAllLines("/proc/net/snmp").Where(l => l.StartsWith("Udp:", StringComparison.Ordinal)).Select(l => l.Split(' '))];
        return ulong.Parse(udp[1][Array.IndexOf(udp[0], "InCsumErrors")], System.Globalization.CultureInfo.InvariantCulture);
    }
}
