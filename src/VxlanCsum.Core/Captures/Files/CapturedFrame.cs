namespace VxlanCsum.Captures.Files;

/// <summary>One frame, by reference: <see cref="Data"/> is valid until the next read.</summary>
internal unsafe struct CapturedFrame
{
    public byte* Data;
    public int CapturedLength;
    public uint WireLength;

    /// <summary>1-based over the whole file, as Wireshark counts.</summary>
    public long Number;

    /// <summary>Since 1970-01-01 UTC; 0 where the capture has no time (simple packet block of pcapng).</summary>
    public long TimestampNanoseconds;
    public CaptureInterface Interface;

    /// <summary>Where the record begins in the (decompressed) file.</summary>
    public long FileOffset;

    /// <summary>The packet's opt_comment (pcapng), control characters escaped; null in pcap.</summary>
    public string? Comment;
}
