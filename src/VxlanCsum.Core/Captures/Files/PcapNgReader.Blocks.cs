using System.Text;

namespace VxlanCsum.Captures.Files;

/// <content>The blocks, one by one; the window's cursor stands at the block's first byte.</content>
internal sealed unsafe partial class PcapNgReader
{
    private const uint ByteOrderMagic = 0x1a2b3c4d;
    private const int SectionHeader = 28;
    private const int NameLimit = 256;
    private const int CommentLimit = 64 * 1024;

    /// <summary>Brings the whole block into the window and checks that it says its length twice.</summary>
    private int Load(string what, int minimum)
    {
        uint length = U32(4);
        if (length < minimum || length > MaxBlockLength)
        {
            throw Fail(CaptureErrorId.BadLength,
                $"a {what} claims {length} bytes, where {minimum} to {MaxBlockLength} are believed: the file is "
                + $"damaged here.");
        }

        if (!_window.Ensure((int)length))
        {
            throw CutInBlock(what, _window.Available, length);
        }

        if (U32((int)length - 4) is var again && again != length)
        {
            throw Disagree(what, _window.Position, length, again);
        }

        return (int)length;
    }

    private void StepOver(uint type)
    {
        long start = _window.Position;
        uint length = U32(4);
        string what = $"block of type 0x{type:x8}";
        if (length < Overhead)
        {
            throw Fail(CaptureErrorId.BadLength,
                $"a {what} claims {length} bytes, fewer than the {Overhead} that each block has: the file is damaged "
                + $"here.");
        }

        if (!_window.Skip(length - 4) || !_window.Ensure(4))
        {
            throw new CaptureException(
                CaptureErrorId.Truncated, _window.Path, start,
                CutMessage(what, _window.Position + _window.Available - start, length));
        }

        if (U32(0) is var again && again != length)
        {
            throw Disagree(what, start, length, again);
        }

        _window.Skip(4);
    }

    private void ReadSection()
    {
        if (!_window.Ensure(Overhead))
        {
            throw CutInBlock("section header", _window.Available, SectionHeader);
        }

        _bigEndian = !BitConverter.IsLittleEndian;
        uint magic = U32(8);
        if (magic != ByteOrderMagic)
        {
            _bigEndian = !_bigEndian;
            if (U32(8) != ByteOrderMagic)
            {
                throw _window.Position == 0
                    ? Fail(CaptureErrorId.WrongMagic,
                        $"no capture: it begins as pcapng does, but its byte-order mark is {magic:x8}.")
                    : Fail(CaptureErrorId.BadBlock,
                        $"a section header has the byte-order mark {magic:x8}: the file is damaged here.");
            }
        }

        int length = Load("section header", SectionHeader);
        if (U16(12) != 1)
        {
            throw Fail(CaptureErrorId.BadBlock,
                $"the section is of pcapng version {U16(12)}.{U16(14)}; only version 1 is known.");
        }

        // Interface ids start anew. What the section says of its own length is not needed.
        _sectionCount = 0;
        _window.Skip(length);
    }

    private void ReadInterface(int length)
    {
        PcapNgClock clock = PcapNgClock.Default;
        string? name = null;
        PcapNgOptions options = Options(16, length);
        while (options.MoveNext())
        {
            switch (options.Code)
            {
                case PcapNgOptions.InterfaceName:
                    name ??= options.Text(NameLimit);
                    break;
                case PcapNgOptions.TimestampResolution when options.Value.Length == 1:
                    clock = clock.WithResolution(options.Value[0]);
                    break;
                case PcapNgOptions.TimestampOffset when options.Value.Length == 8:
                    clock = clock.WithOffset(options.Number());
                    break;
            }
        }

        if (options.IsDamaged)
        {
            throw Fail(CaptureErrorId.BadBlock,
                $"an option of the interface description runs over its end: how interface {_sectionCount} counts "
                + $"time is not known.");
        }

        if (_interfaces.Count == MaxInterfaces)
        {
            throw Fail(CaptureErrorId.BadBlock,
                $"more than {MaxInterfaces} interfaces are described: the file is damaged, or made to harm.");
        }

        CaptureInterface source = new(_window.Path, _interfaces.Count, name, (LinkType)U16(8), U32(12));
        _interfaces.Add(source);
        if (_sectionCount == _section.Length)
        {
            Array.Resize(ref _section, Math.Max(4, 2 * _section.Length));
        }

        _section[_sectionCount++] = new Source { Interface = source, Clock = clock };
        _window.Skip(length);
    }

