using System.Globalization;
using System.Net.Sockets;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Mitigations;

/// <summary>The mitigations that change rules of iptables.</summary>
internal static class RulePlans
{
    private const string NoJump = "nat POSTROUTING: no jump to KUBE-POSTROUTING";
    private static readonly string[] s_untracked = ["PREROUTING", "OUTPUT"];

    public static MitigationPlan Unmark(NodeFacts facts) =>
        OverPorts(facts, MitigationKind.UnmarkTunnel, (family, port, tool) =>
        facts.Mark(family) is { } mark
            ? [Add(facts, MitigationKind.UnmarkTunnel, tool, family, "mangle", "OUTPUT", 0,
                RuleSpec.ToPort(MitigationKind.UnmarkTunnel, port, "MARK", "--set-xmark", $"0x0/{RuleSpec.Mark(mark)}"),
                $"clear the mark {RuleSpec.Mark(mark)} of {family} packets to UDP port {port}")]
            : null, "no rule here marks packets for masquerading (no KUBE-MARK-MASQ)", flush: true);

    public static MitigationPlan NoTrack(NodeFacts facts) =>
        OverPorts(facts, MitigationKind.NoTrackTunnel, (family, port, tool) =>
        [.. s_untracked.Select(chain => Add(facts, MitigationKind.NoTrackTunnel, tool, family, "raw", chain, 0,
            RuleSpec.ToPort(MitigationKind.NoTrackTunnel, port, "NOTRACK"),
            $"do not track {(chain == "OUTPUT" ? "sent" : "received")} {family} packets to UDP port {port}"))], null,
            flush: true);

    public static MitigationPlan AcceptPort(NodeFacts facts) => facts.HasNativeKube
        ? MitigationPlan.Impossible(MitigationKind.AcceptTunnelPort,
            "kube-proxy masquerades in nftables tables of its own, which an ACCEPT in iptables' nat table does not "
            + "keep from it")
        : OverKube(facts, MitigationKind.AcceptTunnelPort, (family, port, tool) => Add(
            facts, MitigationKind.AcceptTunnelPort, tool, family, "nat", "POSTROUTING", 1,
            RuleSpec.ToPort(MitigationKind.AcceptTunnelPort, port, "ACCEPT"),
            $"accept {family} packets to UDP port {port} before the nat rules"), flush: true);

    public static MitigationPlan Prepend(NodeFacts facts) => facts.HasNativeKube
        ? MitigationPlan.Impossible(MitigationKind.PrependMasquerade,
            "kube-proxy masquerades in nftables tables of its own: there is no KUBE-POSTROUTING to put a rule into")
        : OverKube(facts, MitigationKind.PrependMasquerade, (family, _, tool) =>
        {
            string mark = RuleSpec.Mark(facts.Mark(family) ?? MasqueradeMark.Default);
            return Add(facts, MitigationKind.PrependMasquerade, tool, family, "nat", "KUBE-POSTROUTING", 1,
                ["-m", "comment", "--comment", RuleSpec.Comment(MitigationKind.PrependMasquerade), "-m", "mark",
                    "--mark", $"{mark}/{mark}", "-j", "MASQUERADE"],
                $"masquerade {family} packets marked {mark} without --random-fully first");
        }, flush: true, perPort: false);

    public static MitigationPlan AcceptInterface(NodeFacts facts)
    {
        const MitigationKind Kind = MitigationKind.AcceptOnInterface;
        if (facts.HasNativeKube)
        {
            return MitigationPlan.Impossible(Kind,
                "kube-proxy masquerades in nftables tables of its own, which an ACCEPT in iptables' nat table does "
                + "not keep from it");
        }

        string[] uplinks = [.. facts.Tunnels.Select(static t => t.UnderlyingDevice).OfType<string>()
            .Distinct(StringComparer.Ordinal)];
        if (uplinks.Length == 0 && facts.Tunnels.Count > 0)
        {
            return MitigationPlan.Impossible(Kind, "the device that tunnel packets leave by is not known");
        }

        MitigationPlan plan = OverKube(facts, Kind, (family, index, tool) => Add(
            facts, Kind, tool, family, "nat", "POSTROUTING", 1,
            ["-o", uplinks[index], "-m", "comment", "--comment", RuleSpec.Comment(Kind), "-j", "ACCEPT"],
            $"accept all {family} packets that leave by {uplinks[index]} before the nat rules"), flush: true,
            perPort: false, count: uplinks.Length);
        return plan with
        {
            Danger = $"nothing that leaves by {string.Join(", ", uplinks)} is masqueraded any more: pods behind a "
                + $"pod network that is not routed outside lose their way out"
        };
    }

