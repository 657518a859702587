namespace VxlanCsum.Shell.Prompt;

/// <summary>How a line ended.</summary>
internal enum LineEnding
{
    /// <summary>With Enter.</summary>
    Entered,

    /// <summary>With Ctrl-C: it is not to be run.</summary>
    Cancelled,

    /// <summary>With Ctrl-D while empty: nothing more will come.</summary>
    EndOfInput,
}
