namespace VxlanCsum.Clusters;

/// <summary>A text that is not what `kubectl -o json` or the Kubernetes API writes; what stood before that place was
/// read.</summary>
/// <param name="errorId">Stable; one of <see cref="KubeTextErrorId"/>.</param>
/// <param name="line">Where, counted from 1; 0 where it is about the whole text.</param>
/// <param name="message">For people; without control characters.</param>
/// <param name="inner">What the JSON reader said.</param>
internal sealed class KubeTextException(string errorId, long line, string message, Exception? inner = null)
    : FormatException(message, inner)
{
    public string ErrorId { get; } = errorId;
    public long Line { get; } = line;
}

/// <summary>Error ids of such texts. Scripts rely on them: never rename one.</summary>
internal static class KubeTextErrorId
{
    public const string NotJson = "KubeTextNotJson";
    public const string Invalid = "KubeTextInvalid";
    public const string Truncated = "KubeTextTruncated";
    public const string TooLarge = "KubeTextObjectTooLarge";
    public const string NoNodes = "KubeTextNoNodes";
    public const string ObjectInvalid = "KubeObjectInvalid";
}
