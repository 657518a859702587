namespace VxlanCsum.Causes;

/// <summary>Who speaks to whom in the analysed captures: where candidates for old addresses and ports come from.</summary>
internal sealed class CaptureMap(IReadOnlyList<NetAddress> nodeAddresses)
{
    private readonly List<NetAddress> _addresses = [];
    private readonly HashSet<NetAddress> _known = [];
    private readonly List<(NetAddress Address, ushort Port)> _endpoints = [];
    private readonly HashSet<(NetAddress, ushort)> _knownEndpoints = [];
    private readonly HashSet<NetAddress> _outerSources = [];

    /// <summary>What the operator says the sending node's addresses are.</summary>
    public IReadOnlyList<NetAddress> NodeAddresses { get; } = nodeAddresses;

    /// <summary>Every address seen, in order, up to a limit.</summary>
    public IReadOnlyList<NetAddress> Addresses => _addresses;

    /// <summary>Every address and port seen, in order, up to a limit.</summary>
    public IReadOnlyList<(NetAddress Address, ushort Port)> Endpoints => _endpoints;

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

    public bool IsTunnelSource(NetAddress address) => _outerSources.Contains(address);

    private void AddAddress(NetAddress address)
    {
        if (address.IsAddress && !address.IsGroup && _known.Count < AnalysisBudget.Addresses && _known.Add(address))
        {
            _addresses.Add(address);
        }
    }

    private void AddEndpoint(NetAddress address, ushort port)
    {
        if (port != 0 && address.IsAddress && _knownEndpoints.Count < AnalysisBudget.Addresses && _knownEndpoints.Add((address, port)))
        {
            _endpoints.Add((address, port));
        }
    }
}
