using System.Management.Automation;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share that tell of a capture as a whole: a live one has to end before they can.</summary>
public abstract class CaptureReportCommand : CaptureCommand
{
    /// <summary>End a live capture after this many packets. Where neither this nor -Duration is given, it ends after 10
    /// seconds.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateRange(1, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    private protected sealed override long LiveLimit => First;

    private protected sealed override TimeSpan? DefaultDuration =>
        First == long.MaxValue ? TimeSpan.FromSeconds(10) : null;
}
