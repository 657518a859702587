namespace VxlanCsum.Shell.Session;

/// <summary>How a pipeline ended.</summary>
internal enum PipelineEnding
{
    /// <summary>It ran to its end, or to an <c>exit</c>.</summary>
    Completed,

    /// <summary>Ctrl-C stopped it, or nobody read its output any more.</summary>
    Stopped,

    /// <summary>A terminating error ended it, which has been reported.</summary>
    Failed,
}
