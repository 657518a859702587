using System.Collections.ObjectModel;
using System.Management.Automation;
using VxlanCsum.Captures;
using VxlanCsum.Completers;
using VxlanCsum.Errors;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>What all cmdlets that read captures share: paths or an interface, tunnel ports, a filter, and how errors are told.</summary>
public abstract class CaptureCommand : PSCmdlet, IDisposable
{
    internal const string PathSet = "Path";
    internal const string LiteralPathSet = "LiteralPath";
    internal const string InterfaceSet = "Interface";

    private readonly CancellationTokenSource _stop = new();

    /// <summary>Captures to read: pcap or pcapng, gzip-compressed or not; wildcards are resolved; "-" is standard input.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Captures to read, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A network interface to capture on, or "any"; until -Duration or -First is reached or the pipeline is stopped.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InterfaceSet)]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Interface { get; set; } = string.Empty;

    /// <summary>
    /// The network namespace of the interface: a name that `ip netns` lists, a path such as /proc/1/ns/net, or the id of a
    /// process in it, such as a pod's. Default: the session's own, which never changes.
    /// </summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ArgumentCompleter(typeof(NetworkNamespaceCompleter))]
    [Alias("Netns")]
    [ValidateNotNullOrEmpty]
    public string? NetworkNamespace { get; set; }

    /// <summary>Seconds to capture.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateRange(0.01, 31_536_000.0)]
    public double Duration { get; set; }

    /// <summary>Bytes of each frame to capture; a checksum over what is cut off may stay Unverified. Default: frames whole.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateRange(1, LiveCaptureOptions.MaxSnapLength)]
    public int SnapLength { get; set; } = LiveCaptureOptions.MaxSnapLength;

    /// <summary>Also capture frames for other stations; a node's own need no such thing.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    public SwitchParameter Promiscuous { get; set; }

    /// <summary>A file that also gets the frames, in nanoseconds; pcapng where its name ends so, else pcap. One that is there is replaced.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateNotNullOrEmpty]
    public string? WriteTo { get; set; }

    /// <summary>UDP destination ports that carry VXLAN. Default: 4789 (IANA) and 8472 (Linux, flannel).</summary>
    [Parameter]
    public ushort[]? TunnelPort { get; set; }

    /// <summary>A capture filter in tcpdump's language (pcap-filter(7)); needs libpcap.</summary>
    [Parameter]
    public string? Filter { get; set; }

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    private protected CancellationToken Cancellation => _stop.Token;

    private protected TunnelPorts Ports { get; private set; } = null!;

    private protected bool IsLive => ParameterSetName == InterfaceSet;

    /// <summary>Frames after which a live capture ends.</summary>
    private protected virtual long LiveLimit => long.MaxValue;

    /// <summary>For cmdlets that have nothing to tell before a live capture ends.</summary>
    private protected virtual TimeSpan? DefaultDuration => null;

    /// <summary>What became of the packets of the live capture; null before its end.</summary>
    private protected LiveCaptureStatistics? LiveStatistics { get; private set; }

    private FrameFilter? FrameFilter { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Ports = new TunnelPorts(TunnelPort);

        // A live capture's filter goes to the kernel, compiled for the link type that the interface has.
        if (!string.IsNullOrWhiteSpace(Filter) && !IsLive)
        {
            FrameFilter = FrameFilter.Create(this, Filter);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in ResolvePaths())
        {
            if (Cancellation.IsCancellationRequested)
            {
                return;
            }

            try
            {
                ProcessCapture(path);
            }
            catch (CaptureException error)
            {
                ReportUnread(error);
            }
            catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Reads one capture. A <see cref="CaptureException"/> becomes a non-terminating error, and the next capture is read.</summary>
    private protected abstract void ProcessCapture(string path);

    /// <summary>A capture, or the rest of one, could not be read: a non-terminating error.</summary>
    private protected virtual void ReportUnread(CaptureException error) => WriteError(CaptureErrors.Record(error));

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>The frames of a capture that the filter lets through. Each is valid until the next one.</summary>
    private protected IEnumerable<CapturedFrame> ReadFrames(string path) => IsLive ? ReadLive() : ReadFile(path);

    private IEnumerable<CapturedFrame> ReadLive()
    {
        LiveCaptureOptions options = new(Interface, NetworkNamespace)
        {
            Filter = Filter,
            SnapLength = SnapLength,
            Promiscuous = Promiscuous,
            Duration = Duration > 0 ? TimeSpan.FromSeconds(Duration) : DefaultDuration,
        };
        LiveSource source = new(this, options, LiveLimit, WriteTo is null ? null : GetUnresolvedProviderPathFromPSPath(WriteTo), Cancellation);
        bool described = false;
        try
        {
            foreach (CapturedFrame frame in source.Read())
            {
                if (!described)
                {
                    described = true;
                    ReportUnknownLinkType(frame.Interface, -1);
                }

                yield return frame;
            }
        }
        finally
        {
            LiveStatistics = source.Statistics;
        }
    }

    private IEnumerable<CapturedFrame> ReadFile(string path)
    {
        using Stream stream = CaptureFile.Open(path, Cancellation);
        using CaptureReader reader = CaptureReaderFactory.Open(stream, path);
        CaptureProgress progress = new(this, path, stream);
        try
        {
            int described = 0;
            while (!Cancellation.IsCancellationRequested && reader.TryRead(out CapturedFrame frame))
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
                $"interface {i.Index} has link type {(int)i.LinkType}, whose frames cannot be walked; they are Unverified.")));
        }
    }

    private IEnumerable<string> ResolvePaths() => IsLive ? [Interface] : ParameterSetName == LiteralPathSet
        ? LiteralPath.Select(path => path == CaptureFile.StandardInput ? path : GetUnresolvedProviderPathFromPSPath(path))
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
        catch (Exception error) when (error is ItemNotFoundException or System.Management.Automation.DriveNotFoundException)
        {
            NotFound(path, "there is no such file.", error);
        }

        return [];
    }

    private void NotFound(string path, string message, Exception? inner) =>
        ReportUnread(new CaptureException(CaptureErrorId.NotFound, path, -1, message, inner));

    /// <inheritdoc/>
    public void Dispose()
    {
        FrameFilter?.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }
}
