using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Summaries;

namespace VxlanCsum.Commands;

/// <summary>Measure-PcapChecksum: one <see cref="CaptureSummary"/> for each capture or for a time on an interface (10
/// seconds unless told otherwise), without an object for each packet.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "PcapChecksum", DefaultParameterSetName = PathSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(CaptureSummary))]
public sealed class MeasurePcapChecksumCommand : CaptureReportCommand
{
    private protected override void ProcessCapture(string path)
    {
        SummaryBuilder builder = new();
        Exception? ended = CanScan ? Scan(path, () => new SummaryPart(Ports, builder)) : ScanFiltered(path, builder);
        if (ended is OperationCanceledException)
        {
            return;
        }

        WriteObject(
            builder.Build(path, complete: ended is null) with
            {
                Dropped = LiveStatistics?.Dropped + LiveStatistics?.InterfaceDropped
            });
        if (ended is CaptureException damage)
        {
            throw damage;
        }
    }

    private Exception? ScanFiltered(string path, SummaryBuilder builder)
    {
        FrameWalker walker = new(Ports) { ShapesSuffice = true };
        try
        {
            foreach (CapturedFrame frame in ReadFrames(path))
            {
                builder.Add(in frame, walker.Walk(in frame));
            }

            return Stopped.IsCancellationRequested ? new OperationCanceledException(Stopped) : null;
        }
        catch (CaptureException damage)
        {
            return damage;
        }
    }
}
