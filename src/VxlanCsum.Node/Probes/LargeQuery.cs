using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using VxlanCsum.Diagnoses;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Probes;

/// <summary>
/// Asks by TCP with a query that is padded to one full segment (RFC 7830), and sees whether that is acknowledged: small
/// look-ups pass where the way is narrower than its ends believe, and this does not. The kernel's own word counts, not
/// the server's answer.
/// </summary>
internal static class LargeQuery
{
    private const int LookMilliseconds = 50;

    /// <summary>Sent again after 0.2, 0.6, 1.4 and 3 s.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3.2);

    /// <returns>Null where no connection comes up, or the system does not tell what becomes of a segment.</returns>
    public static async Task<LargePacketProbe?> RunAsync(NetworkNamespace? place, DnsProbeRequest request,
        CancellationToken cancellation)
    {
        using Socket socket = new ProbeSockets(place, request.Source).Create(request.Server.AddressFamily, tcp: true);
        TcpHandshake handshake = await TcpHandshake.TryAsync(socket, request.Server, s_patience, cancellation)
            .ConfigureAwait(false);
        if (!handshake.IsUp || TcpState.Of(socket) is not { } before)
        {
            return null;
        }

        // The length that stands before a message by TCP is of the segment, too.
        byte[] query = DnsMessage.Query((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), request.Name,
            DnsMessage.TypeOf(request.QueryType), Math.Min(before.SegmentBytes, ushort.MaxValue) - 2);
        byte[] message = [(byte)(query.Length >> 8), (byte)query.Length, .. query];
        socket.NoDelay = true;
        try
        {
            await socket.SendAsync(message, cancellation).ConfigureAwait(false);
            long start = Stopwatch.GetTimestamp();
            while (TcpState.Of(socket) is { Unacknowledged: > 0 } waiting)
            {
                if (Stopwatch.GetElapsedTime(start) > s_patience)
                {
                    return Result(false, waiting.Retransmissions - before.Retransmissions);
                }

                await Task.Delay(LookMilliseconds, cancellation).ConfigureAwait(false);
            }
        }
        catch (SocketException)
        {
            // Whoever resets the connection has got the segment.
        }

        return Result(true, 0);

        LargePacketProbe Result(bool acknowledged, int retransmissions) => new(request.Server.Address.ToString(),
            request.Server.Port, message.Length, acknowledged, retransmissions);
    }
}
