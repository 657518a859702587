namespace VxlanCsum;

/// <summary>Which of its two walks through the kernel the packet is on.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum TracePass : byte
{
    /// <summary>The service packet, on its way to the tunnel device.</summary>
    Inner = 0,

    /// <summary>The same packet inside the tunnel's UDP packet, on its way to the uplink; it still carries the
    /// mark.</summary>
    Encapsulated = 1,
}
