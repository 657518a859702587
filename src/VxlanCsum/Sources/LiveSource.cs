using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Commands;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Pcap;

namespace VxlanCsum.Sources;

/// <summary>The frames of a live capture for a cmdlet: told of, counted, and saved where that is asked for.</summary>
/// <param name="cmdlet">That reads them, on the pipeline's thread.</param>
/// <param name="options">What to capture.</param>
/// <param name="limit">Ends the capture after this many frames.</param>
/// <param name="writeTo">The full path of a file to save them in; null for none.</param>
/// <param name="overwrite">Whether it may take the place of a file that is there.</param>
/// <param name="cancellation">Ends it at once.</param>
internal sealed class LiveSource(SafeCommand cmdlet, LiveCaptureOptions options, long limit, string? writeTo,
    bool overwrite, CancellationToken cancellation)
{
    private const int LookMilliseconds = 200;

    private readonly ProgressRecord _progress = new(Environment.CurrentManagedThreadId,
        $"Capturing on {options.Interface}", "waiting");
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _shown = Stopwatch.GetTimestamp();

    /// <summary>What became of the packets; once the frames have been read.</summary>
    public LiveCaptureStatistics? Statistics { get; private set; }

    /// <summary>Where a sample was asked for: frames looked at, and about how many there were; once the frames have
    /// been read.</summary>
    public (long Taken, double Passed)? Sampled { get; private set; }

    /// <summary>Each frame is valid until the next one.</summary>
    /// <exception cref="CaptureException">It cannot begin, or it ended early: no such interface, no right to, no
    /// libpcap, a full disk.</exception>
    public IEnumerable<CapturedFrame> Read()
    {
        LiveCapture capture = WrapErrors(() => LiveCapture.Open(options, cancellation), options.Interface);
        LiveFile? file = null;
        try
        {
            file = writeTo is null ? null
                : new LiveFile(writeTo, overwrite, stream => WriterFor(writeTo, stream, capture.Interfaces[0]));
            cmdlet.WriteVerbose(
                $"Capturing on {options.Interface} ({capture.Interfaces[0].LinkType}), {options.SnapLength} bytes a "
                + $"frame.");
            for (long frames = 0; frames < limit;)
            {
                LiveRead read = Next(capture, out CapturedFrame frame);
                if (read == LiveRead.End)
                {
                    break;
                }

                if (read == LiveRead.Frame)
                {
                    frames++;
                    file?.Write(in frame);
                    yield return frame;
                }
                else
                {
                    file?.Flush();
                }

                Show(capture, frames);
            }
        }
        finally
        {
            capture.Dispose();
            Statistics = capture.Statistics;
            Sampled = capture.Sampled;
            file?.Dispose();
            if (!cancellation.IsCancellationRequested)
            {
                Report(capture.Statistics);
            }
        }
    }

    /// <summary>Runs what touches the machine; what goes wrong there becomes the exception that readers of captures
    /// know.</summary>
    public static T WrapErrors<T>(Func<T> work, string name)
    {
        try
        {
            return work();
        }
        catch (NodeException error)
        {
            throw new CaptureException(error.ErrorId, name, -1, error.Problem, error);
        }
        catch (BpfFilterException error)
        {
            throw new CaptureException(error.ErrorId, name, -1, error.Message, error);
        }
    }

    private static LiveRead Next(LiveCapture capture, out CapturedFrame frame)
    {
        try
        {
            return capture.TryRead(LookMilliseconds, out frame);
        }
        catch (NodeException error)
        {
            throw new CaptureException(error.ErrorId, error.Target, -1, error.Problem, error);
        }
    }

    private static CaptureWriter WriterFor(string path, Stream stream, CaptureInterface source) =>
        System.IO.Path.GetExtension(path).Equals(".pcapng", StringComparison.OrdinalIgnoreCase)
            ? new PcapNgWriter(stream)
            : new PcapWriter(stream, path, source.LinkType, source.SnapLength);

    private void Show(LiveCapture capture, long frames)
    {
        if (Stopwatch.GetElapsedTime(_shown).TotalMilliseconds < LookMilliseconds)
        {
            return;
        }

        _shown = Stopwatch.GetTimestamp();
        double elapsed = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        double ofTime = options.Duration is { } duration ? elapsed / duration.TotalSeconds : 0,
            ofFrames = limit == long.MaxValue ? 0 : (double)frames / limit;
        _progress.StatusDescription = string.Create(CultureInfo.InvariantCulture,
            $"{frames:N0} packets, {capture.Statistics.Dropped:N0} dropped");
        _progress.PercentComplete = options.Duration is null && limit == long.MaxValue ? -1
            : (int)Math.Clamp(100 * Math.Max(ofTime, ofFrames), 0, 100);
        cmdlet.WriteProgress(_progress);
    }

    private void Report(LiveCaptureStatistics counted)
    {
        try
        {
            _progress.RecordType = ProgressRecordType.Completed;
            cmdlet.WriteProgress(_progress);
            cmdlet.WriteVerbose(string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Interface}: {counted.Received} packets received by the filter, {counted.Dropped} dropped "
                + $"by the kernel, {counted.InterfaceDropped} dropped by the interface."));
            if (counted.Dropped > 0 || counted.InterfaceDropped > 0)
            {
                cmdlet.WriteWarning(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{options.Interface}: {counted.Dropped} packets were dropped by the kernel and "
                    + $"{counted.InterfaceDropped} by the interface, so the capture has gaps. A narrower -Filter or "
                    + $"a smaller -SnapLength lets it keep up."));
            }
        }
        catch (PipelineStoppedException)
        {
            // The rest of the pipeline has had enough; the frames are read and the device is closed.
        }
    }
}
