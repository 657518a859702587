using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace VxlanCsum.Captures.Files;

/// <summary>Frames of a pcap file, or of a segment of one.</summary>
internal sealed unsafe class PcapReader : CaptureReader
{
    private readonly PcapHeader _header;
    private readonly StreamWindow _window;
    private readonly CaptureInterface _interface;
    private readonly long _segmentEnd;
    private readonly int _subsecond;
    private byte* _cursor;
    private byte* _fastEnd;
    private byte* _end;
    private long _delta;
    private long _number;

    /// <summary>A whole file; the header has been consumed from the window.</summary>
    public PcapReader(PcapHeader header, StreamWindow window)
        : this(header, window, long.MaxValue, 1)
    {
    }

    /// <summary>The records that begin in [<paramref name="start"/>, <paramref name="end"/>) of a seekable
    /// file.</summary>
    /// <param name="header">Of the file.</param>
    /// <param name="handle">Of the file; stays open. Any number of segments may read it at once.</param>
    /// <param name="start">Where a record begins: 24, or what <see cref="PcapResync"/> found.</param>
    /// <param name="end">
    /// The record that lies across it is still read, so afterwards <see cref="Position"/> says where the next segment
    /// has to begin; if it began elsewhere, it was read out of step and must be read again from there.
    /// </param>
    /// <param name="firstFrameNumber">Number of the first record.</param>
    public PcapReader(PcapHeader header, SafeFileHandle handle, long start, long end, long firstFrameNumber = 1)
        : this(header,
            new StreamWindow(new HandleStream(handle, start), header.Interface.Path, leaveOpen: false, start, end), end,
            firstFrameNumber)
    {
    }

    private PcapReader(PcapHeader header, StreamWindow window, long segmentEnd, long firstFrameNumber)
    {
        _header = header;
        _window = window;
        _interface = header.Interface;
        _segmentEnd = segmentEnd;
        _subsecond = header.Nanoseconds ? 1 : 1000;
        _number = firstFrameNumber - 1;
        Interfaces = [header.Interface];
        Adopt();
    }

    /// <summary>How the records are read.</summary>
    public PcapHeader Header => _header;

    /// <inheritdoc/>
    public override long Position => (long)_cursor + _delta;

    /// <inheritdoc/>
    public override IReadOnlyList<CaptureInterface> Interfaces { get; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool TryRead(out CapturedFrame frame)
    {
        // _fastEnd is null for files that need conversion and lies before the segment's end and a header's length
        // before the window's, so this one comparison covers all three.
        byte* record = _cursor;
        if (record < _fastEnd)
        {
            byte* data = record + 16;
            uint captured = ((uint*)record)[2];
            if (captured <= (ulong)(_end - data))
            {
                frame.Data = data;
                frame.CapturedLength = (int)captured;
                frame.WireLength = ((uint*)record)[3];
                frame.Number = ++_number;
                frame.TimestampNanoseconds = (((uint*)record)[0] * 1_000_000_000L)
                    + ((uint*)record)[1] * (long)_subsecond;
                frame.Interface = _interface;
                frame.FileOffset = (long)record + _delta;
                frame.Comment = null;
                _cursor = data + captured;
                return true;
            }
        }

        return TryReadSlow(out frame);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _cursor = _fastEnd = _end = null;
        if (disposing)
        {
            _window.Dispose();
        }
    }

    private bool TryReadSlow(out CapturedFrame frame)
    {
        ObjectDisposedException.ThrowIf(_end is null, this);
        frame = default;
        _window.Cursor = _cursor;
        if (_window.Position >= _segmentEnd)
        {
            return false;
        }

        try
        {
            int headerSize = _header.RecordHeaderSize;
            if (!_window.Ensure(headerSize))
            {
                return _window.Available == 0 ? false : throw CutInHeader(headerSize);
            }

            uint* fields = (uint*)_window.Cursor;
            uint captured = Number(fields[2]);
            uint wire = Number(fields[3]);
            if (_header.LengthOrder == PcapLengthOrder.WireFirst
                || (_header.LengthOrder == PcapLengthOrder.SmallerIsCaptured && captured > wire))
            {
                (captured, wire) = (wire, captured);
            }

            if (captured > PcapHeader.MaxCapturedLength)
            {
                throw TooLong(captured);
            }

            if (!_window.Ensure(headerSize + (int)captured))
            {
                throw CutInRecord(captured);
            }

            byte* record = _window.Cursor;
            fields = (uint*)record;
            frame.Data = record + headerSize;
            frame.CapturedLength = (int)captured;
            frame.WireLength = wire;
            frame.Number = ++_number;
            frame.TimestampNanoseconds = (Number(fields[0]) * 1_000_000_000L) + (Number(fields[1]) * (long)_subsecond);
            frame.Interface = _interface;
            frame.FileOffset = _window.Position;
            _window.Cursor = record + headerSize + captured;
            return true;
        }
        finally
        {
            Adopt();
        }
    }

    private uint Number(uint field) =>
        _header.BigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(field) : field;

    /// <summary>Takes over the window's pointers after it may have moved.</summary>
    private void Adopt()
    {
        _cursor = _window.Cursor;
        _end = _window.End;
        _delta = _window.Delta;
        long untilSegmentEnd = _segmentEnd - _window.Position;
        long untilLastHeader = _window.Available - 15;
        _fastEnd = _header.IsPlain ? _cursor + Math.Min(untilSegmentEnd, untilLastHeader) : null;
    }

    // A segment does not know the numbers of its records, so errors name the offset only.
    private CaptureException CutInHeader(int headerSize) => new(
        CaptureErrorId.Truncated, _window.Path, _window.Position,
        $"the file ends inside a record's header ({_window.Available} of {headerSize} bytes): it was cut, or is "
        + $"still being written. All records before are complete.");

    private CaptureException CutInRecord(uint captured)
    {
        int present = _window.Available - _header.RecordHeaderSize;
        return captured > Math.Max(_interface.SnapLength, PcapHeader.CustomarySnapLength)
            ? new CaptureException(
                CaptureErrorId.BadLength, _window.Path, _window.Position,
                $"a record claims {captured} captured bytes, more than the file's snapshot length "
                + $"{_interface.SnapLength} and than the {present} bytes that follow: the file is damaged here.")
            : new CaptureException(
                CaptureErrorId.Truncated, _window.Path, _window.Position,
                $"the file ends inside a record ({present} of {captured} captured bytes): it was cut, or is still "
                + $"being written. All records before are complete.");
    }

    private CaptureException TooLong(uint captured) => new(
        CaptureErrorId.BadLength, _window.Path, _window.Position,
        $"a record claims {captured} captured bytes; none longer than {PcapHeader.MaxCapturedLength} is believed: "
        + $"the file is damaged here, or not a capture.");
}
