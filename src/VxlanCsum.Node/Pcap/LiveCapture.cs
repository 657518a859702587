using System.Diagnostics;
using SharpPcap;
using SharpPcap.LibPcap;
using VxlanCsum.Captures.Files;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Pcap;

/// <summary>The frames of a network interface as they come, read like those of a file.</summary>
/// <remarks>
/// A thread of its own takes them from libpcap and does nothing else, so that a slow reader loses none. The device is
/// opened in the namespace and stays bound to it; it is closed when the capture is disposed.
/// </remarks>
internal sealed unsafe class LiveCapture : CaptureReader
{
    /// <summary>How long the thread waits for a frame; after stopping it ends within this time.</summary>
    private const int WaitMilliseconds = 50, LookMilliseconds = 5;

    /// <summary>
    /// How long the kernel gathers frames before it shows them. Not libpcap's immediate mode: on Linux that gives each
    /// frame a slot for the longest there may be, so that 64 MiB hold 1,023 frames and a burst is lost (measured); this
    /// way half of it holds some 40,000 of usual length.
    /// </summary>
    private const int GatherMilliseconds = 20;

    /// <summary>A sample is in no hurry, and each look costs.</summary>
    private const int SampleGatherMilliseconds = 100;

    private const int KernelBufferBytes = 32 << 20, SampleBufferBytes = 4 << 20;

    private const int MostQueuedBlocks = 256;

    private readonly PolledDevice _device;
    private readonly FrameQueue _queue = new(MostQueuedBlocks);
    private readonly Thread _thread;
    private readonly CaptureInterface _interface;
    private readonly TimeSpan? _duration;
    private readonly long _unit;
    private readonly SampleRate? _sample;
    private readonly int _gatherMilliseconds;
    private readonly CancellationToken _cancellation;
    private readonly ManualResetEventSlim _stop = new();
    private volatile NodeException? _failure;
    private LiveCaptureStatistics _statistics = new(0, 0, 0);
    private (long, double)? _sampled;
    private long _number, _position;

    private LiveCapture(PolledDevice device, LiveCaptureOptions options, CancellationToken cancellation)
    {
        _device = device;
        _duration = options.Duration;
        _cancellation = cancellation;
        _unit = device.TimestampResolution == TimestampResolution.Nanosecond ? 1 : 1000;
        _interface = new CaptureInterface(options.Interface, 0, options.Interface, (LinkType)(int)device.LinkType,
            (uint)options.SnapLength);
        _gatherMilliseconds = GatherTime(options);
        if (options.MostSampled is { } most)
        {
            var kernel = new SocketSample(LibPcap.GetSocket(device.Handle), options.SnapLength);
            _sample = new SampleRate(most, oneIn =>
            {
                kernel.Narrow(oneIn);
                return Now();
            });
        }

        _thread = new Thread(Capture) { IsBackground = true, Name = $"capture {options.Interface}" };
        _thread.Start();
    }

    /// <summary>Bytes captured so far, as a pcap file would hold them.</summary>
    public override long Position => _position;

    public override IReadOnlyList<CaptureInterface> Interfaces => [_interface];

    /// <summary>What became of the packets; final once the capture has ended.</summary>
    public LiveCaptureStatistics Statistics
    {
        get
        {
            lock (_queue)
            {
                return _statistics;
            }
        }
    }

    /// <summary>What was looked at, where that was a sample; final once the capture has ended.</summary>
    public (long Taken, double Passed)? Sampled
    {
        get
        {
            lock (_queue)
            {
                return _sampled;
            }
        }
    }