    private void ReadPacket(ref CapturedFrame frame, int length, bool obsolete)
    {
        uint captured = U32(20);
        if (captured > length - MinPacketBlock || captured > PcapHeader.MaxCapturedLength)
        {
            throw TooLong(captured, length - MinPacketBlock);
        }

        uint id = obsolete ? U16(8) : U32(8);
        Source source = Described(id);
        Deliver(ref frame, source.Interface, PacketHeader, captured, U32(24));
        ulong ticks = ((ulong)U32(12) << 32) | U32(16);
        frame.TimestampNanoseconds = source.Clock.ToNanoseconds(ticks);

        // The frame is whole even where its options are damaged.
        frame.Comment = Comment(Options(PacketHeader + (((int)captured + 3) & ~3), length));
        _window.Skip(length);
    }

    // The frame is whole even where its options are damaged, so what can be read of them is enough.
    private static string? Comment(PcapNgOptions options)
    {
        StringBuilder? all = null;
        while (options.MoveNext() && all is not { Length: > CommentLimit })
        {
            if (options.Code == PcapNgOptions.Comment)
            {
                all = all is null ? new StringBuilder() : all.Append("; ");
                all.Append(options.Text(CommentLimit));
            }
        }

        return all?.ToString();
    }

    private void ReadSimplePacket(ref CapturedFrame frame, int length)
    {
        Source source = Described(0);
        uint wire = U32(8);
        uint limit = source.Interface.SnapLength;
        uint captured = limit == 0 ? wire : Math.Min(wire, limit);
        if (captured > length - 16 || captured > PcapHeader.MaxCapturedLength)
        {
            throw TooLong(captured, length - 16);
        }

        Deliver(ref frame, source.Interface, Overhead, captured, wire);
        _window.Skip(length);
    }

    private void Deliver(ref CapturedFrame frame, CaptureInterface source, int header, uint captured, uint wire)
    {
        frame.Data = _window.Cursor + header;
        frame.CapturedLength = (int)captured;
        frame.WireLength = wire;
        frame.Number = ++_number;
        frame.Interface = source;
        frame.FileOffset = _window.Position;
    }

    private Source Described(uint id) => id < (uint)_sectionCount
        ? _section[id]
        : throw Fail(CaptureErrorId.BadBlock,
            $"a packet is of interface {id}, but the section has described {_sectionCount} interface(s) so far: the "
            + $"file is damaged here.");

    private PcapNgOptions Options(int start, int length) => start >= length - 4
        ? default
        : new PcapNgOptions(_window.Span[start..(length - 4)], _bigEndian);

    private CaptureException TooLong(uint captured, int room) =>
        Fail(CaptureErrorId.BadLength,
            $"a packet block claims {captured} captured bytes, but has room for {room}: the file is damaged here.");

    private CaptureException CutInBlock(string what, long present, uint length) =>
        Fail(CaptureErrorId.Truncated, CutMessage(what, present, length));

    private static string CutMessage(string what, long present, uint length) =>
        $"the file ends inside a {what} ({present} of {length} bytes): it was cut, or is still being written. All "
        + $"blocks before are complete.";

    private CaptureException Disagree(string what, long start, uint length, uint again) => new(
        CaptureErrorId.BadLength, _window.Path, start,
        $"a {what} claims {length} bytes at its beginning and {again} at its end: the file is damaged here.");
}