    public static MitigationPlan RemoveJump(NodeFacts facts)
    {
        const MitigationKind Kind = MitigationKind.RemovePostroutingJump;
        if (Common(facts, Kind) is { } obstacle)
        {
            return obstacle;
        }

        var steps = new List<PlannedStep>();
        var withoutJump = new List<PlannedStep>();
        foreach (NetfilterFamily family in Families(facts))
        {
            foreach (NetfilterBackend backend in facts.KubeBackends(family))
            {
                if (!facts.Iptables.TryGetValue((backend, family), out string? tool))
                {
                    return MitigationPlan.Impossible(Kind,
                        $"KUBE-POSTROUTING is in {backend} {family}, and its program is not there");
                }

                // From the last to the first, so that the numbers stay right, for taking out and for putting back.
                NetfilterRule[] jumps = [
                    .. facts.Chain(backend, family, "nat",
                        "POSTROUTING")?.Rules.Where(static r => r.Target == "KUBE-POSTROUTING").Reverse() ?? []];
                steps.AddRange(jumps.Select(j => Remove(facts, tool, j, RuleSpec.Words(j), j.Number)));
                if (jumps.Length == 0)
                {
                    withoutJump.Add(new PlannedStep(
                        new MitigationStep
                        {
                            Description = "nothing to remove",
                            Command = [tool, "-t", "nat", "-D", "POSTROUTING", "-j", "KUBE-POSTROUTING"]
                        },
                        true, NoJump, NoJump));
                }
            }
        }

        return steps.Count + withoutJump.Count == 0
            ? MitigationPlan.Impossible(Kind, "iptables has no chain KUBE-POSTROUTING here")
            : new MitigationPlan
            {
                Kind = Kind,
                All = [.. steps.Count > 0 ? steps : withoutJump, .. Flushes(facts)],
                Reason = "kube-proxy puts the jump back at its next change, or after an hour." + WithoutConntrack(facts),
                Danger = "nothing masquerades service traffic any more: NodePort, hairpin and external traffic to "
                    + "pods of other nodes breaks, until kube-proxy puts the jump back",
            };
    }

    private static PlannedStep Remove(NodeFacts facts, string tool, NetfilterRule jump, string[] words, int number) =>
        new(
        new MitigationStep
        {
            Type = MitigationStepType.Rule,
            Description = $"remove the jump to KUBE-POSTROUTING from {jump.Family} nat POSTROUTING",
            Command = [tool, .. Wait(facts), "-t", "nat", "-D", "POSTROUTING", .. words],
            Inverse = [tool, .. Wait(facts), "-t", "nat", "-I", "POSTROUTING",
                number.ToString(CultureInfo.InvariantCulture), .. words],
            Rule = new RuleChange(jump.Backend, jump.Family, "nat", "POSTROUTING", number, words, Removes: true),
        },
        false, $"nat POSTROUTING: {CommandText.Join(words)}", NoJump);

    /// <summary>The families of the packets that carry the tunnels.</summary>
    public static IReadOnlyList<NetfilterFamily> Families(NodeFacts facts) =>
        [.. facts.Tunnels.SelectMany(FamiliesOf).Distinct().Order()];

    private static IEnumerable<NetfilterFamily> FamiliesOf(VxlanInterface tunnel)
    {
        AddressFamily? family = (tunnel.Local ?? tunnel.Remote ?? tunnel.Group)?.AddressFamily;
        return family switch
        {
            AddressFamily.InterNetworkV6 => [NetfilterFamily.IPv6],
            AddressFamily.InterNetwork => [NetfilterFamily.IPv4],
            _ when tunnel.CollectMetadata is true => [NetfilterFamily.IPv4, NetfilterFamily.IPv6],
            _ => [NetfilterFamily.IPv4],
        };
    }

    private static MitigationPlan OverPorts(
        NodeFacts facts, MitigationKind kind,
        Func<NetfilterFamily, int, (NetfilterBackend, string), IReadOnlyList<PlannedStep>?> steps, string? nothing,
        bool flush = false)
    {
        if (Common(facts, kind) is { } obstacle)
        {
            return obstacle;
        }

        var all = new List<PlannedStep>();
        foreach (NetfilterFamily family in Families(facts))
        {
            if (facts.ToolFor(family) is not { } tool)
            {
                return MitigationPlan.Impossible(kind,
                    $"there is no {(family == NetfilterFamily.IPv6 ? "ip6tables" : "iptables")} program here: "
                    + $"install the package iptables");
            }

            foreach (int port in Ports(facts, family))
            {
                if (steps(family, port, tool) is not { } some)
                {
                    return MitigationPlan.Impossible(kind, nothing ?? "nothing to do");
                }

                all.AddRange(some);
            }
        }

        return Done(facts, kind, all, flush);
    }

