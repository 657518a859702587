using System.Management.Automation;
using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Node.Connections;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Sources;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Commands;

/// <summary>
/// Test-VxlanChecksum: weighs all packets of each tunnel direction and names the cause of its bad checksums, with the
/// evidence and how sure it is.
/// </summary>
/// <remarks>
/// One <see cref="VxlanChecksumResult"/> a direction and capture, faults first; of an interface after 10 seconds unless
/// told otherwise. With -Quiet one Boolean over everything: true when at least one packet could be judged and no
/// direction has a fault (Corrupted, StaleAfterNat, NatZeroChecksum, NatLocalChecksum, OffloadForgotten); unfinished
/// checksums are no fault. A capture that could not be read to its end, packets that were cut off by the snapshot
/// length and a tunnel direction of which most could not be verified make it false: what was not seen is not known to
/// be well.
/// </remarks>
[Cmdlet(VerbsDiagnostic.Test, "VxlanChecksum", DefaultParameterSetName = PathSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(VxlanChecksumResult), typeof(bool))]
public sealed class TestVxlanChecksumCommand : CaptureReportCommand
{
    private const string PacketSet = "Packet";

    private readonly Dictionary<string, CauseAnalyzer> _byPath = [];
    private CauseOptions _options = null!;
    private CauseAnalyzer? _merged;
    private FrameWalker _walker = null!;
    private CauseAnalyzer? _last;
    private string? _lastPath;
    private CapturePlace? _place;
    private long _judged;
    private bool _faulty;

    /// <summary>Not all was seen: packets were cut, or most of a tunnel direction could not be verified.</summary>
    private bool _cut;

    /// <summary>Packets of Read-PcapChecksum or ConvertFrom-TcpdumpText.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PacketSet, ValueFromPipeline = true)]
    public PacketChecksum InputObject { get; set; } = null!;

    /// <summary>Addresses of the sending node: candidates for the outer source before NAT, besides those of the capture
    /// itself.</summary>
    [Parameter]
    [ValidateNotNull]
    public IPAddress[] NodeAddress { get; set; } = [];

    /// <summary>Addresses of the node on which the capture was taken: they settle on which end each direction was
    /// seen.</summary>
    [Parameter]
    [ValidateNotNull]
    public IPAddress[] LocalAddress { get; set; } = [];

    /// <summary>Flows of Get-VxlanNatBinding on the sending node, while or soon after the packets were sent: they
    /// confirm or refute the original ports that the packets imply.</summary>
    [Parameter]
    [ValidateNotNull]
    public VxlanNatBinding[] NatBinding { get; set; } = [];

    /// <summary>Lowest and highest outer source port that the sender chooses. Default: 32768, 60999
    /// (net.ipv4.ip_local_port_range), for Geneve 1, 65535; a tunnel made with srcport has its own (Get-VxlanInterface
    /// tells).</summary>
    [Parameter]
    [PortRangeTransformation]
    public PortRange? SourcePortRange { get; set; }

    /// <summary>Weigh the packets of all captures together: for a capture that was written in pieces.</summary>
    [Parameter]
    public SwitchParameter Merge { get; set; }

    /// <summary>
    /// Look at some frames only, chosen at random by the kernel, and at their first 256 bytes: for interfaces that
    /// carry much. Also looks which tunnel flows NAT on this node rewrites.
    /// </summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    public SwitchParameter Sample { get; set; }

    /// <summary>With -Sample: at most about so many frames a second are looked at.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    [ValidateRange(1, 1_000_000)]
    public int MaximumRate { get; set; } = 1000;

