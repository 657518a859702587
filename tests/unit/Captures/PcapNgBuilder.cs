using System.Text;
using VxlanCsum.Netfilter.Nftables;

namespace VxlanCsum.UnitTests.Captures;

/// <summary>A pcapng file in memory.</summary>
internal sealed class PcapNgBuilder(bool bigEndian = false) : CaptureBuilder(bigEndian)
{
    /// <summary>A section header; the byte order holds for what follows.</summary>
    public PcapNgBuilder Section(bool? bigEndian = null, long length = -1, ushort major = 1,
        uint byteOrder = 0x1a2b3c4d, params (ushort Code, byte[] Value)[] options)
    {
        BigEndian = bigEndian ?? BigEndian;
        return Block(0x0a0d0d0a, b =>
        {
            b.U32(byteOrder);
            b.U16(major);
            b.U16(0);
            b.U64((ulong)length);
            b.Options(options);
        });
    }

    public PcapNgBuilder Interface(ushort linkType = 1, uint snapLength = 0, string? name = null,
        byte? resolution = null, long? offset = null, params (ushort Code, byte[] Value)[] more)
    {
        List<(ushort, byte[])> options = [.. more];
        if (name is not null)
        {
            options.Add((2, Encoding.UTF8.GetBytes(name)));
        }

        if (resolution is not null)
        {
            options.Add((9, [resolution.Value]));
        }

        if (offset is not null)
        {
            PcapNgBuilder number = new(BigEndian);
            number.U64((ulong)offset.Value);
            options.Add((14, number.ToArray()));
        }

        return Block(1, b =>
        {
            b.U16(linkType);
            b.U16(0);
            b.U32(snapLength);
            b.Options([.. options]);
        });
    }

    public PcapNgBuilder Enhanced(uint source, ulong ticks, byte[] data, uint? wire = null, uint? captured = null,
        params (ushort Code, byte[] Value)[] options) =>
        Block(6, b =>
        {
            b.U32(source);
            b.Packet(ticks, data, wire, captured, options);
        });

    public PcapNgBuilder Obsolete(ushort source, ulong ticks, byte[] data, uint? wire = null,
        params (ushort Code, byte[] Value)[] options) =>
        Block(2, b =>
        {
            b.U16(source);
            b.U16(0xffff);
            b.Packet(ticks, data, wire, null, options);
        });

    public PcapNgBuilder Simple(byte[] data, uint? wire = null) =>
        Block(3, b =>
        {
            b.U32(wire ?? (uint)data.Length);
            b.Bytes(data);
        });

    /// <summary>Any block: padded, its length at both ends unless they are to lie.</summary>
    public PcapNgBuilder Block(uint type, Action<PcapNgBuilder> body, uint? length = null, uint? again = null)
    {
        PcapNgBuilder inner = new(BigEndian);
        body(inner);
        inner.Pad();
        uint right = (uint)inner.Length + 12;
        U32(type);
        U32(length ?? right);
        Bytes(inner.ToArray());
        U32(again ?? length ?? right);
        return this;
    }

    private void Packet(ulong ticks, byte[] data, uint? wire, uint? captured, (ushort Code, byte[] Value)[] options)
    {
        U32((uint)(ticks >> 32));
        U32((uint)ticks);
        U32(captured ?? (uint)data.Length);
        U32(wire ?? (uint)data.Length);
        Bytes(data);
        Pad();
        Options(options);
    }

    private void Options((ushort Code, byte[] Value)[] options)
    {
        foreach ((ushort code, byte[] value) in options)
        {
            U16(code);
            U16((ushort)value.Length);
            Bytes(value);
            Pad();
        }

        if (options.Length > 0)
        {
            U32(0);
        }
    }

    private void Pad() => Bytes(new byte[-Length & 3]);
}
