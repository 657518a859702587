using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Makes a route through a device and brings the former ones back, as the kernel itself told them.</summary>
internal static class RouteChanges
{
    private const ushort Replace = 0x100, Create = 0x400, Append = 0x800;
    private const byte ByBoot = 3;
    private const uint Metric6 = 1024;
    private const int NoDevice = -1;

    /// <exception cref="NodeException">The device is gone, or the kernel refuses.</exception>
    public static void Apply(RouteChange change)
    {
        NetworkLink link = NetworkLinks.Read().FirstOrDefault(l => l.Name == change.Device)
            ?? throw NetworkLinks.Vanished(change.Device);
        int error = Send(KernelRoutes.NewRoute, Create | Replace,
            KernelRoutes.Through(change.Family, change.Destination, link.Index));
        if (error != 0)
        {
            throw new NodeException(NodeErrorId.CommandFailed,
                Errno.IsPermission(error) ? NodeFailure.Permission : NodeFailure.Failed, change.Device,
                $"The route {change.Destination} dev {change.Device} could not be made: {Errno.Describe(error)}.",
                Errno.IsPermission(error) ? "Run as root." : null);
        }
    }

    /// <summary>The change, with the routes that are there before it.</summary>
    public static RouteChange WithFormer(RouteChange change)
    {
        byte[][] former = [.. KernelRoutes.Read(change.Family, change.Destination).Select(static r => r.Message)];
        HashSet<int> devices = [.. former.SelectMany(KernelRoutes.DevicesOf)];
        return change with
        {
            Former = former,
            Names = NetworkLinks.Read().Where(l => devices.Contains(l.Index))
                .ToDictionary(static l => l.Index, static l => l.Name),
        };
    }

    /// <summary>Whether the way of its network is the one that it made.</summary>
    public static bool IsInEffect(RouteChange change) =>
        NodeRoute.LeadInto(KernelRoutes.Read(change.Family, change.Destination), change.Device);

    public static ReversalResult Revert(RouteChange change)
    {
        string what = $"{change.Destination} dev {change.Device}";
        change = Today(change, NetworkLinks.Read());
        var done = new List<string>();
        var refused = new List<string>();
        IReadOnlyList<NodeRoute> now = KernelRoutes.Read(change.Family, change.Destination);
        foreach (NodeRoute ours in now.Where(r => IsOurs(r, change)))
        {
            int error = Send(KernelRoutes.DeleteRoute, 0, ours.Message);
            (error is 0 or Errno.NoProcess ? done : refused).Add($"route del {what}{Because(error)}");
        }

        now = KernelRoutes.Read(change.Family, change.Destination);
        foreach (byte[] missing in change.Former.Where(f => !now.Any(r => r.Message.AsSpan().SequenceEqual(f))))
        {
            string text = $"route add {change.Destination}, as it was";
            if (KernelRoutes.DevicesOf(missing).Contains(NoDevice))
            {
                refused.Add($"{text}: its device is not there any more "
                    + $"({string.Join(", ", change.Names?.Values.AsEnumerable() ?? [])})");
            }
            else if (now.Any(r => KernelRoutes.KeyOf(r.Message) == KernelRoutes.KeyOf(missing) && !IsFormer(r, change)))
            {
                refused.Add(
                    $"{change.Destination}: the route was changed since "
                    + $"({string.Join("; ", now.Select(static r => r.Text))}) and is left as it is");
            }
            else
            {
                int error = Send(KernelRoutes.NewRoute,
                    HasLaterTwin(change, missing, now) ? Create : (ushort)(Create | Append), missing);
                (error is 0 or Errno.Exists ? done : refused).Add(text + Because(error));
            }
        }

        return Outcome(change, done, refused);
    }

    /// <summary>The change with the numbers that its devices have now: after a reboot the old ones are
    /// others'.</summary>
    private static RouteChange Today(RouteChange change, IReadOnlyList<NetworkLink> links)
    {
        int Number(int then) => change.Names?.GetValueOrDefault(then) is { } name
            ? links.FirstOrDefault(l => l.Name == name)?.Index ?? NoDevice : then;
        return change with { Former = [.. change.Former.Select(f => KernelRoutes.Renumbered(f, Number))] };
    }

    private static ReversalResult Outcome(RouteChange change, List<string> done, List<string> refused)
    {
        IReadOnlyList<NodeRoute> now = KernelRoutes.Read(change.Family, change.Destination);
        bool restored = !now.Any(r => IsOurs(r, change))
            && change.Former.All(f => now.Any(r => r.Message.AsSpan().SequenceEqual(f)));
        string others = string.Join("; ", now.Where(r => !IsFormer(r, change)).Select(static r => r.Text));
        string text = string.Join("; ",
            [.. done, .. refused, .. restored && others.Length > 0 ? [$"others added {others}"] : (string[])[]]);
        return restored ? done.Count > 0 ? new ReversalResult(Reversal.Restored, text)
                : new ReversalResult(Reversal.Gone,
                    text.Length > 0 ? text : $"{change.Destination}: the route is not there any more")
            : new ReversalResult(Reversal.Changed,
                text.Length > 0 ? text : $"{change.Destination}: the former route is not there")
            {
                DidChange = done.Count > 0
            };
    }

    /// <summary>Exactly what <see cref="Apply"/> makes, and not what was there before.</summary>
    private static bool IsOurs(NodeRoute route, RouteChange change) =>
        route.Devices is [var device] && device == change.Device && route.Message[5] == ByBoot
            && !KernelRoutes.HasWay(route.Message)
        && KernelRoutes.KeyOf(route.Message) == ((byte)0, change.Family == NetfilterFamily.IPv6 ? Metric6 : 0u)
        && !IsFormer(route, change);

    private static bool IsFormer(NodeRoute route, RouteChange change) =>
        change.Former.Any(f => route.Message.AsSpan().SequenceEqual(f));

    /// <summary>Of routes with the same key the order counts: one that stood before another goes before it
    /// again.</summary>
    private static bool HasLaterTwin(RouteChange change, byte[] missing, IReadOnlyList<NodeRoute> now) =>
        change.Former.SkipWhile(f => f != missing).Skip(1)
            .Any(f => KernelRoutes.KeyOf(f) == KernelRoutes.KeyOf(missing)
                && now.Any(r => r.Message.AsSpan().SequenceEqual(f)));

    private static int Send(ushort type, ushort flags, byte[] message)
    {
        using var socket = new NetlinkRequests(NetlinkRequests.Route);
        return socket.Send(new NetlinkRequest(type, flags, message));
    }

    private static string Because(int error) =>
        error is 0 or Errno.NoProcess or Errno.Exists ? "" : $": {Errno.Describe(error)}";
}
