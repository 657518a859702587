using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace VxlanCsum.Node.Probes;

/// <summary>One look-up, as a resolver makes it, with what was lost on the way.</summary>
/// <param name="request">What to ask.</param>
/// <param name="sockets">Where from.</param>
/// <param name="again">After how long without an answer the query is sent again by UDP.</param>
internal sealed class DnsLookup(DnsProbeRequest request, ProbeSockets sockets, TimeSpan again)
{
    private const int MostBytes = 4096;
    private const string NotAnAnswer = "what came back is no answer to the query.";

    private readonly ushort _type = DnsMessage.TypeOf(request.QueryType);

    public Task<DnsProbeAttempt> AskAsync(DnsTransport transport, int number, CancellationToken cancellation)
    {
        var attempt = new DnsProbeAttempt { Number = number, Time = DateTime.UtcNow };
        return transport == DnsTransport.Udp ? UdpAsync(attempt, cancellation) : TcpAsync(attempt, cancellation);
    }

    /// <summary>Each query goes out from a socket of its own, as glibc's do after a timeout; the earlier ones may still
    /// be answered.</summary>
    private async Task<DnsProbeAttempt> UdpAsync(DnsProbeAttempt attempt, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var open = new List<Socket>();
        var waiting = new List<Task<byte[]>>();
        try
        {
            while (true)
            {
                ushort id = NewId();
                Socket socket = sockets.Create(request.Server.AddressFamily, tcp: false);
                open.Add(socket);
                await socket.ConnectAsync(request.Server, cancellation).ConfigureAwait(false);
                await socket.SendAsync(DnsMessage.Query(id, request.Name, _type), cancellation).ConfigureAwait(false);
                waiting.Add(ReceiveAsync(socket, id, end.Token));

                TimeSpan left = request.Patience - Stopwatch.GetElapsedTime(start);

                // A timer may ring a moment early: what is last is said before, or one more query would go out for
                // nothing.
                bool last = left <= again;
                TimeSpan pause = last ? left : again;
                Task timer = Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, end.Token);
                Task first = await Task.WhenAny([timer, .. waiting]).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                int answered = waiting.FindIndex(t => t == first);
                if (answered >= 0)
                {
                    byte[] message = await waiting[answered].ConfigureAwait(false);
                    return Answered(
                        attempt with { Retransmissions = answered, Latency = Stopwatch.GetElapsedTime(start) },
                        message);
                }

                if (last)
                {
                    return attempt with { Outcome = DnsProbeOutcome.NoAnswer, Retransmissions = open.Count - 1 };
                }
            }
        }
        catch (SocketException e)
        {
            return Refused(attempt with { Retransmissions = open.Count - 1 }, e);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            open.ForEach(static s => s.Dispose());
            foreach (Task task in waiting)
            {
                _ = task.ContinueWith(static t => t.Exception, CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, ushort id, CancellationToken cancellation)
    {
        byte[] buffer = new byte[MostBytes];
        while (true)
        {
            int length = await socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
            if (DnsMessage.Answers(buffer.AsSpan(0, length), id))
            {
                return buffer[..length];
            }

            // Of a flood the next is there already: without this nobody would ever look at the clock.
            await Task.Yield();
        }
    }

    private async Task<DnsProbeAttempt> TcpAsync(DnsProbeAttempt attempt, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using Socket socket = sockets.Create(request.Server.AddressFamily, tcp: true);
        TcpHandshake handshake = await TcpHandshake.TryAsync(socket, request.Server, request.Patience, cancellation)
            .ConfigureAwait(false);
        attempt = attempt with
        {
            Outcome = handshake.Outcome,
            Retransmissions = handshake.Retransmissions,
            Error = handshake.Error
        };
        if (!handshake.IsUp)
        {
            return attempt;
        }

        attempt = attempt with { ConnectTime = handshake.Time };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        TimeSpan left = request.Patience - handshake.Time;
        limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        try
        {
            ushort id = NewId();
            byte[] query = DnsMessage.Query(id, request.Name, _type);
            byte[] length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)query.Length);
            using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync((byte[])[.. length, .. query], limit.Token).ConfigureAwait(false);
            await stream.ReadExactlyAsync(length, limit.Token).ConfigureAwait(false);
            byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(message, limit.Token).ConfigureAwait(false);
            attempt = attempt with { Latency = Stopwatch.GetElapsedTime(start) };
            return DnsMessage.Answers(message, id) ? Answered(attempt, message) : Failed(attempt);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return attempt with { Outcome = DnsProbeOutcome.NoAnswer };
        }
        catch (EndOfStreamException)
        {
            return attempt with
            {
                Outcome = DnsProbeOutcome.Refused,
                Error = "the server closed the connection without an answer."
            };
        }
        catch (IOException e) when (e.InnerException is SocketException broken)
        {
            return Refused(attempt, broken);
        }
    }

    private static DnsProbeAttempt Answered(DnsProbeAttempt attempt, byte[] message) =>
        DnsMessage.Read(message) is not var (code, records)
        ? Failed(attempt)
        : attempt with
        {
            Outcome = code == "Refused" ? DnsProbeOutcome.Refused : DnsProbeOutcome.Answered,
            ResponseCode = code,
            Answer = records
        };

    private static DnsProbeAttempt Failed(DnsProbeAttempt attempt) =>
        attempt with { Outcome = DnsProbeOutcome.Failed, Error = NotAnAnswer };

    private static DnsProbeAttempt Refused(DnsProbeAttempt attempt, SocketException error) =>
        attempt with { Outcome = TcpHandshake.OutcomeOf(error), Error = error.Message };

    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
}
