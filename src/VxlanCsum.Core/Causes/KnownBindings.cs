namespace VxlanCsum.Causes;

/// <summary>What the sender's connection table says of tunnel flows: the source before NAT, by what is on the
/// wire.</summary>
internal sealed class KnownBindings
{
    public static readonly KnownBindings None = new([]);

    private readonly Dictionary<(HostId Source, HostId Destination), Dictionary<ushort, List<KnownOrigin>>> _byPair =
        [];

    /// <param name="bindings">Translated or not; of a table or of events.</param>
    public KnownBindings(IEnumerable<VxlanNatBinding> bindings)
    {
        foreach (VxlanNatBinding binding in bindings)
        {
            Count++;
            (HostId, HostId) pair = (HostId.From(binding.NewAddress), HostId.From(binding.NewDestinationAddress));
            if (!_byPair.TryGetValue(pair, out Dictionary<ushort, List<KnownOrigin>>? ports))
            {
                _byPair[pair] = ports = [];
            }

            if (!ports.TryGetValue(binding.NewPort, out List<KnownOrigin>? origins))
            {
                ports[binding.NewPort] = origins = new(1);
            }

            var origin = new KnownOrigin(HostId.From(binding.OldAddress), binding.OldPort);
            if (!origins.Contains(origin))
            {
                origins.Add(origin);
            }
        }
    }

    /// <summary>How many were given.</summary>
    public int Count { get; }

    /// <summary>Whether any is of this direction.</summary>
    public bool Knows(in DirectionKey direction) => _byPair.ContainsKey((direction.Source, direction.Destination));

    /// <summary>Where the packets with this source port on the wire came from; empty where the table has no such flow.
    /// A port may have served one flow after another.</summary>
    public List<KnownOrigin> Of(in DirectionKey direction, ushort port) =>
        _byPair.TryGetValue((direction.Source, direction.Destination), out Dictionary<ushort, List<KnownOrigin>>? ports)
            && ports.TryGetValue(port, out List<KnownOrigin>? origins) ? origins : [];

    /// <summary>The addresses that the direction's packets had before NAT.</summary>
    public List<HostId> Addresses(DirectionKey direction) =>
        _byPair.TryGetValue((direction.Source, direction.Destination), out Dictionary<ushort, List<KnownOrigin>>? ports)
            ? [.. ports.Values.SelectMany(static o => o).Select(static o => o.Address).Distinct()] : [];
}

/// <summary>The source of a tunnel flow before NAT.</summary>
internal sealed record KnownOrigin(HostId Address, ushort Port);
