using System.Buffers.Binary;

namespace VxlanCsum.Captures.Files;

/// <summary>Writes a pcap file: little-endian, version 2.4, one link type.</summary>
internal sealed unsafe class PcapWriter : CaptureWriter
{
    private readonly string _path;
    private readonly LinkType _linkType;
    private readonly bool _nanoseconds;

    /// <param name="stream">Written from where it stands.</param>
    /// <param name="path">For errors.</param>
    /// <param name="linkType">Of all frames.</param>
    /// <param name="snapLength">What the header says; 0 becomes the customary 262144.</param>
    /// <param name="nanoseconds">Keep times to the nanosecond; some old readers know microseconds only.</param>
    /// <param name="leaveOpen">Whether the stream outlives the writer.</param>
    public PcapWriter(Stream stream, string path, LinkType linkType, uint snapLength = 0, bool nanoseconds = true,
        bool leaveOpen = false)
        : base(stream, leaveOpen)
    {
        _path = path;
        _linkType = linkType;
        _nanoseconds = nanoseconds;
        Span<byte> header = stackalloc byte[PcapHeader.Size];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..],
            snapLength == 0 ? PcapHeader.CustomarySnapLength : snapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)linkType);
        Put(header);
    }

    /// <inheritdoc/>
    /// <remarks>Times before 1970 or after 2106, which the format cannot say, become the nearest it can.</remarks>
    public override void Write(in CapturedFrame frame)
    {
        if (frame.Interface.LinkType != _linkType)
        {
            throw new CaptureException(
                CaptureErrorId.MixedLinkTypes, _path, -1,
                $"frame {frame.Number} has link type {frame.Interface.LinkType}, the file {_linkType}: a pcap file "
                + $"holds one. Write pcapng instead.");
        }

        const long Second = 1_000_000_000;
        long time = Math.Clamp(frame.TimestampNanoseconds, 0, (uint.MaxValue * Second) + Second - 1);
        Span<byte> record = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(time / Second));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..],
            (uint)(_nanoseconds ? time % Second : time % Second / 1000));
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], frame.CapturedLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], frame.WireLength);
        Put(record);
        Put(new ReadOnlySpan<byte>(frame.Data, frame.CapturedLength));
        Count++;
    }
}