    /// <summary>Opens a device and begins to capture.</summary>
    /// <exception cref="NodeException">There is no such device or namespace, or it may not be captured on.</exception>
    /// <exception cref="BpfFilterException">libpcap is missing, or does not understand the filter.</exception>
    public static LiveCapture Open(LiveCaptureOptions options, CancellationToken cancellation)
    {
        NetworkLinks.RequireLinux("a network interface");
        PolledDevice device = NetworkNamespace.Within(options.NetworkNamespace, () => OpenDevice(options));
        try
        {
            return new LiveCapture(device, options, cancellation);
        }
        catch
        {
            device.Close();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NodeException">The device is gone or down.</exception>
    public override bool TryRead(out CapturedFrame frame)
    {
        LiveRead read;
        while ((read = TryRead(Timeout.Infinite, out frame)) == LiveRead.Nothing)
        {
        }

        return read == LiveRead.Frame;
    }

    /// <summary>The next frame, waited for so long.</summary>
    /// <exception cref="NodeException">The device is gone or down.</exception>
    public LiveRead TryRead(int milliseconds, out CapturedFrame frame)
    {
        frame = default;
        FrameQueueRead read;
        QueuedFrame queued;
        try
        {
            read = _queue.Read(milliseconds, _cancellation, out queued);
        }
        catch (OperationCanceledException)
        {
            return LiveRead.End;
        }

        switch (read)
        {
            case FrameQueueRead.Nothing:
                return LiveRead.Nothing;
            case FrameQueueRead.End:
                return _failure is { } failure ? throw failure : LiveRead.End;
        }

        frame = new CapturedFrame
        {
            Data = queued.Data,
            CapturedLength = queued.Length,
            WireLength = queued.WireLength,
            Number = ++_number,
            TimestampNanoseconds = queued.Time,
            Interface = _interface,
            FileOffset = _position,
        };
        _position += queued.Length;
        return LiveRead.Frame;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Set();
            _thread.Join();
            _queue.Dispose();
            _stop.Dispose();
        }
    }

    private static PolledDevice OpenDevice(LiveCaptureOptions options)
    {
        if (options.Interface != LiveCaptureOptions.AnyInterface)
        {
            NetworkLinks.RequireValidName(options.Interface);
            IReadOnlyList<NetworkLink> links = NetworkLinks.Read();
            if (!links.Any(l => l.Name == options.Interface))
            {
                throw NetworkLinks.NotFound(options.Interface, links);
            }
        }

        PolledDevice? device = null;
        try
        {
            PcapInterface found = NetworkNamespace.Enter(PcapInterface.GetAllPcapInterfaces)
                .FirstOrDefault(i => i.Name == options.Interface)
                ?? throw LiveCaptureErrors.NotOffered(options.Interface);
            device = new PolledDevice(found);
            var configuration = new DeviceConfiguration
            {
                Mode = options.Promiscuous ? DeviceModes.Promiscuous : DeviceModes.None,
                Snaplen = options.SnapLength,
                BufferSize = options.MostSampled is null ? KernelBufferBytes : SampleBufferBytes,
                ReadTimeout = GatherTime(options),
                TimestampResolution = TimestampResolution.Nanosecond,
            };

            // Without nanoseconds there are microseconds; the device says afterwards which it has.
            configuration.ConfigurationFailed += (_, _) => { };
            NetworkNamespace.Enter(() =>
            {
                device.Open(configuration);
                return device;
            });
            device.NonBlockingMode = true;
            if (!string.IsNullOrWhiteSpace(options.Filter))
            {
                SetFilter(device, options.Filter);
            }

            return device;
        }
        catch (Exception error)
        {
            device?.Close();
            throw LiveCaptureErrors.Opening(options, error);
        }
    }

    private static int GatherTime(LiveCaptureOptions options) =>
        options.MostSampled is null ? GatherMilliseconds : SampleGatherMilliseconds;

    private static void SetFilter(PolledDevice device, string filter)
    {
        try
        {
            device.Filter = filter;
        }
        catch (PcapException error)
        {
            throw BpfFilter.NotUnderstood(filter, error);
        }
    }

    private void Capture()
    {
        try
        {
            string? reason = CaptureInTime();

            // What came before the end is still being gathered, and is shown also by a device that is gone.
            long end = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(end).TotalMilliseconds < 2 * _gatherMilliseconds && !_stop.IsSet)
            {
                if (TakeNext() <= 0)
                {
                    _stop.Wait(LookMilliseconds);
                }
            }

            _failure = reason is null ? null : LiveCaptureErrors.Ended(_interface.Path, reason);
        }
        catch (Exception error)
        {
            // An exception that leaves a thread ends the process.
            _failure = LiveCaptureErrors.Ended(_interface.Path, error.Message);
        }
        finally
        {
            Count();
            _device.Close();
            _queue.Complete();
        }
    }

    /// <summary>Captures until told to stop or for the time; what libpcap says where it fails before.</summary>
    private string? CaptureInTime()
    {
        long start = Stopwatch.GetTimestamp(), lastLook = start;
        while (!_stop.IsSet && !(_duration is { } limit && Stopwatch.GetElapsedTime(start) >= limit))
        {
            int taken = TakeNext();
            if (taken < 0)
            {
                return _device.LastError;
            }

            if (taken == 0)
            {
                _device.Wait(WaitMilliseconds);
            }

            if (Stopwatch.GetElapsedTime(lastLook).TotalMilliseconds >= WaitMilliseconds)
            {
                lastLook = Stopwatch.GetTimestamp();
                _sample?.Turn(Now());
                _queue.HandOver();
                Count();
            }
        }

        return null;
    }

    /// <summary>Takes one frame to the queue: 1, where there is none 0, and where libpcap fails less.</summary>
    private int TakeNext()
    {
        nint header = 0, data = 0;
        int result = _device.GetNextPacketPointers(ref header, ref data);
        if (result == 1)
        {
            Take((PcapPacketHeader*)header, (byte*)data);
        }
        else
        {
            _queue.HandOver();
        }

        return result;
    }

    private void Take(PcapPacketHeader* header, byte* data)
    {
        long time = ((long)header->Seconds * 1_000_000_000) + (header->Fraction * _unit);
        if (_sample?.Offer(time) == false)
        {
            return;
        }

        while (!_queue.TryWrite(time, header->Wire, data, (int)header->Captured, WaitMilliseconds) && !_stop.IsSet)
        {
        }
    }

    /// <summary>As frames are timed: nanoseconds since 1970.</summary>
    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    private void Count()
    {
        if (_sample is not null)
        {
            lock (_queue)
            {
                _sampled = (_sample.Taken, _sample.Passed);
            }
        }

        LibPcap.Statistics counted = default;

        // A device that is gone may be unable to tell; then the numbers of before stand.
        if (LibPcap.GetStatistics(_device.Handle, ref counted) == 0)
        {
            lock (_queue)
            {
                _statistics = new LiveCaptureStatistics(counted.Received, counted.Dropped, counted.InterfaceDropped);
            }
        }
    }
}
