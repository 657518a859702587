namespace VxlanCsum.Diagnoses;

/// <summary>How one tunnel stands: what the rules do to its packets, and whether the devices make a fault of
/// it.</summary>
/// <param name="Tunnel">The device.</param>
/// <param name="Trace">One family's walk; null where the rules are not known.</param>
internal sealed record TunnelState(VxlanInterface Tunnel, RuleTrace? Trace)
{
    /// <summary>Whether its packets carry an outer checksum; null where that is not known.</summary>
    public bool? OuterChecksum { get; init; }

    /// <summary>Whether inner checksums are left to be completed; null where the features could not be read.</summary>
    public bool? Offload { get; init; }

    /// <summary>Whether the kernel spoils what NAT touches here; null where only its version speaks.</summary>
    public bool? KernelHasDefect { get; init; }

    /// <summary>The tunnel's flows that NAT rewrites right now.</summary>
    public IReadOnlyList<VxlanNatBinding> Translated { get; init; } = [];

    /// <summary>The rules translate the tunnel's packets.</summary>
    public bool IsTranslatedByRules =>
        Trace?.Verdict is TraceVerdict.DoubleSnat or TraceVerdict.DoubleSnatWithRandomPort;

    /// <summary>The tunnel's packets are translated: the rules say so, or the kernel does it.</summary>
    public bool IsTranslated => IsTranslatedByRules || Translated.Count > 0;

    /// <summary>Only flows from before are still translated: no rule is to be changed any more.</summary>
    public bool IsLeftOver => Translated.Count > 0 && Trace is { Verdict: TraceVerdict.Safe, HarmlessSnatRule: null };

    /// <summary>What the walk leaves open is settled by what the kernel does.</summary>
    public bool IsSettled { get; init; }

    /// <summary>The rules translate its packets, but of the flows of this moment none is.</summary>
    public bool IsDoubted => IsTranslatedByRules && IsSettled && Translated.Count == 0;

    /// <summary>Rules, devices and kernel together leave packets no other way.</summary>
    public bool IsFault => Offload == true && KernelHasDefect == true
        && (Translated.Count > 0 || (IsTranslatedByRules && !Trace!.LacksRules));

    /// <summary>Something here can bring the fault about.</summary>
    public bool IsRisk =>
        !IsFault && (IsTranslated || Trace?.HarmlessSnatRule is not null || Trace?.DependsOnOrder == true);

    /// <summary>The defect that NAT meets here.</summary>
    public ChecksumDefect Defect => OuterChecksum == false ? ChecksumDefect.A : ChecksumDefect.B;

    /// <summary>None where it is not known which of the two NAT meets.</summary>
    public ChecksumCause Cause => OuterChecksum is null ? ChecksumCause.None
        : Defect == ChecksumDefect.A ? ChecksumCause.NatZeroChecksum : ChecksumCause.NatLocalChecksum;
}
