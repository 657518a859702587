using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Drops;
using VxlanCsum.Errors;
using VxlanCsum.Node.Drops;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Node.Reports;
using VxlanCsum.Sources;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Commands;

/// <summary>Watch-ChecksumDrop: the packets that this kernel drops for their checksum, as it drops them; and no
/// others.</summary>
/// <remarks>
/// A small program at the kernel's tracepoint skb:kfree_skb picks them. It goes with the process: nothing is pinned,
/// and nothing stays loaded, however the process ends.
/// </remarks>
[Cmdlet(VerbsCommon.Watch, "ChecksumDrop",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(ChecksumDrop))]
public sealed class WatchChecksumDropCommand : NamespaceCommand
{
    private const int LookMilliseconds = 250, DefaultRate = 20_000;

    private FrameWalker _walker = null!;

    /// <summary>Ends after this many seconds. Default: when it is stopped.</summary>
    [Parameter]
    [ValidateRange(0.01, 31_536_000.0)]
    public double Duration { get; set; }

    /// <summary>Ends after this many drops.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    /// <summary>UDP ports that carry VXLAN. Default: 4789, 8472 and those of the tunnel devices.</summary>
    [Parameter]
    [Alias("TunnelPort")]
    [ValidateRange((ushort)1, ushort.MaxValue)]
    public ushort[]? Port { get; set; }

    /// <summary>Also packets that have to do with no tunnel.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>At most so many drops a second are given; how many more there were is said.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaximumRate { get; set; } = DefaultRate;

    /// <summary>A pcapng file that also gets the packets, each with the reason as its comment. Only its owner
    /// may read it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WriteTo { get; set; }

    /// <summary>With -WriteTo: replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// A file for the textfile collector of Prometheus' node exporter: the drops, counted by reason, sender, network
    /// and cause. Then no objects are given.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Prometheus { get; set; }

    /// <summary>With -Prometheus: give the objects, too.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            string? metrics = Prometheus is null ? null
                : ReportFile.Check(GetUnresolvedProviderPathFromPSPath(Prometheus), overwrite: true);
            using var ending = new SignalEnding(StopProcessing);
            using DropWatch watch = DropWatch.Open(Options(), Stopped);
            using LiveFile? file = WriteTo is null ? null
                : new LiveFile(GetUnresolvedProviderPathFromPSPath(WriteTo), Force,
                    static s => new PcapNgWriter(s));
            _walker = new FrameWalker(new TunnelPorts(watch.Ports));
            WriteVerbose(
                $"Watching {(Namespace is null ? "this network namespace" : $"the network namespace "
                    + $"{Namespace}")} at skb:kfree_skb, ports {string.Join(", ", watch.Ports)}{(All ? " and all else"
                        : "")}.");
            if (!watch.TellsReason)
            {
                WriteWarning(
                    "This kernel does not say why it drops a packet (Linux does from 5.17 on). Tunnel packets whose "
                    + "checksum does not verify are given; whatever else it drops for its checksum is not seen.");
            }

            Follow(watch, file, metrics is null ? null : new DropMetricsFile(metrics));
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        catch (CaptureException e)
        {
            WriteError(CaptureErrors.Record(e));
        }
    }

    private DropWatchOptions Options() => new(Namespace)
    {
        Ports = Port,
        All = All,
        MostPerSecond = MaximumRate,
        Duration = Duration > 0 ? TimeSpan.FromSeconds(Duration) : null,
    };

    private void Follow(DropWatch watch, LiveFile? file, DropMetricsFile? metrics)
    {
        long given = 0;
        try
        {
            metrics?.Write(watch.Statistics, now: true);
            LiveRead read;
            while (given < First && (read = watch.TryRead(LookMilliseconds, out CapturedFrame frame)) != LiveRead.End)
            {
                if (read == LiveRead.Nothing)
                {
                    file?.Flush();
                    metrics?.Write(watch.Statistics, now: false);
                    continue;
                }

                given++;
                ChecksumDrop drop = ChecksumDrop.Of(in frame, _walker.Walk(in frame), watch.Reason, watch.Location,
                    Namespace);
                frame.Comment =
                    $"dropped: {drop.Reason ?? "checksum"} at "
                        + $"{drop.Location ?? "a place that the kernel does not name"}";
                file?.Write(in frame);
                metrics?.Add(drop);
                if (metrics is null || PassThru)
                {
                    WriteObject(drop);
                }
            }
        }
        finally
        {
            watch.Finish();
            metrics?.Write(watch.Statistics, now: true);
            Report(watch.Statistics, given);
        }
    }

    private void Report(DropWatchStatistics counted, long given)
    {
        if (Stopped.IsCancellationRequested)
        {
            return;
        }

        try
        {
            WriteVerbose(string.Create(CultureInfo.InvariantCulture,
                $"The kernel dropped {counted.Matched} packets here for their checksum: {given} given, "
                + $"{counted.LeftOut} left out, {counted.Missed} missed."));
            if (counted.LeftOut > 0)
            {
                WriteWarning(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{counted.LeftOut} drops were left out: more than {MaximumRate} a second. -MaximumRate "
                        + $"raises that."));
            }

            if (counted.Missed > 0)
            {
                WriteWarning(
                    string.Create(CultureInfo.InvariantCulture,
                        $"{counted.Missed} drops were missed: they came faster than they were fetched."));
            }
        }
        catch (PipelineStoppedException)
        {
            // The rest of the pipeline has had enough; the program is out of the kernel.
        }
    }
}
