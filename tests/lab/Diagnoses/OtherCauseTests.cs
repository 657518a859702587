using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>A service that does not answer for another reason, on a node whose rules are right: never this fault, and
/// always a next step.</summary>
[Long]
public sealed class OtherCauseTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    /// <summary>A policy, a firewall, a wrong way, a missing pod, losses that a race or a busy pod would make, and a
    /// narrow way.</summary>
    public static TheoryData<string, string> Causes => new()
    {
        { "policy", "The service does not answer" },
        { "port", "The service does not answer" },
        { "fdb", "The service does not answer" },
        { "blackhole", "The service does not answer" },
        { "no endpoints", "The service refuses at once" },
        { "pod down", "The service refuses at once" },
        { "every second UDP", "The service does not answer" },
        { "every second SYN", "The service does not answer" },
        { "mtu", "Large packets are lost on the way" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void It_is_not_this_fault_and_the_reader_is_moved_on(string cause, string said)
    {
        using var lab = new FaultLab("nft");
        MakeRulesRight(lab);
        Stage(lab, cause);
        NodeDiagnosis diagnosis = (NodeDiagnosis)engine.Run(
            "param($n) Get-ChecksumDiagnosis -NetworkNamespace $n -ProbeServer 10.96.0.10 -CounterSeconds 0",
            lab.Node.Name).OnlyOutput.BaseObject;
        Assert.Equal((DiagnosisVerdict.Undecided, ChecksumCause.None), (diagnosis.Verdict, diagnosis.Cause));
        Assert.Empty(diagnosis.Mitigations);
        Assert.Contains(", and it is not this fault: ", diagnosis.Brief.Meaning, StringComparison.Ordinal);
        Assert.StartsWith(said, diagnosis.Brief.Meaning, StringComparison.Ordinal);
        Assert.Contains(diagnosis.Brief.Lines, static l => l.Label == "Next");
        Assert.StartsWith("Next: ", diagnosis.Recommendation, StringComparison.Ordinal);
    }

    /// <summary>The form that kube-proxy writes since 1.18.6: the mark is taken off before the packet is
    /// masqueraded.</summary>
    private static void MakeRulesRight(FaultLab lab)
    {
        void Nat(params string[] arguments) => lab.Node.Run(lab.Iptables, ["-w", "20", "-t", "nat", .. arguments]);

        Nat("-F", "KUBE-POSTROUTING");
        Nat("-A", "KUBE-POSTROUTING", "-m", "mark", "!", "--mark", "0x4000/0x4000", "-j", "RETURN");
        Nat("-A", "KUBE-POSTROUTING", "-j", "MARK", "--xor-mark", "0x4000");
        Nat("-A", "KUBE-POSTROUTING", "-m", "comment", "--comment", "kubernetes service traffic requiring SNAT", "-j",
            "MASQUERADE", "--random-fully");
    }

    [Fact]
    public void Where_large_packets_pass_nothing_is_said_of_them()
    {
        using var lab = new FaultLab("nft");
        MakeRulesRight(lab);
        NodeDiagnosis diagnosis = (NodeDiagnosis)engine.Run(
            "param($n) Get-ChecksumDiagnosis -NetworkNamespace $n -ProbeServer 10.96.0.10 -CounterSeconds 0",
            lab.Node.Name).OnlyOutput.BaseObject;
        Assert.Equal(DiagnosisVerdict.Healthy, diagnosis.Verdict);
        Assert.DoesNotContain(diagnosis.Findings, static f => f.Id is "OtherCause" or "LargePacketsLost");
    }

    private static void Stage(FaultLab lab, string cause)
    {
        void Drop(params string[] what) => lab.Peer.Run(lab.Iptables, ["-w", "20", "-I", "INPUT", .. what, "-j", "DROP"]);
        string[] everySecond = ["-m", "statistic", "--mode", "nth", "--every", "2", "--packet", "0"];

        switch (cause)
        {
            case "policy":
                Drop("-i", "vx", "-p", "udp", "--dport", "5300");
                Drop("-i", "vx", "-p", "tcp", "--dport", "5300");
                break;
            case "port":
                Drop("-i", "up0", "-p", "udp", "--dport", "8472");
                break;
            case "fdb":
                string mac = lab.Peer.Ip("-o", "link", "show", "vx").Split("link/ether ")[1].Split(' ')[0];
                lab.Node.Run("bridge", "fdb", "replace", mac, "dev", "vx", "dst", "10.0.10.77", "self", "static");
                break;
            case "blackhole":
                lab.Node.Ip("route", "add", "blackhole", "10.244.2.0/24");
                break;
            case "no endpoints":
                foreach (string protocol in (string[])["udp", "tcp"])
                {
                    lab.Node.Run(lab.Iptables, "-w", "20", "-t", "nat", "-D", "KUBE-SERVICES", "-d", "10.96.0.10", "-p",
                        protocol, "--dport", "53", "-j", "DNAT", "--to-destination", "10.244.2.1:5300");
                }

                lab.Node.Run(lab.Iptables, "-w", "20", "-A", "OUTPUT", "-d", "10.96.0.10", "-j", "REJECT");
                break;
            case "pod down":
                lab.StopPod();
                break;
            case "mtu":
                // Half way a device takes less than both ends believe, and drops what is larger without a word.
                lab.Peer.Ip("link", "set", "up0", "mtu", "1300");
                break;
            case "every second UDP":
                Drop(["-i", "vx", "-p", "udp", "--dport", "5300", .. everySecond]);
                break;
            default:
                Drop(["-i", "vx", "-p", "tcp", "--dport", "5300", "--syn", .. everySecond]);
                break;
        }
    }
}
