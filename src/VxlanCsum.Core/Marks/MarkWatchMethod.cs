namespace VxlanCsum;

/// <summary>How marked packets become known.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum MarkWatchMethod : byte
{
    /// <summary>By the kernel's log where it logs from the namespace, else by tracing.</summary>
    Auto = 0,

    /// <summary>A rule that logs; the lines are read from /dev/kmsg.</summary>
    Log = 1,

    /// <summary>A rule that has nf_tables trace the packet, as `nft monitor trace` shows it; works in every network
    /// namespace.</summary>
    Trace = 2,
}
