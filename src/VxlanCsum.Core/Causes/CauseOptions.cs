namespace VxlanCsum.Causes;

/// <summary>What the operator knows beyond the capture.</summary>
internal sealed record CauseOptions
{
    /// <summary>Addresses that the sending node has: candidates for the outer source before NAT.</summary>
    public List<HostId> NodeAddresses { get; init; } = [];

    /// <summary>Addresses of the node on which the capture was taken: they settle the vantage.</summary>
    public List<HostId> LocalAddresses { get; init; } = [];

    /// <summary>What the sender's connection table says: the ports before NAT.</summary>
    public KnownBindings Bindings { get; init; } = KnownBindings.None;

    /// <summary>Whether the packets were captured on a tunnel's own device: those without a tunnel then belong into
    /// one.</summary>
    public bool OnTunnelDevice { get; init; }

    /// <summary>Where the sender takes outer source ports from; null for what the tunnel's type suggests.</summary>
    public PortRange? SourcePorts { get; init; }

    /// <summary>Of a live capture that was a sample; null for all others.</summary>
    public CaptureSample? Sample { get; init; }

    /// <summary>The tunnel flows that NAT on this node rewrites; null where nobody looked.</summary>
    public IReadOnlyList<VxlanNatBinding>? Translated { get; init; }

    public PortRange RangeOf(TunnelType tunnel) => SourcePorts ?? PortRange.Of(tunnel);
}
