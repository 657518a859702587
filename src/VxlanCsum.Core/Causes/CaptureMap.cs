namespace VxlanCsum.Causes;

/// <summary>Who speaks to whom in the analysed captures: where candidates for old addresses and ports come
/// from.</summary>
internal sealed class CaptureMap(List<HostId> nodeAddresses, KnownBindings bindings)
{
    private readonly List<HostId> _addresses = [];
    private readonly HashSet<HostId> _known = [];
    private readonly List<(HostId Address, ushort Port)> _endpoints = [];
    private readonly HashSet<(HostId, ushort)> _knownEndpoints = [];
    private readonly HashSet<HostId> _outerSources = [];

    /// <summary>What the operator says the sending node's addresses are.</summary>
    public List<HostId> NodeAddresses { get; } = nodeAddresses;

    /// <summary>What the sender's connection table says.</summary>
    public KnownBindings Bindings { get; set; } = bindings;

    /// <summary>Every address seen, in order, up to a limit.</summary>
    public List<HostId> Addresses => _addresses;

    /// <summary>Every address and port seen, in order, up to a limit.</summary>
    public List<(HostId Address, ushort Port)> Endpoints => _endpoints;

    /// <summary>Called once a flow.</summary>
    public void Add(in FlowKey flow)
    {
        AddAddress(flow.Source);
        AddAddress(flow.Destination);
        AddEndpoint(flow.Source, flow.SourcePort);
        AddEndpoint(flow.Destination, flow.DestinationPort);
    }

    /// <summary>Called once a tunnel direction.</summary>
    public void AddTunnel(in DirectionKey key)
    {
        AddAddress(key.Source);
        AddAddress(key.Destination);
        _outerSources.Add(key.Source);
    }

    public bool IsTunnelSource(HostId address) => _outerSources.Contains(address);

    private void AddAddress(HostId address)
    {
        if (address.IsAddress && !address.IsGroup && _known.Count < AnalysisBudget.Addresses && _known.Add(address))
        {
            _addresses.Add(address);
        }
    }

    private void AddEndpoint(HostId address, ushort port)
    {
        if (port != 0 && address.IsAddress && _knownEndpoints.Count < AnalysisBudget.Addresses
            && _knownEndpoints.Add((address, port)))
        {
            _endpoints.Add((address, port));
        }
    }
}
