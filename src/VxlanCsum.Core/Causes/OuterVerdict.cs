namespace VxlanCsum.Causes;

/// <summary>How an outer fault is explained.</summary>
internal enum OuterMechanism
{
    /// <summary>Each packet by itself.</summary>
    None,

    /// <summary>Damage that always hits one bit.</summary>
    OneBit,

    /// <summary>Defect A: one constant value.</summary>
    Constant,

    /// <summary>Defect B, or a checksum left alone: right for another source port, one a binding.</summary>
    OtherPort,

    /// <summary>Defect B with the port kept: off by twice the change of address.</summary>
    TwiceAddress,

    /// <summary>Not corrected at all: off by the change of address.</summary>
    OnceAddress,
}

/// <summary>One explanation of a direction's wrong outer checksums, with the parameters that fit best.</summary>
/// <param name="Cause">What it comes to.</param>
/// <param name="Mechanism">How.</param>
/// <param name="Weight">Logarithm of: how likely it was before, times how likely it makes what was seen.</param>
internal sealed record OuterVerdict(ChecksumCause Cause, OuterMechanism Mechanism, double Weight)
{
    /// <summary>The address before NAT; null where it was kept or is unknown.</summary>
    public OriginCandidate? Origin { get; init; }

    /// <summary>The address changed, and no candidate explains it.</summary>
    public bool OriginUnknown { get; init; }

    /// <summary>The destination was rewritten, not the source.</summary>
    public bool IsDestination { get; init; }

    /// <summary>What to add (mod 65535) to a kept-address port to get the implied one.</summary>
    public int Shift { get; init; }

    /// <summary>The value on the wire (defect A).</summary>
    public ushort Constant { get; init; }

    /// <summary>The one difference of all bindings, or the bit.</summary>
    public int Delta { get; init; }

    /// <summary>It is the difference to what is right for the bytes as captured, unfinished as they are.</summary>
    public bool IsAsCaptured { get; init; }
}
