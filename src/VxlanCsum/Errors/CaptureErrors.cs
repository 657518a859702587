using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Sources;

namespace VxlanCsum.Errors;

/// <summary>Error records of captures: a stable id, the path as target, and what to do about it.</summary>
internal static class CaptureErrors
{
    private static readonly Dictionary<string, string> s_actions = new(StringComparer.Ordinal)
    {
        [CaptureErrorId.NotFound] = "Check the path; -LiteralPath takes names with brackets as they are.",
        [CaptureErrorId.IsDirectory] = "Name the files in it, for instance with a wildcard: DIRECTORY/*.pcap*.",
        [CaptureErrorId.Unreadable] = "Check the permissions of the file, or read it with sudo.",
        [CaptureErrorId.Unwritable] = "Check the folder, its permissions and the room on the disk.",
        [CaptureErrorId.Exists] = "-Force replaces it.",
        [CaptureErrorId.MixedLinkTypes] = "Name the file to write .pcapng.",
        [CaptureErrorId.Empty] =
            "The capture was never written to: was tcpdump stopped before its first flush? Its -U option writes "
            + "packet by packet.",
        [CaptureErrorId.WrongMagic] = "Give a pcap or pcapng file, gzip-compressed or not.",
        [CaptureErrorId.UnknownLinkType] =
            "Capture on an Ethernet, VXLAN or 'any' interface; frames of this link type are delivered as Unverified.",
        [CaptureErrorId.BadCompression] = "Copy the file again, or see how far 'gzip -t' gets.",
    };

    public static ErrorRecord Record(CaptureException error) => error.InnerException switch
    {
        // A live capture fails for reasons of the machine, not of a file.
        NodeException machine => NodeErrors.Record(machine),
        BpfFilterException filter => Record(error, FrameFilter.Category(filter), filter.Action),
        _ => Record(error, Category(error.ErrorId), s_actions.GetValueOrDefault(error.ErrorId)
            ?? "Packets before this place were read. Copy the file again, or cut it there with 'editcap'."),
    };

    private static ErrorRecord Record(CaptureException error, ErrorCategory category, string action) =>
        new(error, error.ErrorId, category, error.Path)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = action },
        };

    private static ErrorCategory Category(string errorId) => errorId switch
    {
        CaptureErrorId.NotFound => ErrorCategory.ObjectNotFound,
        CaptureErrorId.IsDirectory => ErrorCategory.InvalidArgument,
        CaptureErrorId.Unreadable => ErrorCategory.ReadError,
        CaptureErrorId.Unwritable => ErrorCategory.WriteError,
        CaptureErrorId.Exists => ErrorCategory.ResourceExists,
        CaptureErrorId.UnknownLinkType => ErrorCategory.NotImplemented,
        _ => ErrorCategory.InvalidData,
    };
}
