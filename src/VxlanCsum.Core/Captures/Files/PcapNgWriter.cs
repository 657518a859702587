using System.Buffers.Binary;
using System.Text;

namespace VxlanCsum.Captures.Files;

/// <summary>Writes a pcapng file: one little-endian section, an interface for each that frames come from, times in
/// nanoseconds.</summary>
internal sealed unsafe class PcapNgWriter : CaptureWriter
{
    private const ushort UserApplication = 4;
    private const int MaxOption = ushort.MaxValue;

    private readonly Dictionary<CaptureInterface, uint> _ids = new(ReferenceEqualityComparer.Instance);

    /// <param name="stream">Written from where it stands.</param>
    /// <param name="leaveOpen">Whether the stream outlives the writer.</param>
    public PcapNgWriter(Stream stream, bool leaveOpen = false)
        : base(stream, leaveOpen)
    {
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x1a2b3c4d);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], -1);
        Block(PcapNgBlock.Section, header, default, Option(UserApplication, "VxlanCsum"u8));
    }

    /// <inheritdoc/>
    /// <remarks>Times before 1970, which the format cannot say so, become 1970.</remarks>
    public override void Write(in CapturedFrame frame)
    {
        uint id = Describe(frame.Interface);
        ulong time = (ulong)Math.Max(frame.TimestampNanoseconds, 0);
        Span<byte> fields = stackalloc byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(fields, id);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[4..], (uint)(time >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(fields[8..], (uint)time);
        BinaryPrimitives.WriteInt32LittleEndian(fields[12..], frame.CapturedLength);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[16..], frame.WireLength);
        Block(
            PcapNgBlock.EnhancedPacket, fields, new ReadOnlySpan<byte>(frame.Data, frame.CapturedLength),
            frame.Comment is null ? default : Option(PcapNgOptions.Comment, Encoding.UTF8.GetBytes(frame.Comment)));
        Count++;
    }

    private uint Describe(CaptureInterface source)
    {
        if (_ids.TryGetValue(source, out uint id))
        {
            return id;
        }

        id = (uint)_ids.Count;
        _ids.Add(source, id);
        Span<byte> fields = stackalloc byte[8];
        fields.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(fields, (ushort)source.LinkType);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[4..], source.SnapLength);
        byte[] name = source.Name is null ? []
            : Option(PcapNgOptions.InterfaceName, Encoding.UTF8.GetBytes(source.Name));
        Block(PcapNgBlock.Interface, fields, default, [.. name, .. Option(PcapNgOptions.TimestampResolution, [9])]);
        return id;
    }

    /// <summary>An option with its padding.</summary>
    private static byte[] Option(ushort code, ReadOnlySpan<byte> value)
    {
        value = value[..Math.Min(value.Length, MaxOption)];
        byte[] option = new byte[4 + ((value.Length + 3) & ~3)];
        BinaryPrimitives.WriteUInt16LittleEndian(option, code);
        BinaryPrimitives.WriteUInt16LittleEndian(option.AsSpan(2), (ushort)value.Length);
        value.CopyTo(option.AsSpan(4));
        return option;
    }

    private void Block(uint type, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> data, ReadOnlySpan<byte> options)
    {
        int padding = -data.Length & 3;
        int end = options.IsEmpty ? 0 : 4;
        int length = 12 + fields.Length + data.Length + padding + options.Length + end;
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(word, type);
        BinaryPrimitives.WriteInt32LittleEndian(word[4..], length);
        Put(word);
        Put(fields);
        Put(data);
        ReadOnlySpan<byte> zeros = [0, 0, 0, 0];
        Put(zeros[..padding]);
        Put(options);
        Put(zeros[..end]);
        Put(word[4..]);
    }
}
