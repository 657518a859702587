namespace VxlanCsum.Causes;

/// <summary>How an outer fault is explained.</summary>
internal enum OuterMechanism
{
    None,

    /// <summary>Defect A: one constant value.</summary>
    Constant,

    /// <summary>Defect B (or, where the inner packet rules it out, a checksum left alone): right for another source port.</summary>
    OtherPort,

    /// <summary>Defect B with the port kept: off by twice the change of address.</summary>
    TwiceAddress,

    /// <summary>Not corrected at all: off by the change of address.</summary>
    OnceAddress,
}

/// <summary>What explains the wrong outer checksums of a direction, and how surely.</summary>
/// <param name="Cause">Corrupted where nothing does.</param>
/// <param name="Mechanism">How.</param>
/// <param name="LogChance">That it is chance, corrected for the hypotheses tried.</param>
internal sealed record OuterVerdict(ChecksumCause Cause, OuterMechanism Mechanism, double LogChance)
{
    public static readonly OuterVerdict None = new(ChecksumCause.Corrupted, OuterMechanism.None, 0);

    /// <summary>The address before NAT; null where it was kept or is unknown.</summary>
    public OriginCandidate? Origin { get; init; }

    /// <summary>The checksums do not say whether the address changed, or from which.</summary>
    public bool OriginUnknown { get; init; }

    /// <summary>The destination was rewritten, not the source.</summary>
    public bool IsDestination { get; init; }

    /// <summary>What to add (mod 65535) to a kept-address port to get the implied one.</summary>
    public int Shift { get; init; }

    /// <summary>Bindings looked at, and those that fit.</summary>
    public int Trials { get; init; }
    public int Hits { get; init; }

    /// <summary>Bindings with two or more distinct packets that imply one port, and those packets.</summary>
    public int AgreeingBindings { get; init; }
    public int AgreeingPackets { get; init; }

    /// <summary>The value (defect A), how many packets carry it, and how many different ones were right for them.</summary>
    public ushort Constant { get; init; }
    public long ConstantPackets { get; init; }
    public int ConstantExpected { get; init; }

    /// <summary>Of <see cref="LogChance"/>, what agreeing packets contribute.</summary>
    public double AgreementLogChance { get; init; }

    /// <summary>The hypothesis tests that the chance is corrected for.</summary>
    public int Hypotheses { get; init; } = 1;

    /// <summary>The same bindings would fit with the address kept.</summary>
    public bool KeptFitsToo { get; init; }

    /// <summary>The constant difference of all bindings; where no candidate explains it.</summary>
    public int Delta { get; init; }
}
