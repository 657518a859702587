using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Commands;
using VxlanCsum.Node.Pcap;

namespace VxlanCsum.Sources;

/// <summary>A capture filter for the link types of a capture: compiled by libpcap once for each.</summary>
internal sealed class FrameFilter : IDisposable
{
    private readonly string _expression;
    private readonly Dictionary<LinkType, BpfFilter> _programs = [];

    private FrameFilter(string expression) => _expression = expression;

    /// <summary>Compiles for Ethernet at once, so that a slip in the expression, or a missing libpcap, ends the cmdlet
    /// before it reads.</summary>
    public static FrameFilter Create(SafeCommand cmdlet, string expression)
    {
        FrameFilter filter = new(expression);
        try
        {
            filter._programs.Add(LinkType.Ethernet, new BpfFilter(LinkType.Ethernet, expression));
            return filter;
        }
        catch (BpfFilterException error)
        {
            cmdlet.ThrowTerminatingError(new ErrorRecord(error, error.ErrorId, Category(error), expression)
            {
                ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = error.Action },
            });
            throw;
        }
    }

    public static ErrorCategory Category(BpfFilterException error) =>
        error.ErrorId == BpfFilterException.LibraryMissing ? ErrorCategory.NotInstalled : ErrorCategory.SyntaxError;

    public unsafe bool Matches(in CapturedFrame frame)
    {
        LinkType link = frame.Interface.LinkType;
        if (!_programs.TryGetValue(link, out BpfFilter? program))
        {
            try
            {
                program = new BpfFilter(link, _expression);
            }
            catch (BpfFilterException error)
            {
                throw new CaptureException(error.ErrorId, frame.Interface.Path, frame.FileOffset,
                    $"the filter does not fit link type {link}: {error.Message}", error);
            }

            _programs.Add(link, program);
        }

        return program.Matches(frame.Data, frame.CapturedLength, frame.WireLength);
    }

    public void Dispose()
    {
        foreach (BpfFilter program in _programs.Values)
        {
            program.Dispose();
        }
    }
}
