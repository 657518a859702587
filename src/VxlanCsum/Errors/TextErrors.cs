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

    /// <summary>-HostAddress holds something that is no address.</summary>
    public static ErrorRecord BadHostAddress(object name, Exception inner) => new(
        new ArgumentException($"-HostAddress: what stands for '{name}' is no IP address, nor a list of them.", inner),
        "TcpdumpTextBadHostAddress",
        ErrorCategory.InvalidArgument,
        name);
}
