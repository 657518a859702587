using System.Net;
using System.Text.Json;
using VxlanCsum.Clusters;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Clusters;

/// <summary>What came back for one request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Next">The token of the next page.</param>
/// <param name="Remaining">Objects behind this page, where the API says so.</param>
/// <param name="Message">What the server says of a failure, fit to be shown.</param>
/// <param name="RetryAfter">How long it asks to wait.</param>
internal sealed record KubeAnswer(HttpStatusCode Status, string? Next = null, long? Remaining = null,
    string? Message = null, TimeSpan? RetryAfter = null)
{
    private const int LongestMessage = 1 << 14;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Whether the same request may well succeed a little later.</summary>
    public bool Passes =>
        Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>A failure, with the message of the Status object that the API sends with one.</summary>
    public static async Task<KubeAnswer> FailureAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        string? message = null;
        using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        byte[] start = new byte[LongestMessage];
        int length = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation)
            .ConfigureAwait(false);
        try
        {
            using JsonDocument status = JsonDocument.Parse(start.AsMemory(0, length));
            message = status.RootElement.Raw("message") is { Length: > 0 } text ? SafeText.Escape(text) : null;
        }
        catch (JsonException)
        {
            // A proxy's page, or nothing: the number must do.
        }

        return new KubeAnswer(response.StatusCode, Message: message, RetryAfter: response.Headers.RetryAfter?.Delta);
    }
}
