using VxlanCsum.Text;

namespace VxlanCsum.Captures.Files;

/// <summary>A capture that cannot be read (further): what is wrong, where, and what to do.</summary>
/// <param name="errorId">Stable; one of <see cref="CaptureErrorId"/>.</param>
/// <param name="path">Of the capture.</param>
/// <param name="offset">Where the damaged header, record or block begins in the (decompressed) file; -1 where none
/// applies.</param>
/// <param name="message">For people; path and offset are added by <see cref="Exception.Message"/>.</param>
/// <param name="inner">What the system said, if anything.</param>
internal sealed class CaptureException(string errorId, string path, long offset, string message,
    Exception? inner = null)
    : IOException(
        offset < 0 ? $"{SafeText.Path(path)}: {SafeText.Escape(message, LongestMessage)}"
            : $"{SafeText.Path(path)}: byte {offset}: {SafeText.Escape(message, LongestMessage)}", inner)
{
    private const int LongestMessage = 4096;

    public string ErrorId { get; } = errorId;
    public string Path { get; } = SafeText.Path(path);
    public long Offset { get; } = offset;
}

/// <summary>The error ids of captures. Scripts rely on them: never rename one.</summary>
internal static class CaptureErrorId
{
    public const string NotFound = "CaptureNotFound";
    public const string IsDirectory = "CaptureIsDirectory";
    public const string Unreadable = "CaptureUnreadable";
    public const string Empty = "CaptureEmpty";
    public const string WrongMagic = "CaptureWrongMagic";
    public const string Truncated = "CaptureTruncated";
    public const string BadLength = "CaptureBadLength";
    public const string BadBlock = "CaptureBadBlock";
    public const string UnknownLinkType = "CaptureUnknownLinkType";
    public const string BadCompression = "CaptureBadCompression";
    public const string MixedLinkTypes = "CaptureMixedLinkTypes";
    public const string Unwritable = "CaptureUnwritable";
    public const string Exists = "CaptureExists";
}
