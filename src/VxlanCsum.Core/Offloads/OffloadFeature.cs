namespace VxlanCsum;

/// <summary>One offload feature of one network interface, as `ethtool -k` shows it.</summary>
/// <remarks>
/// Immutable. The same from the kernel, from `ethtool -k` text and from its JSON; what a source does not say is null.
/// </remarks>
public sealed record OffloadFeature
{
    [System.Text.Json.Serialization.JsonConstructor]
    internal OffloadFeature(string name)
    {
        Name = name;
    }

    /// <summary>The interface's name; null where the text does not say. Control characters are escaped.</summary>
    public string? Interface { get; init; }

    /// <summary>The kernel's name, such as "tx-checksum-ip-generic"; for a group row the group's long name.</summary>
    public string Name { get; init; }

    /// <summary>The long name of the group that ethtool counts it to, such as "tx-checksumming"; null for
    /// none.</summary>
    public string? Group { get; init; }

    /// <summary>The kernel's flag, such as "NETIF_F_HW_CSUM"; null for group rows and features unknown to this
    /// version.</summary>
    public string? Flag { get; init; }

    /// <summary>Whether it is on. A group is on when one of its members is.</summary>
    public bool Active { get; init; }

    /// <summary>Whether it is wanted on; differs from <see cref="Active"/> where the kernel could not follow. Null
    /// where unknown.</summary>
    public bool? Requested { get; init; }

    /// <summary>Whether it cannot be changed on this interface. Null where unknown.</summary>
    public bool? Fixed { get; init; }

    /// <summary>Whether the driver lets it be changed (hw_features). Null where unknown.</summary>
    public bool? Available { get; init; }

    /// <summary>Whether it decides who computes or verifies a checksum.</summary>
    public bool IsChecksum { get; init; }

    /// <summary>Whether this is the summary of a group rather than a feature.</summary>
    public bool IsGroup { get; init; }

    /// <summary>The network namespace as it was given (name, path or process id); null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>As ethtool writes it: "tx-checksum-ip-generic: off [requested on]".</summary>
    public override string ToString() => $"{Name}: {(Active ? "on" : "off")}{Suffix}";

    internal string Suffix => this switch
    {
        { Fixed: true } => " [fixed]",
        { Requested: { } requested } when requested != Active => requested ? " [requested on]" : " [requested off]",
        _ => string.Empty,
    };
}
