using System.Net;
using System.Net.Sockets;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>
/// kube-proxy 1.36 in nftables mode beside flannel: a tunnel without a remote, whose ends stand in its forwarding
/// table, and rules that mark by destination alone.
/// </summary>
public sealed class KubeProxy136Tests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Table = "kube-proxy-1.36.nft.txt";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ItsNodeIsHealthyAndTheKernelTranslatesNoTunnelPacket(bool v6)
    {
        LabNamespace.Require("ip", "bridge", "nft", "conntrack");
        using LabNamespace node = LabNamespace.Create();
        using LabNamespace far = LabNamespace.Create();
        string device = Build(node, far, v6);
        node.Run("nft", "-f", KubeLab.PathOf(Table));
        NodeDiagnosis diagnosis = Diagnose(node, v6);
        Assert.True(diagnosis.Verdict == DiagnosisVerdict.Healthy,
            $"{diagnosis.Explanation}\n{string.Join('\n', diagnosis.Findings)}");
        Assert.Equal(2, diagnosis.Traces.Count);
        Assert.All(diagnosis.Traces, t => Assert.Equal((TraceVerdict.Safe, device), (t.Verdict, t.TunnelInterface)));

        // The kernel's own answer: service packets were masqueraded into the tunnel, and its flows were left alone.
        Ask(node, v6);
        VxlanNatBinding[] flows = [.. engine.Run("param($n) Get-VxlanNatBinding -All -NetworkNamespace $n", node.Name)
            .Values.Cast<VxlanNatBinding>().Where(static b => b.Outgoing == true)];
        Assert.NotEmpty(flows);
        Assert.All(flows, static f => Assert.False(f.IsTranslated, f.ToString()));
        Assert.Contains(Diagnose(node, v6).Findings,
            static f => f is { Id: "NoTranslatedFlow", Severity: FindingSeverity.Good });
    }

    [Fact]
    public void WithTheMarkLeftOnItIsFoundInTheSameTable()
    {
        LabNamespace.Require("ip", "bridge", "nft");
        using LabNamespace node = LabNamespace.Create();
        using LabNamespace far = LabNamespace.Create();
        Build(node, far, v6: false);
        string folder = Directory.CreateTempSubdirectory("vxlancsum-lab-").FullName;
        try
        {
            string file = Path.Combine(folder, "never-cleared.nft");
            File.WriteAllText(file, File.ReadAllText(KubeLab.PathOf(Table))
                .Replace(" meta mark set meta mark ^ 0x00004000 masquerade", " masquerade", StringComparison.Ordinal));
            node.Run("nft", "-f", file);
            NodeDiagnosis diagnosis = Diagnose(node, v6: false);
            Assert.True(diagnosis.Verdict == DiagnosisVerdict.FaultActive, diagnosis.Explanation);
            Assert.Equal(NetfilterBackend.Nftables, diagnosis.OffendingRule?.Backend);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private NodeDiagnosis Diagnose(LabNamespace node, bool v6)
    {
        var diagnosis = (NodeDiagnosis)engine.Run(
            "param($n) Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0", node.Name).OnlyOutput.BaseObject;
        Assert.Contains(diagnosis.Interfaces, t => t.Local?.AddressFamily
            == (v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork) && t.Remote is null);
        return diagnosis;
    }

    /// <summary>As flanneld does it: no remote and no learning; the other node's device and pods are told by an fdb
    /// entry, a neighbour and a route.</summary>
    private static string Build(LabNamespace node, LabNamespace far, bool v6)
    {
        const string Mac = "02:00:00:00:36:02";
        string device = v6 ? "flannel-v6.1" : "flannel.1";
        (string near, string other, string length) = v6 ? ("fd00:10::14", "fd00:10::10", "/64")
            : ("10.0.10.14", "10.0.10.10", "/24");
        (string mine, string its, string pods) = v6 ? ("fd00:244:1::", "fd00:244:2::", "fd00:244:2::/64")
            : ("10.244.1.0", "10.244.2.0", "10.244.2.0/24");
        LabNamespace.Connect(node, "eth0", far, "eth0");
        string[] nodad = v6 ? ["nodad"] : [];
        node.Ip(["addr", "add", near + length, "dev", "eth0", .. nodad]);
        far.Ip(["addr", "add", other + length, "dev", "eth0", .. nodad]);
        node.Ip("link", "add", device, "type", "vxlan", "id", "1", "dstport", "8472", "local", near, "dev", "eth0",
            "nolearning");
        node.Ip(["addr", "add", mine + (v6 ? "/128" : "/32"), "dev", device, .. nodad]);
        node.Ip("link", "set", device, "up");
        node.Run("bridge", "fdb", "append", Mac, "dev", device, "dst", other);
        node.Ip("neigh", "add", its, "lladdr", Mac, "dev", device);
        node.Ip("route", "add", pods, "via", its, "dev", device, "onlink");
        node.Ip("route", "add", v6 ? "fd00:96::/112" : "10.96.0.0/16", "via", other);
        return device;
    }

    private static void Ask(LabNamespace node, bool v6) => node.Inside(() =>
    {
        var service = new IPEndPoint(IPAddress.Parse(v6 ? "fd00:96::a" : "10.96.0.10"), 53);
        for (int i = 0; i < 4; i++)
        {
            using var udp = new Socket(service.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.SendTo(new byte[40 + i], service);
        }

        return true;
    });
}
