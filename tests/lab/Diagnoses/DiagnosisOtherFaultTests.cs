using System.Buffers.Binary;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>What is not defect B: the mark of class C, and a tunnel without outer checksums.</summary>
public sealed class DiagnosisOtherFaultTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const int Ethernet = 14, Ip = 20, Udp = 8, RecordHeader = 16, FileHeader = 24;

    /// <summary>What a receiver sees of a card that completes the outer checksum and forgets the inner one.</summary>
    [Fact]
    public void ClassCsMarkNamesTheCardAndItsOffloadGoesOff()
    {
        using KubeLab lab = KubeLab.Create();
        lab.Load("g2.iptables-nft-save.txt", "iptables-nft");
        using var folder = new TemporaryFolder();
        string capture = Path.Combine(folder.Path, "received.pcap");
        File.WriteAllBytes(capture,
            Forgotten(File.ReadAllBytes(Repository.Data("captures", "sender-udpcsum-uplink.pcap"))));
        SessionResult result = engine.Run(
            "param($n, $c, $j) Get-ChecksumDiagnosis -NetworkNamespace $n -Capture $c -CounterSeconds 0 | "
            + "ForEach-Object { $_; $_ | Invoke-ChecksumMitigation -JournalPath $j -Confirm:$false }",
            lab.Node.Name, capture, Path.Combine(folder.Path, "journal.jsonl")).Succeeded();
        NodeDiagnosis diagnosis = (NodeDiagnosis)result.Output[0].BaseObject;
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.OffloadForgotten),
            (diagnosis.Verdict, diagnosis.Cause));
        Assert.Equal([MitigationKind.DisableTunnelSegmentation], diagnosis.Mitigations.Select(static m => m.Kind));
        Assert.Contains("No NAT is to blame", diagnosis.Explanation, StringComparison.Ordinal);
        MitigationReceipt receipt = (MitigationReceipt)result.Output[1].BaseObject;
        Assert.Equal((MitigationKind.DisableTunnelSegmentation, true, true),
            (receipt.Kind, receipt.Changed, receipt.Verified));
        Assert.Contains("tx-udp_tnl-segmentation: off", lab.Node.Run("ethtool", "-k", "eth0"),
            StringComparison.Ordinal);
    }

    /// <summary>On a kernel with the correction of defect A nothing is spoilt; that is found out, not read from a
    /// version.</summary>
    [Fact]
    public void WithoutOuterChecksumsTheDoubleNatIsARiskThatTheKernelIsTriedFor()
    {
        using var lab = new FaultLab("nft");
        lab.Node.Ip("link", "del", "vx");
        lab.Node.Ip("link", "add", "vx", "type", "vxlan", "id", "1", "dstport", "8472", "local", "10.0.10.14", "remote",
            "10.0.10.10", "dev", "up0", "noudpcsum");
        lab.Node.Ip("addr", "add", "10.244.1.0/16", "dev", "vx");
        lab.Node.Ip("link", "set", "vx", "up");
        NodeDiagnosis diagnosis =
            (NodeDiagnosis)engine.Run(
                "param($n) Get-ChecksumDiagnosis -NetworkNamespace $n -TestKernel -CounterSeconds 0",
                lab.Node.Name).OnlyOutput.BaseObject;
        Assert.Equal([ChecksumDefect.A, ChecksumDefect.B], diagnosis.KernelDefects.Select(static k => k.Defect));
        bool has = diagnosis.KernelDefects[0].Present;
        Assert.Equal((has ? DiagnosisVerdict.FaultActive : DiagnosisVerdict.AtRisk, ChecksumCause.NatZeroChecksum),
            (diagnosis.Verdict, diagnosis.Cause));
        Assert.Equal(MitigationKind.UnmarkTunnel, diagnosis.Mitigations[0].Kind);
        FaultTraffic traffic = lab.Ask(connections: 0);
        Assert.Equal(has, traffic.ChecksumErrors > 0);
    }

    /// <summary>The whole packets of a sender's capture, with outer checksums that are right over their unfinished
    /// insides.</summary>
    private static byte[] Forgotten(byte[] capture)
    {
        using var made = new MemoryStream();
        made.Write(capture, 0, FileHeader);
        for (int at = FileHeader; at + RecordHeader <= capture.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(at + 8)),
                wire = BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(at + 12));
            Span<byte> record = capture.AsSpan(at, RecordHeader + length), frame = record[RecordHeader..];
            at += record.Length;
            if (length != wire || length < Ethernet + Ip + Udp || frame[Ethernet + 9] != 17)
            {
                continue;
            }

            Span<byte> address = frame.Slice(Ethernet + 12, 8), segment = frame[(Ethernet + Ip)..];
            segment[6..8].Clear();
            BinaryPrimitives.WriteUInt16BigEndian(segment[6..], (ushort)~Sum(17 + segment.Length, address, segment));
            made.Write(record);
        }

        return made.ToArray();
    }

    private static ushort Sum(int start, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        long sum = start;
        for (int i = 0; i < first.Length + second.Length; i++)
        {
            byte value = i < first.Length ? first[i] : second[i - first.Length];
            sum += (i & 1) == 0 ? value << 8 : value;
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
