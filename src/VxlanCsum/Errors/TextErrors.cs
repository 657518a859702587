using System.Management.Automation;

namespace VxlanCsum.Errors;

/// <summary>Error records of ConvertFrom-TcpdumpText.</summary>
internal static class TextErrors
{
    /// <summary>A capture was given where tcpdump's printed output is read.</summary>
    public static ErrorRecord IsCapture(string path) => new(
        new InvalidDataException(
            $"{path}: is a capture (or compressed), not tcpdump's printed output. Read captures with "
            + $"Read-PcapChecksum."),
        "TcpdumpTextIsCapture",
        ErrorCategory.InvalidType,
        path)
    {
        ErrorDetails = new ErrorDetails($"{path}: is a capture (or compressed), not tcpdump's printed output.")
        {
            RecommendedAction = "Read captures with Read-PcapChecksum.",
        },
    };

    /// <summary>A text holds nothing of what it was given for.</summary>
    /// <param name="errorId">Stable.</param>
    /// <param name="path">The file; "text" for the pipeline.</param>
    /// <param name="why">What was looked for in vain.</param>
    /// <param name="action">What to give.</param>
    public static ErrorRecord Nothing(string errorId, string path, string why, string action) => new(
        new InvalidDataException($"{Text.SafeText.Escape(path)}: {why}."), errorId, ErrorCategory.InvalidData, path)
    {
        ErrorDetails = new ErrorDetails($"{Text.SafeText.Escape(path)}: {why}.") { RecommendedAction = action },
    };

    /// <summary>-HostAddress holds something that is no address.</summary>
    public static ErrorRecord BadHostAddress(object name, Exception inner) => new(
        new ArgumentException($"-HostAddress: what stands for '{name}' is no IP address, nor a list of them.", inner),
        "TcpdumpTextBadHostAddress",
        ErrorCategory.InvalidArgument,
        name);
}
