using System.Diagnostics;
using System.Globalization;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Drops;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Node.Drops;

/// <summary>The packets that the kernel drops for their checksum, as it drops them; read like the frames of a
/// capture.</summary>
/// <remarks>
/// No thread: the kernel's rings hold what comes while nobody reads. They are looked into four times a second, or when
/// they fill.
/// </remarks>
internal sealed unsafe class DropWatch : CaptureReader
{
    private const int LookMilliseconds = 250;

    private readonly KernelDrops _kernel;
    private readonly DropWatchOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly FrameWalker _walker;
    private readonly HashSet<ushort> _ports;
    private readonly KernelSymbols _symbols = new();
    private readonly DropBatch _batch = new();
    private readonly Dictionary<int, CaptureInterface> _interfaces = [];
    private readonly HashSet<int> _tunnelDevices = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _number, _read, _leftOut, _second, _ofSecond, _position;
    private (long Matched, long Missed)? _final;
    private bool _ending;

    private DropWatch(KernelDrops kernel, DropWatchOptions options, IReadOnlyList<ushort> ports,
        CancellationToken cancellation)
    {
        _kernel = kernel;
        _options = options;
        _cancellation = cancellation;
        Ports = ports;
        _ports = [.. ports];
        _walker = new FrameWalker(new TunnelPorts(ports));
    }

    /// <summary>The UDP ports that carry VXLAN.</summary>
    public IReadOnlyList<ushort> Ports { get; }

    /// <summary>Where the kernel says no reason, arithmetic decides.</summary>
    public bool TellsReason => _kernel.Layout.TellsReason;

    /// <summary>What became of the drops so far.</summary>
    public DropWatchStatistics Statistics
    {
        get
        {
            (long matched, long missed) = _final ?? Counted();
            return new DropWatchStatistics(matched, _read, missed, _leftOut);
        }
    }

    /// <summary>Of the frame read last: why the kernel dropped it, such as "UDP_CSUM"; null where it does not
    /// say.</summary>
    public string? Reason => _kernel.Layout.Reasons.GetValueOrDefault(_batch.Current.Reason);

    /// <summary>Of the frame read last: where in the kernel; null where it does not say.</summary>
    public string? Location => _symbols.NameOf(_batch.Current.Location);

    /// <inheritdoc/>
    public override long Position => _position;

    /// <inheritdoc/>
    public override IReadOnlyList<CaptureInterface> Interfaces => [.. _interfaces.Values];

    /// <summary>Begins to watch.</summary>
    /// <exception cref="NodeException">There is no such namespace, or the kernel refuses.</exception>
    public static DropWatch Open(DropWatchOptions options, CancellationToken cancellation)
    {
        DropLayout layout = KernelDrops.ReadLayout();
        if (options.ByArithmetic)
        {
            layout = layout with { Reasons = new Dictionary<int, string>() };
        }

        (uint place, ushort[] ports) = NetworkNamespace.Within(options.NetworkNamespace,
            () => (NumberOfCurrent(), PortsOfTunnels()));
        IReadOnlyList<ushort> watched = options.Ports ?? ports;
        var program = new DropProgram(layout) { NetworkNamespace = place, Ports = watched };
        return new DropWatch(KernelDrops.Open(layout, program), options, watched, cancellation);
    }

    /// <inheritdoc/>
    public override bool TryRead(out CapturedFrame frame)
    {
        LiveRead read;
        while ((read = TryRead(LookMilliseconds, out frame)) == LiveRead.Nothing)
        {
        }

        return read == LiveRead.Frame;
    }

    /// <summary>The next dropped packet, waited for so long.</summary>
    public LiveRead TryRead(int milliseconds, out CapturedFrame frame)
    {
        frame = default;
        if (!_batch.Next() && (_ending || !Fill(milliseconds) || !_batch.Next()))
        {
            return _ending ? LiveRead.End : LiveRead.Nothing;
        }

        frame = _batch.Frame;
        frame.Number = ++_number;
        frame.FileOffset = _position;
        frame.Interface = InterfaceOf(_batch.Current.Interface);
        _position += frame.CapturedLength;
        return LiveRead.Frame;
    }

