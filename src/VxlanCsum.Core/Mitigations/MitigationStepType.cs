namespace VxlanCsum;

/// <summary>What a step of a mitigation changes.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum MitigationStepType : byte
{
    /// <summary>A rule of iptables.</summary>
    Rule = 0,

    /// <summary>Offload features of a device, by the ioctl that ethtool uses.</summary>
    Feature = 1,

    /// <summary>A route.</summary>
    Route = 2,

    /// <summary>Entries of connection tracking that would keep an old binding alive; they make themselves
    /// anew.</summary>
    Flush = 3,

    /// <summary>A setting that another program holds.</summary>
    Setting = 4,

    /// <summary>A file.</summary>
    File = 5,

    /// <summary>A service manager is told of a file.</summary>
    Service = 6,
}
