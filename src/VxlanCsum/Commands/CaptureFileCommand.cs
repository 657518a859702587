using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Errors;
using VxlanCsum.Sources;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Commands;

/// <summary>What all cmdlets that read captures share: paths, tunnel ports, a filter, and how errors are
/// told.</summary>
public abstract class CaptureFileCommand : StoppableCommand
{
    internal const string PathSet = "Path";
    internal const string LiteralPathSet = "LiteralPath";

    /// <summary>Captures to read: pcap or pcapng, gzip-compressed or not; wildcards are resolved; "-" is standard
    /// input.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [CapturePathTransformation]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Captures to read, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>UDP destination ports that carry VXLAN. Default: 4789 (IANA) and 8472 (Linux, flannel).</summary>
    [Parameter]
    public ushort[]? TunnelPort { get; set; }

    /// <summary>A capture filter in tcpdump's language (pcap-filter(7)); needs libpcap.</summary>
    [Parameter]
    public string? Filter { get; set; }

    private protected TunnelPorts Ports { get; private set; } = null!;

    private FrameFilter? FrameFilter { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Ports = new TunnelPorts(TunnelPort);
        if (!string.IsNullOrWhiteSpace(Filter))
        {
            FrameFilter = CreateFilter(Filter);
        }
    }

    private protected virtual FrameFilter? CreateFilter(string expression) => FrameFilter.Create(this, expression);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in IsDecided ? [] : ResolvePaths())
        {
            if (Stopped.IsCancellationRequested)
            {
                return;
            }

            try
            {
                long begun = Stopwatch.GetTimestamp();
                ProcessCapture(path);
                WriteVerbose(string.Create(CultureInfo.InvariantCulture,
                    $"{SafeText.Escape(path)}: done in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.00} s"));
            }
            catch (CaptureException error)
            {
                ReportUnread(error);
            }
            catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
            {
                return;
            }

            // Before the next name is resolved, which may fail.
            if (IsDecided)
            {
                return;
            }
        }
    }

    /// <summary>No further capture can change the answer.</summary>
    private protected virtual bool IsDecided => false;

    /// <summary>Reads one capture. A <see cref="CaptureException"/> becomes a non-terminating error, and the next
    /// capture is read.</summary>
    private protected abstract void ProcessCapture(string path);

    /// <summary>A capture, or the rest of one, could not be read: a non-terminating error.</summary>
    private protected virtual void ReportUnread(CaptureException error) => WriteError(CaptureErrors.Record(error));

    /// <summary>The frames of a capture that the filter lets through. Each is valid until the next one.</summary>
    private protected virtual IEnumerable<CapturedFrame> ReadFrames(string path)
    {
        using Stream stream = CaptureFile.Open(path, Stopped);
        using CaptureReader reader = CaptureReaderFactory.Open(stream, path);
        CaptureProgress progress = new(this, path, stream);
        try
        {
            int described = 0;
            while (!Stopped.IsCancellationRequested && reader.TryRead(out CapturedFrame frame))
            {
                progress.Update(reader.Position, frame.Number);
                if (reader.Interfaces.Count != described)
                {
                    ReportUnknownLinkTypes(reader, ref described);
                }

                if (FrameFilter is null || FrameFilter.Matches(in frame))
                {
                    yield return frame;
                }
            }
        }
        finally
        {
            progress.Complete();
        }
    }

    private protected void ReportUnknownLinkTypes(CaptureReader reader, ref int described)
    {
        for (; described < reader.Interfaces.Count; described++)
        {
            ReportUnknownLinkType(reader.Interfaces[described], reader.Position);
        }
    }

    private protected void ReportUnknownLinkType(CaptureInterface i, long position)
    {
        if (!FrameWalker.IsKnown(i.LinkType))
        {
            WriteError(CaptureErrors.Record(new CaptureException(
                CaptureErrorId.UnknownLinkType, i.Path, position,
                $"interface {i.Index} has link type {(int)i.LinkType}, whose frames cannot be walked; they are "
                + $"Unverified.")));
        }
    }

    /// <summary>What to read, a capture each.</summary>
    private protected virtual IEnumerable<string> ResolvePaths() => ParameterSetName == LiteralPathSet
        ? LiteralPath.Select(
            path => path == CaptureFile.StandardInput ? path : GetUnresolvedProviderPathFromPSPath(path))
        : Path.SelectMany(Resolve);

    private IEnumerable<string> Resolve(string path)
    {
        if (path == CaptureFile.StandardInput)
        {
            return [path];
        }

        try
        {
            Collection<string> resolved = GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            if (provider.Name == "FileSystem")
            {
                if (resolved.Count > 0)
                {
                    return resolved;
                }

                NotFound(path, "no file matches.", null);
                return [];
            }

            NotFound(path, $"is in the {provider.Name} provider, not in the file system.", null);
        }
        catch (Exception error)
            when (error is ItemNotFoundException or System.Management.Automation.DriveNotFoundException)
        {
            NotFound(path, "there is no such file.", error);
        }

        return [];
    }

    private void NotFound(string path, string message, Exception? inner) =>
        ReportUnread(new CaptureException(CaptureErrorId.NotFound, path, -1, message, inner));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            FrameFilter?.Dispose();
        }

        base.Dispose(disposing);
    }
}
