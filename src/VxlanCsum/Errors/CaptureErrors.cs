using System.Management.Automation;
using VxlanCsum.Captures;

namespace VxlanCsum.Errors;

/// <summary>Error records of captures: a stable id, the path as target, and what to do about it.</summary>
internal static class CaptureErrors
{
    public static ErrorRecord Record(CaptureException error) =>
        new(error, error.ErrorId, Category(error.ErrorId), error.Path)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = Action(error.ErrorId) },
        };

    private static ErrorCategory Category(string errorId) => errorId switch
    {
        CaptureErrorId.NotFound => ErrorCategory.ObjectNotFound,
        CaptureErrorId.IsDirectory => ErrorCategory.InvalidArgument,
        CaptureErrorId.Unreadable => ErrorCategory.ReadError,
        CaptureErrorId.UnknownLinkType => ErrorCategory.NotImplemented,
        _ => ErrorCategory.InvalidData,
    };

    private static string Action(string errorId) => errorId switch
    {
        CaptureErrorId.NotFound => "Check the path; -LiteralPath takes names with brackets as they are.",
        CaptureErrorId.IsDirectory => "Name the files in it, for instance with a wildcard: DIRECTORY/*.pcap*.",
        CaptureErrorId.Unreadable => "Check the permissions of the file, or read it with sudo.",
        CaptureErrorId.Empty => "The capture was never written to: was tcpdump stopped before its first flush? Its -U option writes packet by packet.",
        CaptureErrorId.WrongMagic => "Give a pcap or pcapng file, gzip-compressed or not.",
        CaptureErrorId.UnknownLinkType => "Capture on an Ethernet, VXLAN or 'any' interface; frames of this link type are delivered as Unverified.",
        CaptureErrorId.BadCompression => "Copy the file again, or see how far 'gzip -t' gets.",
        _ => "Packets before this place were read. Copy the file again, or cut it there with 'editcap'.",
    };
}
