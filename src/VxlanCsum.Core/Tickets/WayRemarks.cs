using System.Net;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Tunnels;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>
/// What routes and forwarding entries say of the way that tunnel packets take. A wrong way loses packets whatever their
/// checksums: that is another fault, and said so. None of it decides on this one.
/// </summary>
/// <param name="ticket">What was read.</param>
internal sealed class WayRemarks(TicketContent ticket)
{
    private const string Blackhole = "RouteRefuses", Loop = "TunnelRoutedIntoItself",
        None = "NoRouteIntoTunnel", Small = "RouteMtuTooSmall", Wrong = "ForwardingWrong", Absent = "ForwardingAbsent",
        Itself = "ForwardingToItself", NotFault = "That is not this fault: what goes there is lost whatever its checksum.";

    /// <summary>The ids that these remarks have.</summary>
    public static readonly string[] Ids = [Blackhole, Loop, None, Small, Wrong, Absent, Itself];

    private readonly TextRoute[] _routes = [.. ticket.Routes.Where(static r => r.IsInMainTable)];

    private readonly RouteTable _table = new([.. ticket.Routes.Where(static r => r.IsInMainTable)]);

    private readonly ILookup<string, ForwardingEntry> _entries = ticket.Forwarding.ToLookup(static e => e.Device);

    private readonly HashSet<IPAddress> _own =
        [.. ticket.Links.SelectMany(static l => l.Addresses), .. ticket.Tunnels.Select(static t => t.Local).OfType<IPAddress>()];

    public static IEnumerable<TicketRemark> Of(TicketContent ticket)
    {
        var way = new WayRemarks(ticket);
        return way.Refusals().Concat(ticket.Tunnels.Where(static t => t.Kind == "vxlan")
            .SelectMany(t => way.Of(t))).DistinctBy(static r => (r.Id, r.Message)).Take(20);
    }

    private IEnumerable<TicketRemark> Of(VxlanInterface tunnel)
    {
        ForwardingEntry[] entries = [.. _entries[tunnel.Name]];
        IPAddress[] ends = [.. entries.Select(static e => e.Destination)
            .Concat(tunnel.Remote is { } remote ? [remote] : Array.Empty<IPAddress>()).Distinct()];
        return Entries(tunnel, entries).Concat(ends.SelectMany(e => Outside(tunnel, e))).Concat(Inside(tunnel));
    }

    /// <summary>Routes that throw away. The network plugin writes some for the node's own pods, which stand beside them
    /// with routes of their own; and the kernel one for a default that is not there.</summary>
    private IEnumerable<TicketRemark> Refusals()
    {
        foreach (TextRoute route in _routes)
        {
            if (route.Refusal is not { } refusal || refusal == "throw" || route.Destination.PrefixLength == 0
                || route.Protocol is "bird" or "80" or "kernel"
                || _table.HasWayInside(route.Destination))
            {
                continue;
            }

            yield return Remark(Blackhole, $"The route {route} "
                + (refusal == "blackhole" ? "throws away what is sent there, and says nothing."
                    : "refuses what is sent there, and tells the sender at once."), NotFault,
                route.Line, "ip route get ADDRESS, of a pod that does not answer; the network plugin's log says who "
                    + "made the route");
        }
    }

    /// <summary>The way of the tunnel's packets to another node.</summary>
    private IEnumerable<TicketRemark> Outside(VxlanInterface tunnel, IPAddress end)
    {
        if (_table.To(end) is not { } route)
        {
            yield break;
        }

        if (route.Device == tunnel.Name)
        {
            yield return Remark(Loop, $"The route to the other node {end} ({route}) leads into {tunnel.Name} itself: "
                + "its packets turn in a circle and are dropped.", NotFault, route.Line, $"ip route get {end}");
        }
        int size = tunnel.Mtu + SizeFindings.Overhead(tunnel);
        if (route.Mtu is { } mtu && tunnel.Mtu > 0 && size > mtu)
        {
            yield return Remark(Small, Phrase.Text($"The way to the other node {end} takes packets of {mtu} bytes, and ")
                + Phrase.Text($"{tunnel.Name} sends up to {size}: large ones are cut in pieces or lost, small ones ")
                + "pass.", "That is not this fault, and no cure of it helps.", route.Line,
                Phrase.Text($"ip link set {tunnel.Name} mtu {mtu - SizeFindings.Overhead(tunnel)} on every node"));
        }
    }

