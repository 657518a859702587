using System.Management.Automation;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.Errors;

/// <summary>Error records of what touches the machine: a stable id, the interface, namespace or cluster as target, and
/// what to do.</summary>
internal static class NodeErrors
{
    public static ErrorRecord Record(NodeException error) =>
        new(error, error.ErrorId, Category(error.Reason), error.Target)
        {
            ErrorDetails = new ErrorDetails(error.Problem) { RecommendedAction = error.Advice ?? string.Empty },
        };

    private static ErrorCategory Category(NodeFailure reason) => reason switch
    {
        NodeFailure.NotFound => ErrorCategory.ObjectNotFound,
        NodeFailure.InvalidArgument => ErrorCategory.InvalidArgument,
        NodeFailure.Permission => ErrorCategory.PermissionDenied,
        NodeFailure.Unsupported => ErrorCategory.NotImplemented,
        NodeFailure.Unreachable => ErrorCategory.ConnectionError,
        NodeFailure.Unauthenticated => ErrorCategory.AuthenticationError,
        NodeFailure.Untrusted => ErrorCategory.SecurityError,
        NodeFailure.Refused => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.DeviceError,
    };
}
