namespace VxlanCsum;

/// <summary>Which udp_manip_pkt: the 2020 fix (commit ea64d8d6c675, Linux 5.7) is also in older version numbers by
/// backports.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum NatKernel : byte
{
    /// <summary>Updates a UDP checksum of zero when the packet is CHECKSUM_PARTIAL (defect A).</summary>
    BeforeFix = 0,
    /// <summary>Leaves a UDP checksum of zero alone.</summary>
    AfterFix = 1,
}
