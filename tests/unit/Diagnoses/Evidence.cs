using System.Net;
using VxlanCsum.Diagnoses;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Offloads;
using VxlanCsum.UnitTests.Mitigations;
using VxlanCsum.UnitTests.Netfilter;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Diagnoses;

/// <summary>Evidence of a node with one tunnel, to be varied.</summary>
internal static class Evidence
{
    public static NodeEvidence Of(NetfilterRuleset? rules, bool six = false, bool outer = true, bool offload = true,
        string driver = "virtio_net", string device = "flannel.1")
    {
        VxlanInterface tunnel = new(device, "vxlan")
        {
            Vni = 1,
            Port = 8472,
            Local = IPAddress.Parse(six ? "fd00:10::14" : "10.0.10.14"),
            UnderlyingDevice = "eth0",
            UnderlyingDriver = driver,
            UdpChecksum = outer,
            UdpZeroChecksum6Tx = !outer,
            SourcePortRange = new PortRange(32768, 60999),
            Up = true,
        };
        OffloadFeature Feature(string name, bool on) =>
            OffloadTable.Describe(name) with { Active = on, Requested = on, Fixed = false };
        return new NodeEvidence
        {
            NodeName = "node7",
            Timestamp = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            Versions = new NodeVersions { KernelRelease = "6.1.0", KubeProxy = "v1.30.1", Drivers = [driver] },
            Addresses = [tunnel.Local],
            Facts = new NodeFacts
            {
                Tunnels = [tunnel],
                Features = new Dictionary<string, IReadOnlyList<OffloadFeature>>
                {
                    [device] = [Feature("tx-checksum-ip-generic", offload)],
                    ["eth0"] = [Feature("tx-udp_tnl-segmentation", true),
                        Feature("tx-udp_tnl-csum-segmentation", true)],
                },
                Rules = rules,
                Walks = rules is null ? [] : [new TraceRequest
                {
                    Family = six ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
                    TunnelFamily = six ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
                    TunnelDevice = device,
                    TunnelPort = 8472,
                    TunnelSource = tunnel.Local,
                    TunnelPorts = tunnel.SourcePortRange,
                    Uplink = "eth0",
                    KeepsSource = Answer.Yes,
                }],
                HasConntrack = true,
                Iptables = Programs.OfBothEngines,
            },
            Counters = [new ChecksumErrorCounter("Udp", "InCsumErrors", 0) { Delta = 0 }],
        };
    }

    public static NodeEvidence Recorded(string scenario, string tool = "iptables-nft", bool outer = true,
        bool offload = true, string driver = "virtio_net") =>
        Of(Rulesets.Recorded(
            scenario.StartsWith("calico", StringComparison.Ordinal)
                ? [$"{scenario}.{tool}-save.txt", $"calico.{tool}-ipset.txt"] : [$"{scenario}.{tool}-save.txt"]),
                tool.StartsWith("ip6", StringComparison.Ordinal), outer, offload, driver, DeviceOf(scenario));

    /// <summary>The device that the recorded rules speak of.</summary>
    private static string DeviceOf(string scenario) => scenario switch
    {
        _ when scenario.StartsWith("calico", StringComparison.Ordinal) => "vxlan.calico",
        _ when scenario.StartsWith("flannel", StringComparison.Ordinal) => "flannel.1",
        _ => "vx",
    };

    public static NodeEvidence WithCapture(this NodeEvidence evidence, IReadOnlyList<VxlanChecksumResult> results) =>
        evidence with { Capture = new CaptureEvidence(["test.pcap"], results.Sum(static r => r.Packets), results) };

    public static NodeDiagnosis Judge(this NodeEvidence evidence) =>
        DiagnosisJudge.Judge(evidence, TestContext.Current.CancellationToken);
}
