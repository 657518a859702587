using System.Diagnostics;
using System.Globalization;
using System.Net;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.Node.Clusters;

/// <summary>
/// Reads lists of the API page by page, and single objects; the caller's thread waits. What passes by itself (dropped
/// connections, 429, 5xx) is asked for again, a bounded number of times; a list whose token has expired (410) is begun
/// again.
/// </summary>
internal sealed class KubeApi(KubeConnection connection, KubeApiOptions options, CancellationToken cancellation)
{
    private const int MostRestarts = 3;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    /// <summary>A server that never answered is given up at once: the address is wrong, or it is down.</summary>
    private bool _answered;

    private KubeResource? _resource;
    private long _bytes;
    private Stopwatch _time = Stopwatch.StartNew();

    /// <summary>Reads a whole list.</summary>
    /// <param name="resource">What.</param>
    /// <param name="query">More of the query, such as "labelSelector=..."; may be empty.</param>
    /// <param name="pages">Takes the pages.</param>
    /// <exception cref="NodeException">It could not be read to its end.</exception>
    public void List(KubeResource resource, string query, IKubePages pages)
    {
        string first = string.Create(CultureInfo.InvariantCulture, $"{resource.Path}?limit={options.PageSize}")
            + (query.Length > 0 ? "&" + query : string.Empty);
        string? token = null;
        Begin(resource);
        for (int restarts = 0, read = 0; ; read++)
        {
            if (read == options.MostPages)
            {
                throw KubeErrors.Endless(connection.Name, resource,
                    string.Create(CultureInfo.InvariantCulture, $"{options.MostPages} pages"));
            }

            KubeAnswer page = Read(resource, token is null ? first : $"{first}&continue={Uri.EscapeDataString(token)}",
                pages);
            if (page.Status == HttpStatusCode.Gone)
            {
                if (restarts++ == MostRestarts)
                {
                    throw KubeErrors.Expired(connection.Name, resource, MostRestarts);
                }

                options.Warn(
                    $"The API server of '{connection.Name}' has forgotten the list of {resource} that was being read "
                    + $"(410 Gone): it is read again from its beginning.");
                token = null;
                continue;
            }

            pages.End(page.Remaining);
            if (page.Next is null)
            {
                return;
            }

            if (page.Next == token)
            {
                throw KubeErrors.Loops(connection.Name, resource);
            }

            token = page.Next;
        }
    }

    /// <summary>Reads one object.</summary>
    /// <exception cref="NodeException">It could not be read.</exception>
    public void Get(KubeResource resource, IKubePages pages)
    {
        Begin(resource);
        Read(resource, resource.Path, pages);
        pages.End(null);
    }

    private void Begin(KubeResource resource)
    {
        (_resource, _bytes) = (resource, 0);
        _time = Stopwatch.StartNew();
    }

    /// <summary>What comes counts against what one answer may be, over all its pages and however slowly it
    /// comes.</summary>
    private void Count(int length)
    {
        _bytes += length;
        if (_bytes > options.MostBytes || _time.Elapsed > options.Longest)
        {
            throw KubeErrors.Endless(connection.Name, _resource!, _bytes > options.MostBytes
                ? string.Create(CultureInfo.InvariantCulture, $"{options.MostBytes / (1 << 20)} MiB")
                : string.Create(CultureInfo.InvariantCulture, $"{options.Longest.TotalSeconds:0.#} s"));
        }
    }

    private KubeAnswer Read(KubeResource resource, string path, IKubePages pages)
    {
        TimeSpan wait = options.FirstWait;
        for (int attempt = 1; ; attempt++)
        {
            pages.Begin();
            (KubeAnswer? answer, Exception? failure) = Send(path, pages);
            if (answer is not null && IsFinal(resource, answer))
            {
                return answer;
            }

            if (attempt > options.Retries || !(answer?.Passes ?? (_answered && MayPass(failure!))))
            {
                throw answer is null ? Describe(resource, failure!, attempt) : Describe(resource, answer, attempt);
            }

            TimeSpan pause = answer?.RetryAfter ?? wait;
            pause = pause < s_longestWait ? pause : s_longestWait;
            wait *= 2;
            TellOfRetry(resource, answer, failure, pause, attempt);
            if (cancellation.WaitHandle.WaitOne(pause))
            {
                throw new OperationCanceledException(cancellation);
            }
        }
    }

