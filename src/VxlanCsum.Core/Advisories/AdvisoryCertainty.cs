namespace VxlanCsum;

/// <summary>How well it is known what a version means. It is about the version, never about the node.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum AdvisoryCertainty : byte
{
    /// <summary>Nothing is known of this version.</summary>
    Unknown = 0,

    /// <summary>Reported, or seen in a relative of it; or the version was given in a form that leaves it
    /// open.</summary>
    Possible,

    /// <summary>Inferred from the change logs or from the versions around it.</summary>
    Likely,

    /// <summary>Read in the sources, or said by those who made it.</summary>
    Certain,
}
