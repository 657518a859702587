namespace VxlanCsum.Captures.Files;

/// <summary>What a file is by its first bytes, for those that are no capture we read.</summary>
internal static class CaptureSignature
{
    private static readonly (byte[] Magic, string Hint)[] s_magics =
    [
        ("snoop\0\0\0"u8.ToArray(), Convert("a Solaris snoop file")),
        ("XCP\0"u8.ToArray(), Convert("a NetXRay or Windows Sniffer file")),
        ("TRSNIFF data"u8.ToArray(), Convert("a Network General Sniffer file")),
        ("GMBU"u8.ToArray(), Convert("a Microsoft Network Monitor file")),
        ("RTSS"u8.ToArray(), Convert("a Microsoft Network Monitor file")),
        ("btsnoop\0"u8.ToArray(), "it is a Bluetooth HCI log, which holds no IP packets that could be verified"),
        ([0x28, 0xb5, 0x2f, 0xfd], Unpack("zstd", "zstd -d")),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], Unpack("xz", "xz -d")),
        ([0x04, 0x22, 0x4d, 0x18], Unpack("lz4", "lz4 -d")),
        ("BZh"u8.ToArray(), Unpack("bzip2", "bzip2 -d")),
        ("PK\x03\x04"u8.ToArray(), Unpack("zip", "unzip")),
        ([0x1f, 0x8b], "it was compressed twice: decompress it once with 'gzip -d'"),
    ];

    /// <summary>Bytes that suffice to tell.</summary>
    public const int Length = 16;

    /// <summary>Says what the bytes look like and what to do, or null.</summary>
    public static string? Hint(ReadOnlySpan<byte> start)
    {
        foreach ((byte[] magic, string hint) in s_magics)
        {
            if (start.StartsWith(magic))
            {
                return hint;
            }
        }

        return IsErf(start) ? Convert("an Endace ERF file")
            : IsText(start)
                ? "it looks like text: for what tcpdump printed use ConvertFrom-TcpdumpText, and 'tcpdump -w' to write "
                    + "a capture"
            : null;
    }

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
