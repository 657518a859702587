using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VxlanCsum.Node.Probes;

/// <summary>How a handshake went.</summary>
/// <param name="Outcome">Answered where the connection came up.</param>
/// <param name="Time">Until it came up or was given up.</param>
/// <param name="Retransmissions">SYNs that were sent again; null where the system does not say.</param>
/// <param name="Error">What the system said; null where the connection came up or nothing came.</param>
internal sealed record TcpHandshake(DnsProbeOutcome Outcome, TimeSpan Time, int? Retransmissions, string? Error)
{
    public bool IsUp => Outcome == DnsProbeOutcome.Answered;

    /// <summary>Connects a socket. Where that does not end in time the socket is of no more use.</summary>
    public static async Task<TcpHandshake> TryAsync(Socket socket, IPEndPoint server, TimeSpan patience,
        CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        TcpHandshake End(DnsProbeOutcome outcome, string? error = null) =>
            new(outcome, Stopwatch.GetElapsedTime(start), TcpState.Of(socket)?.Retransmissions, error);

        // Not cancelled but left behind: a socket whose connecting is cancelled is closed, and tells nothing any more.
        Task connecting = socket.ConnectAsync(server, CancellationToken.None).AsTask();
        try
        {
            await connecting.WaitAsync(patience, cancellation).ConfigureAwait(false);
            return End(DnsProbeOutcome.Answered);
        }
        catch (TimeoutException)
        {
            _ = connecting.ContinueWith(static t => t.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return End(DnsProbeOutcome.NoAnswer);
        }
        catch (OperationCanceledException)
        {
            _ = connecting.ContinueWith(static t => t.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }
        catch (SocketException e)
        {
            return End(OutcomeOf(e), e.SocketErrorCode == SocketError.TimedOut ? null : e.Message);
        }
    }

    public static DnsProbeOutcome OutcomeOf(SocketException error) => error.SocketErrorCode switch
    {
        // EPERM at once: a rule of this node forbids sending.
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.AccessDenied =>
            DnsProbeOutcome.Refused,
        SocketError.TimedOut => DnsProbeOutcome.NoAnswer,
        _ => DnsProbeOutcome.Failed,
    };
}
