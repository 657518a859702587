using System.Net;
using System.Net.Sockets;
using VxlanCsum.EngineTests.Hosting;

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
        Assert.Superset(new HashSet<string> { "Udp", "Udp6", "Tcp", "Icmp", "Icmp6", "Ip", "Ip6" },
            counters.Select(c => c.Protocol).ToHashSet());
        Assert.All(counters, c => Assert.Equal((null, null, lab.Name), (c.Delta, c.Rate, c.NetworkNamespace)));

        // The session's own namespace has its own counts.
        Assert.Equal(OwnUdpErrors(), (ulong)engine.Run("(Get-ChecksumErrorCounter)[0].Value").OnlyOutput.BaseObject);
    }

    [Fact]
    public void IntervalsGiveWhatCameMeanwhile()
    {
        using LabNamespace lab = LabNamespace.Create();
        using Socket receiver = Receiver(lab);
        Send(lab, receiver, bad: 3);

        // The next reading is taken only once the one before has gone through the pipeline.
        const string Script = """
            param($place, [Action] $sendMore)
            $i = 0
            foreach ($once in 1) {
                Get-ChecksumErrorCounter -Interval 0.1 -NetworkNamespace $place | ForEach-Object {
                    # Not by Where-Object, which keeps the break for itself.
                    if ($_.Protocol -ne 'Udp') { return }
                    $_
                    if (++$i -eq 1) { $sendMore.Invoke() } elseif ($i -eq 3) { break }
                }
            }
            """;
        ChecksumErrorCounter[] counters =
            [.. engine.Run(Script, lab.Name,
                (Action)(() => Send(lab, receiver, bad: 5))).Values.Cast<ChecksumErrorCounter>()];
        Assert.Equal([3ul, 8ul, 8ul], counters.Select(c => c.Value));
        Assert.Equal([0L, 5L, 0L], counters.Select(c => c.Delta));
        Assert.Equal([false, true, false], counters.Select(c => c.Rate > 0));
        Assert.Equal(counters.Select(c => c.Timestamp).Order().Distinct(), counters.Select(c => c.Timestamp));
    }

    [Fact]
    public void StoppingEndsTheWaiting()
    {
        using LabNamespace lab = LabNamespace.Create();
        using ModuleSession session = new();
        using System.Management.Automation.PowerShell shell = System.Management.Automation.PowerShell.Create(
            session.Runspace);
        shell.AddScript("Get-ChecksumErrorCounter -Interval 3600 -NetworkNamespace " + lab.Name);
        IAsyncResult running = shell.BeginInvoke();
        Assert.False(running.AsyncWaitHandle.WaitOne(500));

        // It returns once the cmdlet has ended, which else waits for an hour.
        shell.Stop();
        Assert.Equal(System.Management.Automation.PSInvocationState.Stopped, shell.InvocationStateInfo.State);
    }

    [Fact]
    public void AllReadingsAreOfOneNamespaceWhateverBecomesOfItsName()
    {
        using LabNamespace lab = LabNamespace.Create();
        using Socket receiver = Receiver(lab);
        Send(lab, receiver, bad: 2);
        const string Script = """
            param($place, [Action] $delete)
            $i = 0
            foreach ($once in 1) {
                Get-ChecksumErrorCounter -Interval 0.1 -NetworkNamespace $place | ForEach-Object {
                    # Not by Where-Object, which keeps the break for itself.
                    if ($_.Protocol -ne 'Udp') { return }
                    $_
                    if (++$i -eq 1) { $delete.Invoke() } else { break }
                }
            }
            """;
        SessionResult result = engine.Run(Script, lab.Name,
            (Action)(() => LabCommand.Run("ip", "netns", "del", lab.Name))).Succeeded();
        Assert.False(File.Exists(lab.Path));
        Assert.Equal([2ul, 2ul], result.Values.Cast<ChecksumErrorCounter>().Select(c => c.Value));
    }

    private static Socket Receiver(LabNamespace lab) => lab.Inside(() =>
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
        lab.Inside(() =>
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
        string[][] udp = [.. File.ReadAllLines("/proc/net/snmp")
            .Where(l => l.StartsWith("Udp:", StringComparison.Ordinal)).Select(l => l.Split(' '))];
        return ulong.Parse(udp[1][Array.IndexOf(udp[0], "InCsumErrors")],
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
