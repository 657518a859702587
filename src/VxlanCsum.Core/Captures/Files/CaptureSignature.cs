namespace VxlanCsum.Captures.Files;

/// <summary>What a file is by its first bytes, for those that are no capture we read.</summary>
internal static class CaptureSignature
{
    /// <summary>Bytes that suffice to tell.</summary>
    public const int Length = 16;

    /// <summary>Says what the bytes look like and what to do, or null.</summary>
    public static string? Hint(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.StartsWith("snoop\0\0\0"u8) => Convert("a Solaris snoop file"),
        _ when start.StartsWith("XCP\0"u8) => Convert("a NetXRay or Windows Sniffer file"),
        _ when start.StartsWith("TRSNIFF data"u8) => Convert("a Network General Sniffer file"),
        _ when start.StartsWith("GMBU"u8) || start.StartsWith("RTSS"u8) => Convert("a Microsoft Network Monitor file"),
        _ when start.StartsWith("btsnoop\0"u8) =>
            "it is a Bluetooth HCI log, which holds no IP packets that could be verified",
        _ when IsErf(start) => Convert("an Endace ERF file"),
        _ when start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]) => Unpack("zstd", "zstd -d"),
        _ when start.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) => Unpack("xz", "xz -d"),
        _ when start.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4d, 0x18]) => Unpack("lz4", "lz4 -d"),
        _ when start.StartsWith("BZh"u8) => Unpack("bzip2", "bzip2 -d"),
        _ when start.StartsWith("PK\x03\x04"u8) => Unpack("zip", "unzip"),
        _ when start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) =>
            "it was compressed twice: decompress it once with 'gzip -d'",
        _ when IsText(start) =>
            "it looks like text: for what tcpdump printed use ConvertFrom-TcpdumpText, and 'tcpdump -w' to write a "
            + "capture",
        _ => null,
    };

    private static string Convert(string what) => $"it is {what}: convert it with 'editcap -F pcap IN OUT'";

    private static string Unpack(string what, string command) =>
        $"it is compressed with {what}: decompress it first with '{command}'";

    // ERF has no magic: a record begins with a 64-bit time, a type, flags, and its own length (big-endian) of at least
    // 16.
    private static bool IsErf(ReadOnlySpan<byte> start) =>
        start.Length >= 16 && (start[8] & 0x7f) is 1 or 2 or 5 or 6 or 22 && start[9] <= 0x0f
            && ((start[10] << 8) | start[11]) >= 16
        && start[..8].IndexOfAnyExcept((byte)0) >= 0 && !IsText(start);

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (byte b in start)
        {
            if (b is < 0x20 and not ((byte)'\n' or (byte)'\r' or (byte)'\t' or 0x1b) or 0x7f)
            {
                return false;
            }
        }

        return start.Length > 0;
    }
}