    /// <summary>Only say whether all is well.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _options = new CauseOptions
        {
            NodeAddresses = HostId.From(NodeAddress),
            LocalAddresses = HostId.From(LocalAddress),
            SourcePorts = SourcePortRange,
            Bindings = new KnownBindings(NatBinding),
        };
        _walker = new FrameWalker(Ports);
        _merged = Merge && !IsLive ? new CauseAnalyzer(_options) : null;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != PacketSet)
        {
            base.ProcessRecord();
        }
        else if (InputObject is { } packet)
        {
            AnalyzerOf(packet.Path).Add(packet);
        }
    }

    /// <summary>One fault is the answer already.</summary>
    private protected override bool IsDecided => Quiet && _faulty && _merged is null;

    private protected override int? MostSampled => Sample || IsGiven(nameof(MaximumRate)) ? MaximumRate : null;

    /// <summary>Of a sample of everything little would be a tunnel's.</summary>
    private protected override string? DefaultFilter => MostSampled is null || _place is { IsTunnelDevice: true } ? null
        : string.Join(" or ", (TunnelPort ?? TunnelPorts.DefaultVxlan).Select(p => $"udp dst port {p}"));

    private protected override void ProcessCapture(string path)
    {
        CauseAnalyzer analyzer = _merged ?? new CauseAnalyzer(IsLive ? LiveOptions() : _options);
        Exception? ended = CanScan ? Scan(path, () => NewShard(analyzer, path)) : AddFrames(analyzer, path);
        if (ended is OperationCanceledException)
        {
            return;
        }

        // What was read before damage still counts.
        Conclude(analyzer, path);
        if (ended is CaptureException damage)
        {
            throw damage;
        }
    }

    private CauseShard NewShard(CauseAnalyzer analyzer, string path)
    {
        lock (analyzer)
        {
            return new CauseShard(analyzer, Ports, analyzer.PathIndex(SafeText.Path(path)));
        }
    }

    private CaptureException? AddFrames(CauseAnalyzer analyzer, string path)
    {
        try
        {
            foreach (CapturedFrame frame in ReadFrames(path))
            {
                analyzer.Add(_walker.Walk(in frame), in frame);
            }

            return null;
        }
        catch (CaptureException damage)
        {
            return damage;
        }
    }

    private protected override void ReportUnread(CaptureException error)
    {
        // What was not read whole is not known to be well.
        _faulty = true;
        base.ReportUnread(error);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_merged is not null)
        {
            Write(_merged, "all captures");
        }

        foreach ((string path, CauseAnalyzer analyzer) in _byPath)
        {
            Write(analyzer, path);
        }

        if (Quiet)
        {
            WriteObject(_judged > 0 && !_faulty && !_cut);
        }
    }

    /// <summary>Where a live capture is taken is known, and so is which end that is.</summary>
    private CauseOptions LiveOptions()
    {
        CapturePlace place = _place = LiveSource.WrapErrors(() => CapturePlace.Of(Interface, Place), Interface);
        return _options with
        {
            LocalAddresses = _options.LocalAddresses.Count > 0 ? _options.LocalAddresses
                : HostId.From(place.Addresses),
            OnTunnelDevice = place.IsTunnelDevice,
        };
    }

    private void Conclude(CauseAnalyzer analyzer, string path)
    {
        if (analyzer != _merged && !Stopped.IsCancellationRequested)
        {
            if (LiveSample is { } sample)
            {
                IReadOnlyList<VxlanNatBinding>? translated = Translated();
                analyzer.Options = analyzer.Options with
                {
                    Sample = new CaptureSample(sample.Taken, sample.Passed),
                    Translated = translated,
                    Bindings = new KnownBindings([.. NatBinding, .. translated ?? []]),
                };
            }

            Write(analyzer, path);
        }
    }

    /// <summary>What NAT rewrites of the tunnels' flows; null where that cannot be read, which is told.</summary>
    private IReadOnlyList<VxlanNatBinding>? Translated()
    {
        try
        {
            return VxlanCsum.Node.NetworkNamespaces.NetworkNamespace.Within(Place,
                () => NatBindings.Translated(TunnelPort, Stopped));
        }
        catch (NodeException error)
        {
            WriteWarning($"What NAT rewrites was not looked at: {error.Problem}");
            return null;
        }
    }

    private CauseAnalyzer AnalyzerOf(string path)
    {
        if (_merged is not null)
        {
            return _merged;
        }

        if (_last is null || path != _lastPath)
        {
            _lastPath = path;
            if (!_byPath.TryGetValue(path, out _last))
            {
                _last = new CauseAnalyzer(_options);
                _byPath.Add(path, _last);
            }
        }

        return _last;
    }

    private void Write(CauseAnalyzer analyzer, string path)
    {
        _judged += analyzer.Judged;
        _cut |= analyzer.Cut > 0;
        IReadOnlyList<VxlanChecksumResult> results = analyzer.Complete();
        if (results.Count == 0 && analyzer.Packets > 0)
        {
            WriteWarning(
                $"{path}: {Phrase.Packets(analyzer.Packets)}, none with an IP header that is read here: "
                + "nothing to test.");
        }

        foreach (VxlanChecksumResult result in results)
        {
            _faulty |= result.IsFault;
            _cut |= result.Cause == ChecksumCause.NotVerifiable && result.TunnelType != TunnelType.None;
            if (!Quiet)
            {
                WriteObject(result);
            }
        }
    }
}
