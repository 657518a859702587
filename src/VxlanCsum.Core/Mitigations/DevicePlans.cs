using System.Net;

namespace VxlanCsum.Mitigations;

/// <summary>The mitigations that change devices and routes.</summary>
internal static class DevicePlans
{
    public static MitigationPlan TxChecksum(NodeFacts facts) => Features(
        facts, MitigationKind.DisableTxChecksum, facts.Tunnels.Select(static t => t.Name),
        static f => f.Name == "tx-checksum-ip-generic");

    public static MitigationPlan RxTx(NodeFacts facts) => Features(
        facts, MitigationKind.DisableRxTxOffload, facts.Tunnels.Select(static t => t.Name),
        static f => f.Group is "rx-checksumming" or "tx-checksumming");

    public static MitigationPlan TunnelSegmentation(NodeFacts facts)
    {
        MitigationPlan plan = Features(
            facts, MitigationKind.DisableTunnelSegmentation,
            facts.Tunnels.Select(static t => t.UnderlyingDevice).OfType<string>().Distinct(StringComparer.Ordinal),
            static f => f.Name is "tx-udp_tnl-segmentation" or "tx-udp_tnl-csum-segmentation");
        string[] drivers = [.. facts.Tunnels.Select(static t => t.UnderlyingDriver).OfType<string>()
            .Distinct(StringComparer.Ordinal)];
        return plan.Obstacle is not null ? plan : plan with
        {
            Reason = $"{plan.Reason} Helps only where the card is to blame, such as vmxnet3; the driver here is "
                + $"{(drivers.Length == 0 ? "not known" : string.Join(", ", drivers))}.",
        };
    }

    public static MitigationPlan ServiceRoute(NodeFacts facts)
    {
        const MitigationKind Kind = MitigationKind.AddServiceRoute;
        if (facts.Tunnels.FirstOrDefault(static t => t.Up) is not { } tunnel)
        {
            return MitigationPlan.Impossible(Kind,
                facts.Tunnels.Count == 0 ? "there is no VXLAN device here" : "no VXLAN device here is up");
        }

        if (facts.ServiceNetworks.Count == 0)
        {
            return MitigationPlan.Impossible(Kind,
                "the network of the service addresses is not known: give it with -ServiceNetwork (kubectl "
                + "cluster-info dump shows --service-cluster-ip-range)");
        }

        var steps = new List<PlannedStep>();
        var shadowed = new List<string>();
        foreach (string text in facts.ServiceNetworks)
        {
            IPNetwork network = IPNetwork.Parse(text);
            bool six = network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            NetfilterFamily family = six ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;
            IReadOnlyList<NodeRoute> routes = facts.Routes.TryGetValue(family, out IReadOnlyList<NodeRoute>? known)
                ? known : [];
            NodeRoute[] same = [.. routes.Where(r => r.Destination.Equals(network)).OrderBy(static r => r.Metric)];
            bool inEffect = NodeRoute.LeadInto(same, tunnel.Name);
            if (!inEffect)
            {
                shadowed.AddRange(same.Select(static r => r.Text));
                shadowed.AddRange(
                    routes.Where(
                        r => r.Destination.PrefixLength > 0 && r.Destination.PrefixLength < network.PrefixLength
                            && r.Destination.Contains(network.BaseAddress))
                    .Select(static r => r.Text));
            }

            string[] start = six ? ["ip", "-6", "route"] : ["ip", "route"];
            string[] route = [network.ToString(), "dev", tunnel.Name];
            string before = same.Length == 0 ? $"{network}: no route of its own"
                : string.Join("; ", same.Select(static r => r.Text));
            steps.Add(new PlannedStep(
                new MitigationStep
                {
                    Type = MitigationStepType.Route,
                    Description = $"route {network} into {tunnel.Name}",
                    Command = [.. start, same.Length == 0 ? "add" : "replace", .. route],
                    Inverse = [.. start, "del", .. route],
                    Route = new RouteChange(family, network.ToString(), tunnel.Name),
                },
                inEffect, before, string.Join(' ', route)));
        }

        return new MitigationPlan
        {
            Kind = Kind,
            All = steps,
            Reason = MitigationCatalog.Find(Kind).Action,
            Danger = shadowed.Count == 0 ? null
                : $"it goes before the route {string.Join(", ", shadowed.Select(static s => $"'{s}'"))}",
        };
    }

