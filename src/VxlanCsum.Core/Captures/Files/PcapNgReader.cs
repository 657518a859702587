using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace VxlanCsum.Captures.Files;

/// <summary>Frames of a pcapng file: of enhanced, simple and obsolete packet blocks; all other blocks are stepped
/// over.</summary>
internal sealed unsafe partial class PcapNgReader : CaptureReader
{
    /// <summary>Longest block that is looked into; others may be of any length.</summary>
    public const int MaxBlockLength = PcapHeader.MaxCapturedLength + (1024 * 1024);

    /// <summary>Most interfaces believed, over all sections.</summary>
    public const int MaxInterfaces = 1 << 18;

    // Type, length and the length again.
    private const int Overhead = 12;
    private const int PacketHeader = 28;
    private const int MinPacketBlock = PacketHeader + 4;

    private readonly StreamWindow _window;
    private readonly List<CaptureInterface> _interfaces = [];
    private Source[] _section = [];
    private int _sectionCount;
    private bool _bigEndian;
    private CaptureException? _failure;
    private byte* _cursor;
    private byte* _fastEnd;
    private byte* _end;
    private long _delta;
    private long _number;

    /// <exception cref="CaptureException">The first section's header is damaged.</exception>
    public PcapNgReader(StreamWindow window)
    {
        _window = window;
        ReadSection();
        Adopt();
    }

    /// <inheritdoc/>
    public override long Position => (long)_cursor + _delta;

    /// <inheritdoc/>
    public override IReadOnlyList<CaptureInterface> Interfaces => _interfaces;

    /// <summary>Whether these up to four bytes may begin a pcapng file.</summary>
    public static bool IsPrefix(ReadOnlySpan<byte> bytes) =>
        ((ReadOnlySpan<byte>)[0x0a, 0x0d, 0x0d, 0x0a]).StartsWith(bytes[..Math.Min(bytes.Length, 4)]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool TryRead(out CapturedFrame frame)
    {
        // An enhanced packet block without options, wholly in the window and in this machine's byte order: nearly all
        // are.
        byte* block = _cursor;
        if (block < _fastEnd)
        {
            uint* fields = (uint*)block;
            uint captured = fields[5];
            ulong length = MinPacketBlock + (((ulong)captured + 3) & ~3UL);
            if (fields[0] == PcapNgBlock.EnhancedPacket && fields[1] == length && length <= (ulong)(_end - block)
                && *(uint*)(block + length - 4) == length && fields[2] < (uint)_sectionCount
                && captured <= PcapHeader.MaxCapturedLength)
            {
                ref Source source = ref _section[fields[2]];
                ulong ticks = ((ulong)fields[3] << 32) | fields[4];
                if (ticks <= source.Clock.MaxPlainTicks)
                {
                    frame.Data = block + PacketHeader;
                    frame.CapturedLength = (int)captured;
                    frame.WireLength = fields[6];
                    frame.Number = ++_number;
                    frame.TimestampNanoseconds = ((long)ticks * source.Clock.Multiplier) + source.Clock.Offset;
                    frame.Interface = source.Interface;
                    frame.FileOffset = (long)block + _delta;
                    frame.Comment = null;
                    _cursor = block + length;
                    return true;
                }
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
        if (_failure is not null)
        {
            throw _failure;
        }

        _window.Cursor = _cursor;
        try
        {
            return ReadUntilPacket(out frame);
        }
        catch (CaptureException e)
        {
            // A block may have been stepped over in part: there is no way on, and no second error to tell.
            _failure = e;
            throw;
        }
        finally
        {
            Adopt();
        }
    }

    private bool ReadUntilPacket(out CapturedFrame frame)
    {
        frame = default;
        while (_window.Ensure(8))
        {
            uint type = U32(0);
            switch (type)
            {
                case PcapNgBlock.EnhancedPacket:
                case PcapNgBlock.Packet:
                    ReadPacket(ref frame, Load("packet block", MinPacketBlock), obsolete: type == PcapNgBlock.Packet);
                    return true;
                case PcapNgBlock.SimplePacket:
                    ReadSimplePacket(ref frame, Load("simple packet block", 16));
                    return true;
                case PcapNgBlock.Section:
                    ReadSection();
                    break;
                case PcapNgBlock.Interface:
                    ReadInterface(Load("interface description block", 20));
                    break;
                default:
                    StepOver(type);
                    _number += PcapNgBlock.IsNumberedByWireshark(type) ? 1 : 0;
                    break;
            }
        }

        return _window.Available == 0 ? false
            : throw Fail(CaptureErrorId.Truncated,
                $"the file ends inside the first bytes of a block ({_window.Available} of 8): it was cut, or is "
                + $"still being written. All blocks before are complete.");
    }

    /// <summary>Takes over the window's pointers after it may have moved.</summary>
    private void Adopt()
    {
        _cursor = _window.Cursor;
        _end = _window.End;
        _delta = _window.Delta;
        _fastEnd = _bigEndian == BitConverter.IsLittleEndian ? null
            : _cursor + _window.Available - (MinPacketBlock - 1);
    }

    private uint U32(int offset)
    {
        uint value = Unsafe.ReadUnaligned<uint>(_window.Cursor + offset);
        return _bigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    private ushort U16(int offset)
    {
        ushort value = Unsafe.ReadUnaligned<ushort>(_window.Cursor + offset);
        return _bigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    private CaptureException Fail(string errorId, string message) =>
        new(errorId, _window.Path, _window.Position, message);

    /// <summary>An interface and its clock.</summary>
    private struct Source
    {
        public PcapNgClock Clock;
        public CaptureInterface Interface;
    }
}
