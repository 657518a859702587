using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Sources;
using VxlanCsum.Summaries;

namespace VxlanCsum.Commands;

/// <summary>Measure-PcapChecksum: one <see cref="CaptureSummary"/> for each capture or for a time on an interface (10
/// seconds unless told otherwise), without an object for each packet.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "PcapChecksum", DefaultParameterSetName = PathSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(CaptureSummary))]
public sealed class MeasurePcapChecksumCommand : CaptureReportCommand
{
    private const int ReportMilliseconds = 200;

    /// <summary>Threads that read a large pcap file. Default: one for each processor.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    private protected override void ProcessCapture(string path)
    {
        SummaryBuilder builder = new();
        Exception? ended = Filter is null && !IsLive ? ScanWhole(path, ref builder) : ScanFiltered(path, builder);
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

    private Exception? ScanWhole(string path, ref SummaryBuilder builder)
    {
        using Stream stream = CaptureFile.Open(path, Stopped);
        CaptureProgress progress = new(this, path, stream);
        CaptureScanner scanner = new(Ports, Stopped);
        try
        {
            if (ThrottleLimit > 1 && stream is FileStream { CanSeek: true } file
                && file.Length >= 2 * CaptureScanner.SmallestSegment
                && CaptureFile.TryReadPcapHeader(file, path) is { } header)
            {
                ReportUnknownLinkType(header.Interface, PcapHeader.Size);
                (builder, Exception? ended) = scanner.Scan(header, file.SafeFileHandle, file.Length, ThrottleLimit,
                    task => Wait(task, scanner, progress));
                return ended;
            }

            using CaptureReader reader = CaptureReaderFactory.Open(stream, path);
            return ScanOnce(scanner, reader, builder, progress);
        }
        finally
        {
            progress.Complete();
        }
    }

    /// <summary>Counts on another thread, so that this one, the pipeline's, can tell how far it is.</summary>
    private Exception? ScanOnce(CaptureScanner scanner, CaptureReader reader, SummaryBuilder builder,
        CaptureProgress progress)
    {
        Task task = Task.Factory.StartNew(
            () => scanner.Scan(reader, builder), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Wait(task, scanner, progress);
        int described = 0;
        ReportUnknownLinkTypes(reader, ref described);
        return task.Exception?.InnerException is { } ended and not (CaptureException or OperationCanceledException)
            ? throw ended
            : task.Exception?.InnerException;
    }

    private static void Wait(Task task, CaptureScanner scanner, CaptureProgress progress)
    {
        while (Task.WaitAny([task], ReportMilliseconds) < 0)
        {
            progress.Report(scanner.BytesDone, frames: 0);
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