    /// <summary>A list of which the rest is gone is begun again by who reads it.</summary>
    private static bool IsFinal(KubeResource resource, KubeAnswer answer) =>
        answer.IsSuccess || (answer.Status == HttpStatusCode.Gone && resource.Verb == "list");

    private void TellOfRetry(KubeResource resource, KubeAnswer? answer, Exception? failure, TimeSpan pause, int attempt)
    {
        string what = answer is null ? $"broke off ({KubeErrors.FirstLine(failure!.Message)})"
            : $"answers {(int)answer.Status}";
        options.Tell(string.Create(CultureInfo.InvariantCulture,
            $"To {resource.Verb} {resource}, the API server of '{connection.Name}' {what}: asking again in "
            + $"{pause.TotalSeconds:0.#} s ({attempt} of {options.Retries})."));
    }

    private (KubeAnswer? Answer, Exception? Failure) Send(string path, IKubePages pages)
    {
        try
        {
            return (Task.Run(() => SendAsync(path, pages), cancellation).GetAwaiter().GetResult(), null);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            return (null, new TimeoutException("nothing came in time", e));
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException or KubeTextException
            || (e is IOException and not NodeException))
        {
            return (null, e);
        }
    }

    private async Task<KubeAnswer> SendAsync(string path, IKubePages pages)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Patience);
        using HttpResponseMessage response = await connection.GetAsync(path, limit.Token).ConfigureAwait(false);
        _answered = true;
        if (!response.IsSuccessStatusCode)
        {
            return await KubeAnswer.FailureAsync(response, limit.Token).ConfigureAwait(false);
        }

        using KubeObjectParser parser = new((_, item) => pages.Add(item));
        using Stream body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        byte[] piece = new byte[1 << 16];
        while (await body.ReadAsync(piece, limit.Token).ConfigureAwait(false) is > 0 and int length)
        {
            Count(length);
            parser.Write(piece.AsSpan(0, length));

            // However long the whole takes, as long as something comes.
            limit.CancelAfter(options.Patience);
        }

        parser.Complete();
        return parser.Documents > 0
            ? new KubeAnswer(response.StatusCode, parser.Continue, parser.Remaining)
            : throw new KubeTextException(KubeTextErrorId.Truncated, 0, "the answer is empty.");
    }

    /// <summary>Whether a failure without an answer may pass. What is not JSON will not become it.</summary>
    private bool MayPass(Exception failure) => failure switch
    {
        KubeTextException text => text.ErrorId == KubeTextErrorId.Truncated,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            connection.Distrust is null,
        _ => true,
    };

    private NodeException Describe(KubeResource resource, Exception failure, int attempts) => failure switch
    {
        TimeoutException => KubeErrors.TooSlow(connection.Name, connection.Server, options.Patience),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            when connection.Distrust is { } problem =>
            KubeErrors.Certificate(connection.Name, connection.Server, problem, failure),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        } =>
            KubeErrors.Unreachable(connection.Name, connection.Server, failure),
        _ => KubeErrors.Dropped(connection.Name, resource, failure, attempts),
    };

    private NodeException Describe(KubeResource resource, KubeAnswer answer, int attempts) => answer.Status switch
    {
        HttpStatusCode.Unauthorized => KubeErrors.Unauthorized(connection.Name, connection.Server, answer.Message),
        HttpStatusCode.Forbidden => KubeErrors.Forbidden(connection.Name, resource, answer.Message),
        HttpStatusCode.NotFound => KubeErrors.NotThere(connection.Name, resource),
        _ => KubeErrors.Answered(connection.Name, resource, answer.Status, answer.Message, attempts),
    };
}