    /// <summary>Lets the kernel drop in peace; what it handed over before is still to be read.</summary>
    public void Finish()
    {
        if (!_ending)
        {
            _kernel.Detach();
            Drain();
            _final = Counted();
            _ending = true;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _final ??= Counted();
            _kernel.Dispose();
            _batch.Dispose();
        }
    }

    /// <summary>The number by which a program knows the thread's namespace: "net:[4026531840]".</summary>
    private static uint NumberOfCurrent() =>
        uint.Parse(NetworkNamespace.Current.Split('[', ']')[1], CultureInfo.InvariantCulture);

    private static ushort[] PortsOfTunnels() =>
        [.. TunnelLinks.Read().Select(static t => t.Port).OfType<ushort>().Concat(TunnelPorts.DefaultVxlan).Distinct()
            .Order()];

    private (long Matched, long Missed) Counted() => (_kernel.Matched, _kernel.Missed);

    /// <summary>Fetches what is there; false where nothing is.</summary>
    private bool Fill(int milliseconds)
    {
        _batch.Clear();
        double left = _options.Duration is { } duration
            ? duration.TotalMilliseconds - Stopwatch.GetElapsedTime(_started).TotalMilliseconds : double.MaxValue;
        if (_cancellation.IsCancellationRequested || left <= 0)
        {
            Finish();
            return _batch.Count > 0;
        }

        _kernel.Wait((int)Math.Clamp(Math.Min(left, milliseconds), 1, LookMilliseconds));
        Drain();
        return _batch.Count > 0;
    }

    private void Drain()
    {
        long now = Stopwatch.GetTimestamp(), second = now / Stopwatch.Frequency;
        if (second != _second)
        {
            (_second, _ofSecond) = (second, 0);
        }

        // A program's clock and the stopwatch's are one: nanoseconds since the machine was booted.
        _batch.BootTime = ((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100) - now;
        foreach (PerfRing ring in _kernel.Rings)
        {
            ring.Drain(Take);
        }

        _batch.Sort();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _read++;
        if (!DropRecord.TryRead(bytes, out DropRecord record))
        {
            return;
        }

        if (_ofSecond >= _options.MostPerSecond)
        {
            _leftOut++;
            return;
        }

        CapturedFrame frame = _batch.Add(record);
        if (IsWanted(frame, record.Interface))
        {
            _ofSecond++;
        }
        else
        {
            _batch.TakeBack();
        }
    }

    private bool IsWanted(in CapturedFrame frame, int device)
    {
        FrameVerdict verdict = _walker.Walk(frame.Data, frame.CapturedLength, frame.WireLength, LinkType.Raw);
        if (!TellsReason && verdict.Status is not (ChecksumStatus.Bad or ChecksumStatus.Illegal))
        {
            return false;
        }

        if (_options.All || verdict.Tunnel != TunnelType.None)
        {
            return true;
        }

        foreach (ref readonly LayerRecord layer in verdict.LayerSpan)
        {
            // Too short to hold what the port promises, it is still a tunnel's.
            if (layer.Protocol == ChecksumProtocol.Udp && _ports.Contains(layer.DestinationPort))
            {
                return true;
            }
        }

        _ = InterfaceOf(device);
        return _tunnelDevices.Contains(device);
    }

    /// <summary>It may have come only now. Null where it is gone, or the namespace has lost its name; it is not held,
    /// or a watch would keep that of a pod that has ended.</summary>
    private NetworkLink? LinkOf(int device)
    {
        try
        {
            return NetworkNamespace.Within(_options.NetworkNamespace, NetworkLinks.Read)
                .FirstOrDefault(l => l.Index == device);
        }
        catch (NodeException)
        {
            return null;
        }
    }

    private CaptureInterface InterfaceOf(int device)
    {
        if (!_interfaces.TryGetValue(device, out CaptureInterface? known))
        {
            NetworkLink? link = device == 0 ? null : LinkOf(device);
            if (link is not null && TunnelLink.Parse(link, null) is not null)
            {
                _tunnelDevices.Add(device);
            }

            known = new CaptureInterface(ChecksumDrop.Place, _interfaces.Count, link?.Name, LinkType.Raw, 0);
            _interfaces.Add(device, known);
        }

        return known;
    }
}
