using System.Globalization;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Text;

namespace VxlanCsum.Diagnoses;

/// <summary>What the devices and the rules say of the tunnels.</summary>
internal static class TunnelFindings
{
    public static void Add(FindingList findings, NodeEvidence evidence, IReadOnlyList<TunnelState> tunnels)
    {
        NodeFacts facts = evidence.Facts;
        if (tunnels.Count == 0 && evidence.Pieces.Count == 0
            && !evidence.Failures.Any(static f => f.Source == DiagnosisSource.Devices))
        {
            findings.Add("NoTunnel", FindingSeverity.NotLooked, DiagnosisSource.Devices, facts.Tunnels.Count == 0
                ? "Could not look at a tunnel, because no VXLAN device is here: the node has none, the network "
                    + "plugin does not run yet, or the node's network is another namespace (-NetworkNamespace)."
                : $"Could not look at a tunnel, because no VXLAN device is up: "
                    + $"{string.Join(", ", facts.Tunnels.Select(static t => t.Name))}.");
        }

        foreach (TunnelState state in tunnels.DistinctBy(static t => t.Tunnel.Name)
            .Where(t => t.Tunnel.Name != evidence.AssumedTunnel))
        {
            findings.Add("Tunnel", FindingSeverity.Information, DiagnosisSource.Devices, Describe(state));
        }

        bool known = facts.Rules is { } rules && (facts.HasNativeKube
            || rules.Tables.Any(static t => t.Find("KUBE-POSTROUTING") is { Count: > 0 }));
        if (facts.Rules is not null && !known && tunnels.Count > 0)
        {
            findings.Add("NoKubeRules", FindingSeverity.NotLooked, DiagnosisSource.Rules,
                evidence.Pieces.Count > 0 ? "Could not look at kube-proxy's rules, because they are not among those in "
                    + "the ticket." : "Could not look at kube-proxy's rules, because there are none here: this is no "
                    + "Kubernetes node, kube-proxy has not run yet, its rules are in another network namespace, or "
                    + "services are served by eBPF.");
        }

        if (tunnels.FirstOrDefault(static t => t.Trace is null) is { } unwalked
            && !evidence.Failures.Concat(evidence.NotGiven).Any(static f => f.Source == DiagnosisSource.Rules))
        {
            findings.Add("NotWalked", FindingSeverity.NotLooked, DiagnosisSource.Rules,
                $"Could not look at what the rules do to packets of {unwalked.Tunnel.Name}, because nothing is known "
                + $"of how they leave.");
        }

        foreach (SeenOrder order in evidence.BackendOrders)
        {
            findings.Add("BackendOrderSeen", FindingSeverity.Information, DiagnosisSource.Rules, Describe(order));
        }

        foreach (TunnelState state in tunnels.Where(static t => t.Trace is not null))
        {
            AddTrace(findings, state, state.Trace!, known);
        }
    }

    private static void AddTrace(FindingList findings, TunnelState state, RuleTrace trace, bool known)
    {
        string walk = $"{trace.Family} service packets through {state.Tunnel.Name}";
        string[] rule = (trace.OffendingRule ?? trace.HarmlessSnatRule) is { } blamed ? [Name(blamed)] : [];
        string[] evidence = [.. rule, .. trace.SnatRule is { } snat && !snat.Equals(trace.OffendingRule)
            ? [Name(snat)] : Array.Empty<string>()];
        if (state is { IsTranslatedByRules: true, IsFault: true })
        {
            findings.Add("DoubleSnat", FindingSeverity.Fault, DiagnosisSource.Rules,
                $"{walk}: {trace.Explanation} Its inner checksum is still to be completed, and {Checksum(state)}: "
                + $"the receiver drops it.", evidence);
        }
        else if (state.IsTranslatedByRules)
        {
            findings.Add("DoubleSnat", FindingSeverity.Warning, DiagnosisSource.Rules,
                $"{walk}: {trace.Explanation} {Excuse(state)}", evidence);
        }
        else if (trace.DependsOnOrder)
        {
            findings.Add("BackendOrder", FindingSeverity.Warning, DiagnosisSource.Rules,
                $"{walk}: {trace.Explanation} Diagnosed on the node while services are asked, the rules' counters tell "
                + "which order it is.", evidence);
        }
        else if (trace.Verdict == TraceVerdict.Undecided)
        {
            findings.Add("RulesUndecided", state.IsSettled ? FindingSeverity.Information : FindingSeverity.NotLooked,
                DiagnosisSource.Rules, $"{walk}: {trace.Explanation}", trace.Assumptions);
        }
        else if (trace.HarmlessSnatRule is not null)
        {
            findings.Add("SnatKeepsPort", FindingSeverity.Warning, DiagnosisSource.Rules,
                $"{walk}: {trace.Explanation}.".Replace("..", ".", StringComparison.Ordinal), evidence);
        }
        else if (known)
        {
            findings.Add("RulesSafe", FindingSeverity.Good, DiagnosisSource.Rules, $"{walk}: {trace.Explanation}",
                trace.Assumptions);
        }
    }

