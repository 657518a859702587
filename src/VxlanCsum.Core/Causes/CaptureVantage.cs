namespace VxlanCsum;

/// <summary>On which end of a tunnel direction the packets were captured.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum CaptureVantage : byte
{
    /// <summary>The packets do not say.</summary>
    Unknown = 0,

    /// <summary>Where they leave: checksums are still unfinished, or super-packets are not cut up yet.</summary>
    Sender = 1,

    /// <summary>Where they arrive, or on the way: what the capture shows is what the wire carried.</summary>
    Receiver = 2,

    /// <summary>On the tunnel device itself, live: packets before they are encapsulated or after they are unpacked,
    /// without their tunnel.</summary>
    TunnelDevice = 3,
}
