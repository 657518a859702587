using VxlanCsum.Text;

namespace VxlanCsum.Node.Errors;

/// <summary>Something on this machine, or another that it asks, that could not be read or changed: what, why, and what
/// to do about it.</summary>
/// <param name="errorId">Stable; one of <see cref="NodeErrorId"/>.</param>
/// <param name="reason">The kind of failure, for the error category.</param>
/// <param name="target">The interface, namespace, file or cluster that it is about.</param>
/// <param name="message">For people; without control characters.</param>
/// <param name="advice">What to do; null where there is nothing to advise.</param>
/// <param name="inner">What the system said, if anything.</param>
internal sealed class NodeException(
    string errorId, NodeFailure reason, string target, string message, string? advice = null, Exception? inner = null)
    : IOException(SafeText.Escape(advice is null ? message : $"{message} {advice}", LongestMessage), inner)
{
    private const int LongestMessage = 8192;

    public string ErrorId { get; } = errorId;
    public NodeFailure Reason { get; } = reason;
    public string Target { get; } = SafeText.Path(target);

    /// <summary>The message without the advice.</summary>
    public string Problem { get; } = SafeText.Escape(message, LongestMessage);

    public string? Advice { get; } = advice;

    /// <summary>The system's error number; 0 where it is not known.</summary>
    public int SystemError { get; init; }
}

/// <summary>Why something could not be read or changed.</summary>
internal enum NodeFailure
{
    /// <summary>It is not there, or no longer.</summary>
    NotFound,

    /// <summary>What was given cannot name such a thing.</summary>
    InvalidArgument,

    /// <summary>A capability is missing.</summary>
    Permission,

    /// <summary>This system or kernel does not have it.</summary>
    Unsupported,

    /// <summary>The kernel or driver said no.</summary>
    Refused,

    /// <summary>Another machine does not answer.</summary>
    Unreachable,

    /// <summary>Another machine does not accept who we say we are.</summary>
    Unauthenticated,

    /// <summary>Another machine cannot show that it is the one it should be.</summary>
    Untrusted,

    /// <summary>Anything else that the system reports.</summary>
    Failed,
}
