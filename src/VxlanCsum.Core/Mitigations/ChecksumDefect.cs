namespace VxlanCsum;

/// <summary>The defects behind the VXLAN checksum fault.</summary>
[Flags]
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum ChecksumDefect : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>NAT writes a checksum where there was none (zero outer checksum); mended in Linux 5.7
    /// (ea64d8d6c675).</summary>
    A = 1,

    /// <summary>NAT takes a finished outer checksum (local checksum offload) for a seed; in every kernel since
    /// 4.6.</summary>
    B = 2,

    /// <summary>The card or hypervisor forgets the inner checksum of tunnel packets.</summary>
    C = 4,
}