    private static MitigationPlan OverKube(
        NodeFacts facts, MitigationKind kind, Func<NetfilterFamily, int, (NetfilterBackend, string), PlannedStep> step,
        bool flush, bool perPort = true, int count = 1)
    {
        if (Common(facts, kind) is { } obstacle)
        {
            return obstacle;
        }

        var all = new List<PlannedStep>();
        foreach (NetfilterFamily family in Families(facts))
        {
            foreach (NetfilterBackend backend in facts.KubeBackends(family))
            {
                if (!facts.Iptables.TryGetValue((backend, family), out string? tool))
                {
                    return MitigationPlan.Impossible(kind,
                        $"KUBE-POSTROUTING is in {backend} {family}, and its program is not there");
                }

                all.AddRange(
                    (perPort ? Ports(facts, family)
                        : Enumerable.Range(0, count)).Select(i => step(family, i, (backend, tool))));
            }
        }

        return all.Count == 0
            ? MitigationPlan.Impossible(kind, "iptables has no chain KUBE-POSTROUTING for the tunnel's packets")
            : Done(facts, kind, all, flush);
    }

    private static MitigationPlan Done(NodeFacts facts, MitigationKind kind, List<PlannedStep> all, bool flush)
    {
        string reason = MitigationCatalog.Find(kind).Action;
        if (flush)
        {
            all.AddRange(Flushes(facts));
        }

        return new MitigationPlan { Kind = kind, All = all, Reason = flush ? reason + WithoutConntrack(facts) : reason };
    }

    private static string WithoutConntrack(NodeFacts facts) => facts.HasConntrack ? ""
        : " conntrack is not installed: bindings made before stay until they were idle for 30 to 120 s.";

    private static MitigationPlan? Common(NodeFacts facts, MitigationKind kind) =>
        facts.Tunnels.Count == 0 ? MitigationPlan.Impossible(kind, "there is no VXLAN device here")
        : facts.Rules is null ? MitigationPlan.Impossible(kind, facts.RulesProblem ?? "the rules could not be read")
        : null;

    private static IEnumerable<int> Ports(NodeFacts facts, NetfilterFamily family) =>
        facts.Tunnels.Where(t => t.Port is > 0 && FamiliesOf(t).Contains(family)).Select(static t => (int)t.Port!)
            .Distinct().Order();

    private static PlannedStep Add(
        NodeFacts facts, MitigationKind kind, (NetfilterBackend Backend, string Tool) tool, NetfilterFamily family,
        string table, string chain, int position, string[] words, string what)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{table} {chain}");
        NetfilterRule? present =
            facts.Rules!.Tables.Where(
                t => t.Family == family && t.Name == table && (t.Backend == tool.Backend || table != "nat"))
            .Select(t => t.Find(chain)).OfType<NetfilterChain>().SelectMany(static c => c.Rules)
            .FirstOrDefault(r => r.Owner.Table.Backend != NetfilterBackend.Nftables
                && RuleSpec.SameEffect(RuleSpec.Words(r), words));

        // A rule that must be first helps only in front of what it forestalls.
        bool inEffect = present is not null
            && (position == 0
                || present.Owner.Take(present.Number - 1).All(r => IsOurs(r) || RuleSpec.Words(r).Contains("RETURN")));
        string[] start = [tool.Tool, .. Wait(facts), "-t", table];
        return new PlannedStep(
            new MitigationStep
            {
                Type = MitigationStepType.Rule,
                Description = what,
                Command = [.. start, .. position == 0 ? (string[])["-A", chain]
                    : ["-I", chain, position.ToString(CultureInfo.InvariantCulture)], .. words],
                Inverse = [.. start, "-D", chain, .. words],
                Rule = new RuleChange(tool.Backend, family, table, chain, position, words, Removes: false),
            },
            inEffect, present is null ? $"{place}: no such rule"
                : $"{place}: rule {present.Number}{(inEffect ? "" : ", behind others")}",
                $"{place}: {CommandText.Join(words)}")
        {
            IsDisplaced = present is not null && !inEffect,
        };
    }

    private static bool IsOurs(NetfilterRule rule) =>
        rule.Comment?.StartsWith("vxlancsum:", StringComparison.Ordinal) ?? false;

    private static string[] Wait(NodeFacts facts) => ["-w", facts.LockSeconds.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Bindings that were made before, one step a family and port; none where conntrack is missing.</summary>
    private static IEnumerable<PlannedStep> Flushes(NodeFacts facts) => !facts.HasConntrack ? []
        : Families(facts).SelectMany(family => Ports(facts, family).Select(port => Flush(family, port)));

    private static PlannedStep Flush(NetfilterFamily family, int port) => new(
        new MitigationStep
        {
            Type = MitigationStepType.Flush,
            Description = $"forget the {family} bindings of tunnel packets",
            Command = ["conntrack", "-D", "-f", family == NetfilterFamily.IPv6 ? "ipv6" : "ipv4", "-p", "udp",
                "--dport", port.ToString(CultureInfo.InvariantCulture)],
            Binding = new BindingChange(family, (ushort)port),
        },
        true, "connection tracking may hold old bindings", "old bindings are gone");
}
