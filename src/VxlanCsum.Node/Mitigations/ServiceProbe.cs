using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Asks through a service address as a client does, and says whether it answers at once.</summary>
internal static class ServiceProbe
{
    private const int Attempts = 3;

    /// <summary>Below the first retransmission of TCP (1 s) and of a resolver (5 s).</summary>
    private static readonly TimeSpan s_atOnce = TimeSpan.FromMilliseconds(900);

    /// <summary>"kubernetes.default.svc.cluster.local", type A: what any cluster's DNS knows.</summary>
    private static readonly byte[] s_query =
    [
        0x56, 0x58, 0x01, 0x00, 0x00, 0x01, 0, 0, 0, 0, 0, 0,
        10, .. "kubernetes"u8, 7, .. "default"u8, 3, .. "svc"u8, 7, .. "cluster"u8, 5, .. "local"u8, 0, 0, 1, 0, 1,
    ];

    public static (bool Well, string Line) Run(ServiceAddress service, CancellationToken cancellation)
    {
        string[] tcp = [.. Enumerable.Range(0, Attempts).Select(_ => Tcp(service, cancellation))];
        bool isDns = service.EndPoint.Port == 53;
        string[] udp = isDns ? [.. Enumerable.Range(0, Attempts).Select(_ => Udp(service, cancellation))] : [];
        bool well = tcp.Concat(udp).All(static t => !t.StartsWith('!'));
        string line = $"probe of {service.EndPoint}: TCP {string.Join(", ", tcp)}{(isDns ? $"; UDP {string.Join(", ", udp)}" : "")}";
        return (well, line.Replace("!", string.Empty, StringComparison.Ordinal));
    }

    private static string Tcp(ServiceAddress service, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        using var socket = new Socket(service.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(service.EndPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // It goes on while we wait.
        }
        catch (SocketException e)
        {
            return $"!{e.SocketErrorCode}";
        }

        return socket.Poll(s_atOnce, SelectMode.SelectWrite)
            ? (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! is SocketError.Success ? Elapsed(start) : "!refused"
            : $"!no answer within {s_atOnce.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s";
    }

    private static string Udp(ServiceAddress service, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        using var socket = new Socket(service.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(service.EndPoint);
            socket.Send(s_query);
            if (!socket.Poll(s_atOnce, SelectMode.SelectRead))
            {
                return $"!no answer within {s_atOnce.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s";
            }

            socket.Receive(new byte[1500]);
            return Elapsed(start);
        }
        catch (SocketException e)
        {
            return $"!{e.SocketErrorCode}";
        }
    }

    private static string Elapsed(long start) => string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
}
