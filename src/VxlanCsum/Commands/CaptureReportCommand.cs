using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share that tell of a capture as a whole: a live one has to end before they can, and a file is
/// read on all cores.</summary>
public abstract class CaptureReportCommand : CaptureCommand
{
    private const int ReportMilliseconds = 200;

    /// <summary>Threads that read a large pcap file. Default: one for each processor.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    /// <summary>End a live capture after this many packets. Where neither this nor -Duration is given, it ends after 10
    /// seconds.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateRange(1, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    private protected sealed override long LiveLimit => First;

    private protected sealed override TimeSpan? DefaultDuration =>
        First == long.MaxValue ? TimeSpan.FromSeconds(10) : null;

    /// <summary>All frames of the capture are to be read, and they are in a file: <see cref="Scan"/> does it.</summary>
    private protected bool CanScan => string.IsNullOrWhiteSpace(Filter) && !IsLive;

    /// <summary>Reads a whole file, on several threads where that is worth it.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="newPart">Makes what a thread fills.</param>
    /// <returns>The damage or the stop that ended it, if any.</returns>
    private protected Exception? Scan(string path, Func<CapturePart> newPart)
    {
        using Stream stream = CaptureFile.Open(path, Stopped);
        CaptureProgress progress = new(this, path, stream);
        CaptureScanner scanner = new(Stopped);
        try
        {
            if (ThrottleLimit > 1 && stream is FileStream { CanSeek: true } file
                && file.Length >= 2 * CaptureScanner.SmallestPiece
                && CaptureFile.TryReadPcapHeader(file, path) is { } header)
            {
                ReportUnknownLinkType(header.Interface, PcapHeader.Size);
                return scanner.Scan(header, file.SafeFileHandle, file.Length, ThrottleLimit, newPart,
                    task => Wait(task, scanner, progress));
            }

            using CaptureReader reader = CaptureReaderFactory.Open(stream, path);
            return ScanOnce(scanner, reader, newPart(), progress);
        }
        finally
        {
            progress.Complete();
        }
    }

    /// <summary>Reads on another thread, so that this one, the pipeline's, can tell how far it is.</summary>
    private Exception? ScanOnce(CaptureScanner scanner, CaptureReader reader, CapturePart part,
        CaptureProgress progress)
    {
        Task<Exception?> task = Task.Factory.StartNew(
            () => scanner.Scan(reader, part), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Wait(task, scanner, progress);
        int described = 0;
        ReportUnknownLinkTypes(reader, ref described);
        return task.GetAwaiter().GetResult();
    }

    private static void Wait(Task task, CaptureScanner scanner, CaptureProgress progress)
    {
        while (Task.WaitAny([task], ReportMilliseconds) < 0)
        {
            progress.Report(scanner.BytesDone, frames: 0);
        }
    }
}
