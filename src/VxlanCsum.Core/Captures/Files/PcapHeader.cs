using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace VxlanCsum.Captures.Files;

/// <summary>The header of a pcap file: how its records are to be read.</summary>
/// <remarks>draft-ietf-opsawg-pcap; the modified variant is Alexey Kuznetsov's libpcap patch.</remarks>
internal sealed record PcapHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 24;

    /// <summary>Longest record believed, in captured bytes: far above any writer's snapshot length, far below what
    /// hurts.</summary>
    public const int MaxCapturedLength = 16 * 1024 * 1024;

    /// <summary>What libpcap and Wireshark take for the longest frame whatever the header's snapshot length
    /// says.</summary>
    public const int CustomarySnapLength = 262144;

    private const uint Microseconds = 0xa1b2c3d4;
    private const uint Nanosecond = 0xa1b23c4d;
    private const uint Modified = 0xa1b2cd34;

    private PcapHeader(CaptureInterface source) => Interface = source;

    /// <summary>The one interface of the file.</summary>
    public CaptureInterface Interface { get; }

    /// <summary>Numbers are most significant byte first.</summary>
    public bool BigEndian { get; private init; }

    /// <summary>The second time field counts nanoseconds, not microseconds.</summary>
    public bool Nanoseconds { get; private init; }

    /// <summary>16, or 24 in the modified variant.</summary>
    public int RecordHeaderSize { get; private init; }

    /// <summary>Where the two length fields stand: writers before version 2.3 had them the other way round.</summary>
    public PcapLengthOrder LengthOrder { get; private init; }

    /// <summary>Records can be read without any conversion.</summary>
    public bool IsPlain => BigEndian != BitConverter.IsLittleEndian && RecordHeaderSize == 16
        && LengthOrder == PcapLengthOrder.CapturedFirst;

    /// <summary>Whether these four bytes begin a pcap file.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> bytes) => Classify(bytes, out _) != 0;

    /// <summary>Whether these up to four bytes may begin a pcap file.</summary>
    public static bool IsPrefix(ReadOnlySpan<byte> bytes)
    {
        Span<byte> magic = stackalloc byte[4];
        foreach (uint known in (ReadOnlySpan<uint>)[Microseconds, Nanosecond, Modified])
        {
            BinaryPrimitives.WriteUInt32BigEndian(magic, known);
            if (magic.StartsWith(bytes))
            {
                return true;
            }

            magic.Reverse();
            if (magic.StartsWith(bytes))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a header; false when <paramref name="bytes"/> are fewer than <see cref="Size"/> or begin
    /// otherwise.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, string path, [NotNullWhen(true)] out PcapHeader? header)
    {
        header = null;
        if (bytes.Length < Size || Classify(bytes, out bool big) is not (var magic and not 0))
        {
            return false;
        }

        // Above the link type's 16 bits stand the length of the frame check sequence and reserved bits.
        LinkType linkType = (LinkType)(U32(bytes[20..], big) & 0xffff);
        uint snapLength = U32(bytes[16..], big);
        header = new PcapHeader(new CaptureInterface(path, 0, null, linkType, snapLength))
        {
            BigEndian = big,
            Nanoseconds = magic == Nanosecond,
            RecordHeaderSize = magic == Modified ? 24 : 16,
            LengthOrder = Order(U16(bytes[4..], big), U16(bytes[6..], big)),
        };
        return true;
    }

    // As libpcap (sf-pcap.c): DG/UX's tcpdump wrote major version 543; 2.3 came in both orders.
    private static PcapLengthOrder Order(ushort major, ushort minor) => (major, minor) switch
    {
        (543, _) or (2, < 3) => PcapLengthOrder.WireFirst,
        (2, 3) => PcapLengthOrder.SmallerIsCaptured,
        _ => PcapLengthOrder.CapturedFirst,
    };

    private static uint Classify(ReadOnlySpan<byte> bytes, out bool bigEndian)
    {
        bigEndian = false;
        if (bytes.Length < 4)
        {
            return 0;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (magic is Microseconds or Nanosecond or Modified)
        {
            return magic;
        }

        bigEndian = true;
        magic = BinaryPrimitives.ReverseEndianness(magic);
        return magic is Microseconds or Nanosecond or Modified ? magic : 0;
    }

    private static uint U32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ushort U16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