    public static MitigationPlan Felix(NodeFacts facts)
    {
        const MitigationKind Kind = MitigationKind.FelixChecksumOverride;
        const string Name = "ChecksumOffloadBroken";
        if (!facts.Tunnels.Any(
            static t => t.Name.StartsWith("vxlan.calico", StringComparison.Ordinal)
                || t.Name.StartsWith("vxlan-v6.calico", StringComparison.Ordinal)))
        {
            return MitigationPlan.Impossible(Kind, "there is no VXLAN device of Calico here");
        }

        if (facts.Felix is not { } felix)
        {
            return MitigationPlan.Impossible(Kind,
                "kubectl is not here, or may not read felixconfigurations; set "
                + "FELIX_FEATUREDETECTOVERRIDE=ChecksumOffloadBroken=true in calico-node's environment instead");
        }

        string[] others = [
            .. (felix.Override ?? string.Empty).Split(',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(static o => !o.StartsWith(Name + "=", StringComparison.Ordinal))];
        string wanted = string.Join(',', [.. others, Name + "=true"]);
        return new MitigationPlan
        {
            Kind = Kind,
            Reason = MitigationCatalog.Find(Kind).Action,
            All =
            [
                new PlannedStep(
                    new MitigationStep
                    {
                        Type = MitigationStepType.Setting,
                        Description = "tell felix, on all nodes, that checksum offload of tunnels is broken",
                        Command = FelixPatch(felix.Tool, wanted),
                        Inverse = FelixPatch(felix.Tool, felix.Override),
                        Setting = new SettingChange(wanted, felix.Override),
                    },
                    felix.Override?.Split(',').Contains(Name + "=true") ?? false,
                    $"featureDetectOverride: {felix.Override ?? "(none)"}", $"featureDetectOverride: {wanted}"),
            ],
        };
    }

    public static string[] FelixRead(string tool) =>
        [tool, "get", "felixconfiguration", "default", "-o", "jsonpath={.spec.featureDetectOverride}"];

    public static string[] FelixPatch(string tool, string? value) =>
        [tool, "patch", "felixconfiguration", "default", "--type=merge", "-p",
            $"{{\"spec\":{{\"featureDetectOverride\":"
                + $"{(value is null ? "null" : $"\"{System.Text.Json.JsonEncodedText.Encode(value)}\"")}}}}}"];

    private static MitigationPlan Features(NodeFacts facts, MitigationKind kind, IEnumerable<string> devices,
        Func<OffloadFeature, bool> wanted)
    {
        if (facts.Tunnels.Count == 0)
        {
            return MitigationPlan.Impossible(kind, "there is no VXLAN device here");
        }

        var steps = new List<PlannedStep>();
        bool any = false;
        foreach (string device in devices)
        {
            any = true;
            if (!facts.Features.TryGetValue(device, out IReadOnlyList<OffloadFeature>? features))
            {
                continue;
            }

            string[] changeable = [.. features.Where(f => !f.IsGroup && f.Fixed is not true && wanted(f))
                .Select(static f => f.Name)];
            if (changeable.Length == 0)
            {
                continue;
            }

            OffloadFeature[] on = [.. features.Where(f => changeable.Contains(f.Name) && f.Requested is not false)];
            bool inEffect = on.Length == 0;
            string[] changed = inEffect ? changeable : [.. on.Select(static f => f.Name)];
            steps.Add(new PlannedStep(
                new MitigationStep
                {
                    Type = MitigationStepType.Feature,
                    Description = $"{string.Join(", ", changed)} of {device} off",
                    Command = ["ethtool", "-K", device, .. changed.SelectMany(static n => (string[])[n, "off"])],
                    Inverse = ["ethtool", "-K", device, .. changed.SelectMany(static n => (string[])[n, "on"])],
                    Feature = new FeatureChange(device, facts.Indexes.TryGetValue(device, out int index) ? index : 0,
                        changed),
                },
                inEffect, $"{device}: {State(features, changed)}",
                $"{device}: {string.Join(", ", changed.Select(static n => $"{n} off"))}"));
        }

        return steps.Count > 0
            ? new MitigationPlan { Kind = kind, All = steps, Reason = MitigationCatalog.Find(kind).Action }
            : MitigationPlan.Impossible(kind,
                any ? "the device does not let these features be changed"
                    : "the device that tunnel packets leave by is not known");
    }

    private static string State(IEnumerable<OffloadFeature> features, string[] names) =>
        string.Join(", ",
            features.Where(f => names.Contains(f.Name)).Select(static f => $"{f.Name} {(f.Active ? "on" : "off")}"));
}
