namespace VxlanCsum;

/// <summary>Why a checksum is not simply right. Every value but <see cref="None"/> comes with evidence.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum ChecksumCause : byte
{
    /// <summary>Nothing to explain.</summary>
    None = 0,

    /// <summary>Innocent: the packet was captured before the device completed its checksum.</summary>
    OffloadPending = 1,

    /// <summary>Innocent: the outer checksum (local checksum offload) is right once the inner one is
    /// completed.</summary>
    LcoPending = 2,

    /// <summary>The packet cannot be verified from what was captured.</summary>
    NotVerifiable = 3,

    /// <summary>The covered bytes or the field were changed, and no known mechanism explains how.</summary>
    Corrupted = 4,

    /// <summary>The checksum is right for another address or port: NAT rewrote one and not the other.</summary>
    StaleAfterNat = 5,

    /// <summary>Defect A: NAT "updated" an outer checksum of zero (Linux before 5.7 and its backports).</summary>
    NatZeroChecksum = 6,

    /// <summary>Defect B: NAT treated a complete outer checksum (LCO) as a pseudo-header sum (Linux 4.6 to at least
    /// 6.18).</summary>
    NatLocalChecksum = 7,

    /// <summary>Class C: a card or hypervisor that promised to complete the inner checksum of tunnel packets did not
    /// (vmxnet3, some mlx5 firmware).</summary>
    OffloadForgotten = 8,
}
