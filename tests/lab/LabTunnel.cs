using System.Net;
using System.Net.Sockets;

namespace VxlanCsum.LabTests;

/// <summary>
/// Two nodes joined by a veth pair ("wire") and a VXLAN tunnel over it ("vx"): 10.0.10.1 and .2 outside, 10.244.1.1 and
/// .2
/// inside. Both ends of the cable leave checksums to it, as cards do, so what the sender shows is unfinished.
/// </summary>
public sealed class LabTunnel : IDisposable
{
    private readonly Socket _sender, _receiver;

    private LabTunnel(LabNamespace left, LabNamespace right)
    {
        Left = left;
        Right = right;
        _receiver = right.Inside(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("10.244.1.2"), 5300));
            return socket;
        });
        _sender = left.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _sender.Connect(_receiver.LocalEndPoint!);
    }

    public LabNamespace Left { get; }

    public LabNamespace Right { get; }

    public static LabTunnel Create()
    {
        LabNamespace left = LabNamespace.Create(), right = LabNamespace.Create();
        LabNamespace.Connect(left, "wire", right, "wire");
        foreach ((LabNamespace node, string own,
            string other) in (ReadOnlySpan<(LabNamespace, string, string)>)[(left, "1", "2"), (right, "2", "1")])
        {
            node.Run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");
            node.Ip("addr", "add", $"10.0.10.{own}/24", "dev", "wire");
            node.Ip("link", "add", "vx", "type", "vxlan", "id", "42", "dstport", "4789", "local", $"10.0.10.{own}",
                "remote", $"10.0.10.{other}", "dev", "wire");
            node.Ip("addr", "add", $"10.244.1.{own}/24", "dev", "vx");
            node.Ip("link", "set", "vx", "up");
        }

        // Nothing is to come between: neighbours are known.
        static string MacOf(LabNamespace node, string device) =>
            node.Ip("-o", "link", "show", device).Split("link/ether ")[1].Split(' ')[0];
        foreach ((LabNamespace node, LabNamespace peer,
            string other) in (ReadOnlySpan<(LabNamespace, LabNamespace, string)>)[(left, right, "2"),
                (right, left, "1")])
        {
            node.Ip("neigh", "replace", $"10.0.10.{other}", "lladdr", MacOf(peer, "wire"), "dev", "wire", "nud",
                "permanent");
            node.Ip("neigh", "replace", $"10.244.1.{other}", "lladdr", MacOf(peer, "vx"), "dev", "vx", "nud",
                "permanent");
        }

        return new LabTunnel(left, right);
    }

    /// <summary>Sends datagrams of changing length through the tunnel, in bursts as fast as it goes with short breaks
    /// between.</summary>
    public async Task SendAsync(int count, int burst = 100)
    {
        byte[] payload = new byte[1300];
        for (int i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(payload, i);
            _sender.Send(payload.AsSpan(0, 8 + (i * 37 % 1200)));
            if (i % burst == burst - 1)
            {
                await Task.Delay(1);
            }
        }
    }

    /// <summary>Sends as <see cref="SendAsync"/> does until so much time is over.</summary>
    /// <returns>How many were sent.</returns>
    public async Task<int> SendForAsync(TimeSpan time)
    {
        const int Burst = 100;
        int sent = 0;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(start) < time)
        {
            await SendAsync(Burst);
            sent += Burst;
        }

        return sent;
    }

    /// <summary>Packet sockets of a namespace.</summary>
    public static int Captures(LabNamespace node) =>
        node.Inside(() => File.ReadAllLines("/proc/thread-self/net/packet").Length - 1);

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        Left.Dispose();
        Right.Dispose();
    }
}
