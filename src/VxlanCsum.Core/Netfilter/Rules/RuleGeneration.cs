namespace VxlanCsum;

/// <summary>Which program's, and which age's, way to masquerade service traffic a rule belongs to.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum RuleGeneration : byte
{
    /// <summary>None of the others.</summary>
    Other = 0,

    /// <summary>kube-proxy before 1.16: masquerades what is marked, keeps the mark and the port. Harmless by
    /// luck.</summary>
    G0,

    /// <summary>kube-proxy 1.16.0 to .12, 1.17.0 to .8, 1.18.0 to .5: the same with --random-fully. The
    /// fault.</summary>
    G1,

    /// <summary>kube-proxy 1.16.13, 1.17.9, 1.18.6, 1.19 and later: clears the mark before it masquerades.</summary>
    G2,

    /// <summary>kube-proxy in ipvs mode: hairpin traffic of a pod to itself, by the set KUBE-LOOP-BACK.</summary>
    IpvsHairpin,

    /// <summary>kube-proxy in nftables mode, 1.29 to 1.35: return, clear, masquerade as three rules.</summary>
    NftGen1,

    /// <summary>kube-proxy in nftables mode since about 1.36: the three as one rule.</summary>
    NftGen2,

    /// <summary>flannel's.</summary>
    Flannel,

    /// <summary>Calico's.</summary>
    Calico,
}
