namespace VxlanCsum;

/// <summary>What a rule does to the packet mark.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum MarkOperationKind : byte
{
    /// <summary>Keeps only the bits of the mask: mark &amp; Mask. This is how a bit is cleared.</summary>
    And = 0,

    /// <summary>Sets the bits of the value: mark | Value.</summary>
    Or = 1,

    /// <summary>Flips the bits of the value: mark ^ Value.</summary>
    Xor = 2,

    /// <summary>Replaces the bits of the mask: (mark &amp; ~Mask) ^ Value.</summary>
    Set = 3,
}
