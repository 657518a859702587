namespace VxlanCsum.Captures.Files;

/// <summary>Block types of pcapng (draft-ietf-opsawg-pcapng, section 11.1 and the registry of it).</summary>
internal static class PcapNgBlock
{
    public const uint Section = 0x0a0d0d0a;
    public const uint Interface = 1;
    public const uint Packet = 2;
    public const uint SimplePacket = 3;
    public const uint EnhancedPacket = 6;
    public const uint SystemdJournal = 9;
    public const uint Custom = 0x0bad;
    public const uint CustomNotCopied = 0x40000bad;
    public const uint Sysdig = 0x204;
    public const uint Sysdig2 = 0x216;
    public const uint Sysdig2Large = 0x221;

    /// <summary>Wireshark gives these a frame number of their own, although they hold no packet.</summary>
    public static bool IsNumberedByWireshark(uint type) =>
        type is SystemdJournal or Custom or CustomNotCopied or Sysdig or Sysdig2 or Sysdig2Large;
}
