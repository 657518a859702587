namespace VxlanCsum;

/// <summary>Where a finding comes from.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum DiagnosisSource : byte
{
    /// <summary>The tunnel devices, as Get-VxlanInterface shows them.</summary>
    Devices = 0,

    /// <summary>The offload features, as Get-OffloadFeature shows them.</summary>
    Features,

    /// <summary>The rules and the walk through them, as Trace-KubePostrouting shows it.</summary>
    Rules,

    /// <summary>The kernel's counters, as Get-ChecksumErrorCounter shows them.</summary>
    Counters,

    /// <summary>Versions, as Get-ChecksumAdvisory weighs them.</summary>
    Versions,

    /// <summary>A capture, as Test-VxlanChecksum weighs it.</summary>
    Capture,

    /// <summary>Look-ups through a service address, as Test-KubeServiceDns makes them.</summary>
    Probe,

    /// <summary>The kernel's behaviour, as Test-KernelChecksumDefect finds it out.</summary>
    Kernel,

    /// <summary>The packets that the kernel drops for their checksum, as Watch-ChecksumDrop shows them.</summary>
    Drops,

    /// <summary>The kernel's connection table, as Get-VxlanNatBinding shows it.</summary>
    Connections,

    /// <summary>What was applied here against the fault, as Get-ChecksumMitigation shows it.</summary>
    Mitigations,
}