    /// <summary>flannel and Calico route pods' networks into their tunnel, and teach it all stations.</summary>
    private IEnumerable<TicketRemark> Inside(VxlanInterface tunnel)
    {
        bool isWhole = _routes.Any(static r => r.Destination.PrefixLength == 0) && _routes.Any(static r =>
            r.Destination.PrefixLength > 0 && r.Refusal is null) && !ticket.Prompts.Any(static p =>
            p.Command.Contains("route", StringComparison.Ordinal)
                && p.Command.AsSpan().IndexOfAny("|") >= 0);
        if (isWhole && tunnel is { Up: true, Learning: false, CollectMetadata: not true }
            && !_routes.Any(r => r.Device == tunnel.Name))
        {
            yield return Remark(None, Phrase.Text($"Of the {_routes.Length} routes printed none leads into ")
                + $"{tunnel.Name}: pods of other nodes are not reached through it.",
                "That is not this fault, unless services are reached another way.", _routes[0].Line,
                $"ip route show table all dev {tunnel.Name}; kubectl get nodes: are there others?");
        }
    }

    private IEnumerable<TicketRemark> Entries(VxlanInterface tunnel, ForwardingEntry[] entries)
    {
        Dictionary<IPAddress, string> nodes = [];
        foreach (ClusterNode node in ticket.Nodes)
        {
            foreach (IPAddress address in node.Addresses.Where(a => !_own.Contains(a)))
            {
                nodes.TryAdd(address, node.Name);
            }
        }

        // Where no entry is a node's address the tunnels may use others than the nodes are known by.
        bool isComparable = entries.Any(e => nodes.ContainsKey(e.Destination));
        foreach (ForwardingEntry entry in entries)
        {
            string next = $"bridge fdb show dev {tunnel.Name}; ip neigh show dev {tunnel.Name}; the network plugin "
                + "writes both";
            if (_own.Contains(entry.Destination))
            {
                yield return Remark(Itself, $"{tunnel.Name} looks for {entry.Station} at {entry.Destination}, which is "
                    + "this node itself.", NotFault, entry.Line, next);
            }
            else if (tunnel.Remote is { } remote && !entry.IsFlood && !entry.Destination.Equals(remote))
            {
                yield return Remark(Wrong, $"{tunnel.Name} looks for {entry.Station} at {entry.Destination}, and its "
                    + $"other end is {remote}.", NotFault, entry.Line, next);
            }
            else if (isComparable && !nodes.ContainsKey(entry.Destination))
            {
                yield return Remark(Wrong, $"{tunnel.Name} looks for {entry.Station} at {entry.Destination}, which is "
                    + "no node of those in the ticket.", NotFault, entry.Line, next);
            }
        }

        bool isKnown = ticket.Nodes.Any(n => n.Addresses.Any(_own.Contains));
        HashSet<IPAddress> ends = [.. entries.Select(static e => e.Destination)];
        (IPAddress Key, string Value)[] absent = [.. nodes.Where(n => isComparable && isKnown && !ends.Contains(n.Key))
            .Select(static n => (n.Key, n.Value))];
        if (absent is [{ } first, ..] && tunnel is { Remote: null, Group: null, CollectMetadata: not true })
        {
            yield return Remark(Absent, $"{tunnel.Name} has no entry for {first.Value} ({first.Key})"
                + (absent.Length > 1 ? Phrase.Text($" and {absent.Length - 1} more") : "")
                + ": what is for its pods does not leave, unless it is reached without the tunnel.", NotFault,
                entries[0].Line, $"bridge fdb show dev {tunnel.Name}; whether the network plugin's pod runs there");
        }
    }

    private static TicketRemark Remark(string id, string message, string ending, long line, string next) =>
        new(id, $"{message} {ending}")
        {
            Source = DiagnosisSource.Devices,
            Evidence = [Phrase.Text($"line {line}"), "Next: " + next],
        };
}
