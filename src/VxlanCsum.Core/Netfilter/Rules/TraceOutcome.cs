namespace VxlanCsum;

/// <summary>Whether a rule matched.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum TraceOutcome : byte
{
    /// <summary>Not a rule: a chain begins, a policy decides, something is noted.</summary>
    None = 0,

    /// <summary>The rule matches.</summary>
    Match = 1,

    /// <summary>The rule does not match.</summary>
    NoMatch = 2,

    /// <summary>It cannot be told: both branches are followed.</summary>
    Unknown = 3,
}
