using System.Net;
using VxlanCsum.Connections;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Node.Connections;

/// <summary>What NAT does to the tunnels' packets right now, in the calling thread's network namespace.</summary>
internal sealed class NatBindings : IDisposable
{
    private readonly ConnectionTable _table;
    private readonly HashSet<IPAddress> _own;
    private readonly IReadOnlyCollection<ushort> _ports;

    private NatBindings(ConnectionTable table, HashSet<IPAddress> own, IReadOnlyCollection<ushort> ports)
    {
        _table = table;
        _own = own;
        _ports = ports;
    }

    /// <summary>Opens the table of the calling thread's namespace; any thread may read it then.</summary>
    /// <param name="ports">The tunnels' UDP ports; null for those of the namespace's VXLAN devices and the usual
    /// ones.</param>
    /// <exception cref="NodeException">This is not Linux, or the kernel refuses.</exception>
    public static NatBindings Open(IReadOnlyCollection<ushort>? ports = null)
    {
        ConnectionTable table = ConnectionTable.Open();
        try
        {
            (_, IReadOnlyDictionary<IPAddress, int> addresses) = NetworkLinks.ReadWithAddresses();
            return new NatBindings(table, [.. addresses.Keys], ports ?? [.. TunnelLinks.Read()
                .Where(static t => t.Kind is "vxlan" or "geneve").Select(static t => t.Port).OfType<ushort>()
                .Union(TunnelPorts.DefaultVxlan)]);
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>Translated flows of tunnels that begin at this node: empty where no binding is left.</summary>
    /// <exception cref="NodeException">The table cannot be read.</exception>
    public static IReadOnlyList<VxlanNatBinding> Translated(IReadOnlyCollection<ushort>? ports,
        CancellationToken cancellation)
    {
        using NatBindings bindings = Open(ports);
        var found = new List<VxlanNatBinding>();
        bindings.Read(all: false, binding =>
        {
            if (binding.Outgoing == true)
            {
                found.Add(binding);
            }
        }, cancellation);
        return found;
    }

    /// <summary>What a diagnosis wants to know of them.</summary>
    /// <param name="devices">The tunnels.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="NodeException">The table cannot be read.</exception>
    public static TunnelBindings Look(IReadOnlyList<VxlanInterface> devices, CancellationToken cancellation)
    {
        VxlanInterface[] tunnels = [.. devices.Where(static d => d is { Kind: "vxlan", Port: not null })];
        if (tunnels.Length == 0)
        {
            return new TunnelBindings([], 0, 0, 0);
        }

        using NatBindings bindings = Open([.. tunnels.Select(static t => t.Port!.Value).Distinct()]);
        var translated = new List<VxlanNatBinding>();
        int translatedCount = 0, outgoing = 0, masqueraded = 0;
        bindings.Read(all: true, binding =>
        {
            outgoing += binding.Outgoing == true ? 1 : 0;
            if (binding is { Outgoing: true, IsTranslated: true } && ++translatedCount <= TunnelBindings.Most)
            {
                translated.Add(binding);
            }
        }, cancellation);
        foreach (DeviceAddress address in DeviceAddresses.Read()
            .Where(a => a.IsGlobal && Array.Exists(tunnels, t => t.Index == a.Index)))
        {
            bindings._table.ReadAnsweredTo(address.Address, flow => masqueraded += IsMasqueradedService(flow) ? 1 : 0,
                cancellation);
        }

        return new TunnelBindings(translated, translatedCount, outgoing, masqueraded);
    }

    /// <summary>To a service's address, rewritten to a pod's, and from the tunnel's.</summary>
    private static bool IsMasqueradedService(ConnectionMessage flow) => flow.IsFresh
        && !flow.Original.Source.SequenceEqual(flow.Reply.Destination)
        && !flow.Original.Destination.SequenceEqual(flow.Reply.Source);

    /// <summary>Hands over the flows one by one.</summary>
    /// <param name="all">Those that nothing is rewritten of, too.</param>
    /// <param name="handle">Told of each, on the calling thread.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="NodeException">The table cannot be read.</exception>
    public void Read(bool all, Action<VxlanNatBinding> handle, CancellationToken cancellation)
    {
        DateTime now = DateTime.UtcNow;
        _table.Read(_ports, flow =>
        {
            if (all || flow.IsTranslated)
            {
                VxlanNatBinding binding = flow.ToBinding(now);
                handle(binding with { Outgoing = _own.Contains(binding.OldAddress) });
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
