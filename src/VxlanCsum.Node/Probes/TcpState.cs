using System.Net.Sockets;

namespace VxlanCsum.Node.Probes;

/// <summary>What the kernel knows of a connection.</summary>
/// <param name="SegmentBytes">What one segment carries at most.</param>
/// <param name="Unacknowledged">Segments that were sent and not acknowledged.</param>
/// <param name="Retransmissions">Segments that were sent again, since the connection was begun.</param>
internal sealed record TcpState(int SegmentBytes, int Unacknowledged, int Retransmissions)
{
    // tcp(7): SOL_TCP, TCP_INFO; tcpi_snd_mss, tcpi_unacked and tcpi_total_retrans in linux/tcp.h's struct tcp_info.
    private const int TcpLevel = 6, TcpInfo = 11, SegmentAt = 16, UnacknowledgedAt = 24, RetransmissionsAt = 100,
        Length = 104;

    /// <summary>Null where the system does not say, or the socket is closed.</summary>
    public static TcpState? Of(Socket connection)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        byte[] info = new byte[Length];
        try
        {
            return connection.GetRawSocketOption(TcpLevel, TcpInfo, info) >= Length
                ? new TcpState(BitConverter.ToInt32(info, SegmentAt), BitConverter.ToInt32(info, UnacknowledgedAt),
                    BitConverter.ToInt32(info, RetransmissionsAt)) : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
