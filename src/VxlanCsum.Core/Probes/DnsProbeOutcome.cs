namespace VxlanCsum;

/// <summary>How one look-up ended.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum DnsProbeOutcome : byte
{
    /// <summary>The server answered, be it that there is no such name.</summary>
    Answered = 0,

    /// <summary>Nothing came in the time given.</summary>
    NoAnswer = 1,

    /// <summary>The connection was reset or the port called unreachable, this node itself forbade sending (EPERM), or
    /// the
    /// server's answer was REFUSED.</summary>
    Refused = 2,

    /// <summary>What came was no answer to the query, or the system would not send it.</summary>
    Failed = 3,
}