    private static string Checksum(TunnelState state) => state.Defect == ChecksumDefect.A
        ? "this kernel writes a checksum where the tunnel sends none (defect A)"
        : "this kernel takes its finished outer checksum for a half-made one (defect B)";

    /// <summary>Why the double NAT does not spoil packets here, or why that is not known.</summary>
    private static string Excuse(TunnelState state) => state switch
    {
        { Offload: false } =>
            $"Its checksums stay right only because {state.Tunnel.Name}'s checksum offload is off, which costs "
            + $"throughput and is lost when the device is made anew.",
        { Offload: null } =>
            $"Whether that spoils checksums depends on {state.Tunnel.Name}'s checksum offload, which could not be "
            + $"read.",
        { OuterChecksum: false, KernelHasDefect: false } =>
            "Its checksums stay right because the tunnel sends no outer one and this kernel, as was tried, leaves "
            + "that alone.",
        { OuterChecksum: false } =>
            "The tunnel sends no outer checksum: only a kernel without the correction of defect A spoils that, and "
            + "no version proves it; Test-KernelChecksumDefect does.",
        { KernelHasDefect: false } => "This kernel, as was tried, keeps the outer checksum right all the same.",
        _ => "Whether this kernel spoils the outer checksum is not known; Test-KernelChecksumDefect tries it.",
    };

    private static string Describe(SeenOrder order)
    {
        string first = NetfilterTable.NameOf(order.First), second = NetfilterTable.NameOf(order.Second);
        return string.Create(CultureInfo.InvariantCulture,
            $"The kernel asks {order.Family} nat rules of {first} first, as the counters show: {order.FirstPackets:N0} "
                + $"new ")
            + string.Create(CultureInfo.InvariantCulture,
            $"connections or more came to its POSTROUTING meanwhile, and {order.SecondPackets:N0} at most to that of ")
            + $"{second}, which sees what {first} leaves alone.";
    }

    private static string Describe(TunnelState state)
    {
        VxlanInterface t = state.Tunnel;
        string below = t.UnderlyingDevice is null ? ""
            : $" over {SafeText.Escape(t.UnderlyingDevice)}"
                + $"{(t.UnderlyingDriver is null ? "" : $" ({SafeText.Escape(t.UnderlyingDriver)})")}";
        string outer = state.OuterChecksum switch
        {
            true => "sends outer checksums",
            false => "sends no outer checksums",
            null => "may send outer checksums"
        };
        string offload = state.Offload switch
        {
            true => "leaves inner checksums to be completed later",
            false => "has inner checksums completed first",
            null => "has features that could not be read"
        };
        return string.Create(CultureInfo.InvariantCulture,
            $"{t.Name}: VXLAN {t.Vni} to port {t.Port}{below}; {outer} and {offload}.");
    }

    public static string Name(NetfilterRule rule) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rule.Backend} {rule.Family} {rule.Table} {rule.Chain} rule {rule.Number}: {SafeText.Escape(rule.Text,
            400)}");
}
