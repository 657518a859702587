using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Completers;
using VxlanCsum.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share that read captures and, as well, an interface.</summary>
public abstract class CaptureCommand : CaptureFileCommand
{
    internal const string InterfaceSet = "Interface";

    /// <summary>Enough for handshakes and DNS queries in a tunnel as a whole: their checksums can be verified.</summary>
    private const int SampledLength = 256;

    /// <summary>A network interface to capture on, or "any"; until -Duration or -First is reached or the pipeline is
    /// stopped. Tunnels of Get-VxlanInterface, one after the other.</summary>
    // By value and not by property: a packet has an interface, too, and is not to be captured again.
    [Parameter(Mandatory = true, ParameterSetName = InterfaceSet, ValueFromPipeline = true)]
    [InterfaceNameTransformation]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Interface { get; set; } = string.Empty;

    /// <summary>
    /// The network namespace of the interface: a name that `ip netns` lists, a path such as /proc/1/ns/net, or the id
    /// of a process in it, such as a pod's. Default: the session's own, which never changes.
    /// </summary>
    [Parameter(ParameterSetName = InterfaceSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNamespaceCompleter))]
    [Alias("Netns")]
    public string? NetworkNamespace { get; set; }

    /// <summary>Seconds to capture.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateRange(0.01, 31_536_000.0)]
    public double Duration { get; set; }

    /// <summary>Bytes of each frame to capture; a checksum over what is cut off may stay Unverified. Default: frames
    /// whole.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateRange(1, LiveCaptureOptions.MaxSnapLength)]
    public int SnapLength { get; set; } = LiveCaptureOptions.MaxSnapLength;

    /// <summary>Also capture frames for other stations; a node's own need no such thing.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    public SwitchParameter Promiscuous { get; set; }

    /// <summary>A file that also gets the frames, in nanoseconds; pcapng where its name ends so, else pcap. Only its
    /// owner may read it.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateNotNullOrEmpty]
    public string? WriteTo { get; set; }

    /// <summary>With -WriteTo: replace a file that is there.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    public SwitchParameter Force { get; set; }

    private protected bool IsLive => ParameterSetName == InterfaceSet;

    /// <summary>Frames after which a live capture ends.</summary>
    private protected virtual long LiveLimit => long.MaxValue;

    /// <summary>For cmdlets that have nothing to tell before a live capture ends.</summary>
    private protected virtual TimeSpan? DefaultDuration => null;

    /// <summary>Frames a second that are looked at, chosen at random; null for all.</summary>
    private protected virtual int? MostSampled => null;

    /// <summary>Of a live capture for which none is given.</summary>
    private protected virtual string? DefaultFilter => null;

    /// <summary>Of a live capture that was a sample: frames looked at, and about how many there were; null before its
    /// end.</summary>
    private protected (long Taken, double Passed)? LiveSample { get; private set; }

    /// <summary>What became of the packets of the live capture; null before its end.</summary>
    private protected LiveCaptureStatistics? LiveStatistics { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // As for all cmdlets with a namespace: a script's empty variable is none, and a tunnel's own may be.
        if (IsGiven(nameof(NetworkNamespace)) && string.IsNullOrEmpty(NetworkNamespace))
        {
            ThrowTerminatingError(NodeErrors.Record(NetworkNamespaceErrors.BadName(string.Empty)));
        }

        base.BeginProcessing();
    }

    // A live capture's filter goes to the kernel, compiled for the link type that the interface has.
    private protected override FrameFilter? CreateFilter(string expression) =>
        IsLive ? null : base.CreateFilter(expression);

    private protected override IEnumerable<CapturedFrame> ReadFrames(string path) =>
        IsLive ? ReadLive() : base.ReadFrames(path);

    private protected override IEnumerable<string> ResolvePaths() => IsLive ? [Interface] : base.ResolvePaths();

    private IEnumerable<CapturedFrame> ReadLive()
    {
        LiveCaptureOptions options = new(Interface, Place)
        {
            Filter = string.IsNullOrWhiteSpace(Filter) ? DefaultFilter : Filter,
            SnapLength = IsGiven(nameof(SnapLength)) || MostSampled is null ? SnapLength : SampledLength,
            MostSampled = MostSampled,
            Promiscuous = Promiscuous,
            Duration = Duration > 0 ? TimeSpan.FromSeconds(Duration) : DefaultDuration,
        };
        LiveSource source = new(this, options, LiveLimit,
            WriteTo is null ? null : GetUnresolvedProviderPathFromPSPath(WriteTo), Force, Stopped);
        bool described = false;
        using SignalEnding? ending = WriteTo is null ? null : new SignalEnding(StopProcessing);
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
            LiveSample = source.Sampled;
        }
    }

    /// <summary>The namespace; null for the session's own.</summary>
    private protected string? Place => string.IsNullOrEmpty(NetworkNamespace) ? null : NetworkNamespace;

    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
