namespace VxlanCsum;

/// <summary>A packet's checksum state inside Linux (skb->ip_summed).</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum SkbChecksumState : byte
{
    /// <summary>CHECKSUM_NONE or CHECKSUM_UNNECESSARY: the fields hold finished checksums.</summary>
    None = 0,
    /// <summary>CHECKSUM_PARTIAL: one checksum, from skb->csum_start on, is still to be completed by the
    /// device.</summary>
    Partial = 1,
    /// <summary>CHECKSUM_COMPLETE: received, and the device summed the whole packet into skb->csum.</summary>
    Complete = 2,
}
