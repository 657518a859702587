namespace VxlanCsum.UnitTests.Captures;

/// <summary>A pcap file in memory.</summary>
internal sealed class PcapBuilder : CaptureBuilder
{
    private readonly bool _modified;

    public PcapBuilder(
        bool bigEndian = false, bool nanoseconds = false, bool modified = false, uint linkType = 1,
        uint snapLength = 262144, ushort major = 2, ushort minor = 4)
        : base(bigEndian)
    {
        _modified = modified;
        U32(modified ? 0xa1b2cd34 : nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
        U16(major);
        U16(minor);
        U32(0);
        U32(0);
        U32(snapLength);
        U32(linkType);
    }

    /// <summary>One record; the two lengths may lie.</summary>
    public PcapBuilder Add(uint seconds, uint subseconds, byte[] data, uint? wire = null, uint? captured = null)
    {
        U32(seconds);
        U32(subseconds);
        U32(captured ?? (uint)data.Length);
        U32(wire ?? (uint)data.Length);
        if (_modified)
        {
            U32(3);
            U16(0x0800);
            U8(0);
            U8(0);
        }

        Bytes(data);
        return this;
    }
}
