using System.Globalization;
using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Diagnoses;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>Captures below the tunnels, or reads what was captured before.</summary>
internal sealed class CaptureGatherer(DiagnosisRequest request, Action<string> tell, CancellationToken cancellation)
{
    private const int LookMilliseconds = 100;

    private readonly TaskCompletionSource<bool> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _files;

    /// <summary>Ends when a live capture has begun, or there is none.</summary>
    public Task<bool> Begun => request.CaptureDuration is null ? Task.FromResult(false) : _begun.Task;

    /// <summary>There will be no live capture.</summary>
    public void NotBegun() => _begun.TrySetResult(false);

    /// <summary>Captures on all devices that the tunnels leave by, at once.</summary>
    public CaptureEvidence Live(IReadOnlyList<VxlanInterface> tunnels)
    {
        ushort[] ports = [.. tunnels.Select(static t => t.Port).OfType<ushort>().Concat(TunnelPorts.DefaultVxlan)
            .Distinct().Order()];
        string filter = string.Join(" or ",
            ports.Select(static p => string.Create(CultureInfo.InvariantCulture, $"udp port {p}")));
        VxlanInterface[] up = [.. tunnels.Where(static t => t.Up)];

        // Where only routing decides, every device may be the one.
        string[] places = up.Length == 0 || up.Any(static t => t.UnderlyingDevice is null)
            ? [LiveCaptureOptions.AnyInterface]
            : [.. up.Select(static t => t.UnderlyingDevice!).Distinct(StringComparer.Ordinal)];
        IReadOnlyList<IPAddress> local = CapturePlace.Of(places[0], request.NetworkNamespace).Addresses;
        LiveCapture[] captures = Open(
            [.. places.Select(
                p => new LiveCaptureOptions(p, request.NetworkNamespace) { Filter = filter,
                    Duration = request.CaptureDuration })]);
        tell($"Capturing on {string.Join(", ", places)}: {filter}.");
        _begun.TrySetResult(true);
        CaptureEvidence[] seen = Task.WhenAll(captures.Zip(places, (c, p) => Task.Factory.StartNew(
            () => Watch(c, p, ports, local), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default))).GetAwaiter().GetResult();
        return CaptureEvidence.Together(seen);
    }

    /// <summary>Reads the captures that were given; null where none can be.</summary>
    /// <param name="report">Told of each that cannot be read, and why.</param>
    public CaptureEvidence? Files(Action<string> report)
    {
        var read = new List<CaptureEvidence>();
        foreach (string path in request.Captures)
        {
            try
            {
                using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
                read.Add(KeptCapture.Weigh(request, reader,
                    new KeptPackets(NextFile(), path, IsLive: false, TunnelPorts.DefaultVxlan), [], TryNext));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report(e.Message);
            }
        }

        return read.Count == 0 ? null : CaptureEvidence.Together(read);
    }

    private LiveCapture[] Open(LiveCaptureOptions[] options)
    {
        var opened = new List<LiveCapture>();
        try
        {
            foreach (LiveCaptureOptions one in options)
            {
                opened.Add(LiveCapture.Open(one, cancellation));
            }

            return [.. opened];
        }
        catch
        {
            opened.ForEach(static c => c.Dispose());
            throw;
        }
    }

    private CaptureEvidence Watch(LiveCapture capture, string place, ushort[] ports, IReadOnlyList<IPAddress> local)
    {
        using (capture)
        {
            return KeptCapture.Weigh(request, capture, new KeptPackets(NextFile(), place, IsLive: true, ports), local,
                TryNext);
        }

        bool TryNext(CaptureReader reader, out CapturedFrame frame)
        {
            LiveRead read;
            while ((read = ((LiveCapture)reader).TryRead(LookMilliseconds, out frame)) == LiveRead.Nothing)
            {
            }

            return read == LiveRead.Frame;
        }
    }

    private string NextFile() =>
        string.Create(CultureInfo.InvariantCulture, $"capture-{Interlocked.Increment(ref _files)}.pcapng");

    private bool TryNext(CaptureReader reader, out CapturedFrame frame)
    {
        cancellation.ThrowIfCancellationRequested();
        return reader.TryRead(out frame);
    }
}
