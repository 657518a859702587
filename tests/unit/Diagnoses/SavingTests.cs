using System.Net;
using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Diagnoses.Saving;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.TcpdumpText;
using VxlanCsum.UnitTests.Causes;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Diagnoses;

/// <summary>What is saved judges as what was gathered; anonymised, it judges the same and names nobody.</summary>
public sealed class SavingTests
{
    [Theory]
    [InlineData("g1", "iptables-nft")]
    [InlineData("g2", "ip6tables-legacy")]
    [InlineData("calico-before-g2", "iptables-legacy")]
    public void TheDocumentHoldsAllThatTheJudgeWants(string scenario, string tool)
    {
        NodeEvidence evidence = Rich(scenario, tool);
        EvidenceDocument read = EvidenceJson.Read(EvidenceJson.Write(EvidenceDocument.Of(evidence, [])));
        Same(evidence.Judge(),
            read.ToEvidence(evidence.Facts.Rules, read.Capture?.ToEvidence(), read.Drops?.ToEvidence()).Judge());
    }

    [Theory]
    [InlineData("g1", "iptables-nft")]
    [InlineData("g2", "iptables-legacy")]
    [InlineData("calico-before-g2", "iptables-nft")]
    [InlineData("flannel-before-g2", "iptables-legacy")]
    [InlineData("g1", "ip6tables-nft")]
    public void AnonymisedItJudgesTheSameAndHoldsNoAddress(string scenario, string tool)
    {
        NodeEvidence evidence = Rich(scenario, tool);
        string[] files = scenario.StartsWith("calico", StringComparison.Ordinal)
            ? [$"{scenario}.{tool}-save.txt", $"calico.{tool}-ipset.txt"] : [$"{scenario}.{tool}-save.txt"];
        (byte[] document, string[] texts) = Anonymised.Of(evidence,
            [.. files.Select(static f => File.ReadAllText(TestData.PathOf("rules", f)))]);
        Assert.All([.. texts, Encoding.UTF8.GetString(document)],
            static text => Assert.DoesNotMatch(@"10\.0\.10\.1[04]|10\.24[0-9]\.|10\.96\.|fd00:10::1[04]", text));
        EvidenceDocument read = EvidenceJson.Read(document);
        NetfilterRuleset rules = RuleText.Read(
            texts.Select(
                static t => new RuleText("iptables-save", NetfilterBackend.Unknown, null, Encoding.UTF8.GetBytes(t))));
        NodeDiagnosis expected = evidence.Judge(),
            judged = read.ToEvidence(rules, read.Capture?.ToEvidence(), read.Drops?.ToEvidence()).Judge();
        Assert.Equal((expected.Verdict, expected.Cause), (judged.Verdict, judged.Cause));
        Assert.Equal(expected.Mitigations.Select(static m => m.Kind), judged.Mitigations.Select(static m => m.Kind));
        Assert.Equal(expected.Findings.Select(static f => (f.Id, f.Severity)),
            judged.Findings.Select(static f => (f.Id, f.Severity)));
    }

    [Theory]
    [InlineData("10.0.10.14", "10.0.10.200", 24)]
    [InlineData("10.244.1.5", "10.244.200.9", 16)]
    [InlineData("fd00:10::14", "fd00:10::15", 112)]
    [InlineData("192.168.56.10", "192.168.57.10", 23)]
    public void NetworksStayNetworks(string left, string right, int length)
    {
        var mapping = new AddressAnonymizer(new byte[32]);
        IPAddress first = mapping.Map(IPAddress.Parse(left)), second = mapping.Map(IPAddress.Parse(right));
        Assert.NotEqual(IPAddress.Parse(left), first);
        Assert.NotEqual(first, second);
        Assert.Equal(length, Common(first.GetAddressBytes(), second.GetAddressBytes()) is var common && common >= length
            ? length : common);
        Assert.Equal(Common(IPAddress.Parse(left).GetAddressBytes(), IPAddress.Parse(right).GetAddressBytes()),
            Common(first.GetAddressBytes(), second.GetAddressBytes()));
        Assert.Equal(first, mapping.Map(IPAddress.Parse(left)));
        Assert.True(
            new IPNetwork(IPAddress.Parse(mapping.Map(IPAddress.Parse(Base(left, length)), length).Split('/')[0]),
                length).Contains(first));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[ 1 ]")]
    [InlineData("""{ "format": 1 }""")]
    public void WhatIsNoDocumentIsRefused(string text) =>
    Assert.Throws<FormatException>(() => EvidenceJson.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void ALaterFormIsRefused()
    {
        string text = Encoding.UTF8.GetString(EvidenceJson.Write(EvidenceDocument.Of(Evidence.Recorded("g2"), [])))
            .Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal);
        Assert.Contains("number 2",
            Assert.Throws<FormatException>(() => EvidenceJson.Read(Encoding.UTF8.GetBytes(text))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void WithoutTheirPayloadPacketsAreWeighedTheSame()
    {
        int erased = 0;
        foreach (string name in Captures.Samples.All.Select(static row => row.Data))
        {
            string path = Path.Combine(Captures.Samples.Folder, name);
            var walker = new FrameWalker(new TunnelPorts());
            var eraser = new PayloadEraser(new TunnelPorts());
            CauseAnalyzer whole = new(new CauseOptions()), without = new(new CauseOptions());
            using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
            while (reader.TryRead(out CapturedFrame frame))
            {
                whole.Add(walker.Walk(in frame), in frame);
                CapturedFrame bare = eraser.Erase(in frame);
                erased += new ReadOnlySpan<byte>(frame.Data, frame.CapturedLength).SequenceEqual(
                    new ReadOnlySpan<byte>(bare.Data, bare.CapturedLength)) ? 0 : 1;
                without.Add(walker.Walk(in bare), in bare);
            }

            Assert.Equal(whole.Complete().Select(Describe), without.Complete().Select(Describe));
        }

        Assert.True(erased > 100, $"only {erased} frames had a payload");
    }

    [Fact]
    public unsafe void NothingOfThePayloadIsLeft()
    {
        byte[] frame = new TunnelFrame { Payload = 200 }.Healthy();
        byte[] secret = "Authorization: Bearer hunter2"u8.ToArray();
        secret.CopyTo(frame.AsSpan(frame.Length - 100));
        var source = new CaptureInterface("t", 0, null, LinkType.Ethernet, 0);
        fixed (byte* data = frame)
        {
            CapturedFrame bare = new PayloadEraser(new TunnelPorts()).Erase(
                new CapturedFrame
                {
                    Data = data,
                    CapturedLength = frame.Length,
                    WireLength = (uint)frame.Length,
                    Interface = source,
                    Comment = "secret"
                });
            ReadOnlySpan<byte> left = new(bare.Data, bare.CapturedLength);
            Assert.Equal(-1, left.IndexOf("hunter2"u8));
            Assert.Equal(198, left[^200..].Count((byte)0) is var zeros && zeros >= 198 ? 198 : zeros);
            Assert.Null(bare.Comment);
        }
    }

    private static NodeEvidence Rich(string scenario, string tool) =>
        Evidence.Recorded(scenario, tool).WithCapture(Analysis.OfCapture("udpcsum-on-random.pcap")) with
        {
            KernelDefects = [
            new KernelDefectResult { Defect = ChecksumDefect.B, Present = true, Evidence = ["seen"],
                KernelRelease = "6.1.0" }],
            Probes = [new DnsProbeResult { Server = "10.96.0.10", Port = 53, Name = "a.b", QueryType = "A",
            Symptom = DnsSymptom.ResolverRetry5s, Mechanism = "Lost.",
            Attempts = [new DnsProbeAttempt { Number = 1, Latency = TimeSpan.FromSeconds(5) }] }],
            Failures = [new SourceFailure(DiagnosisSource.Kernel, "10.0.10.14 was not there.")],
        };

    private static void Same(NodeDiagnosis expected, NodeDiagnosis judged)
    {
        Assert.Equal(Text(expected), Text(judged));
        Assert.Equal(expected.Versions with { Drivers = [] }, judged.Versions with { Drivers = [] });
    }

    private static string Text(NodeDiagnosis d) =>
        string.Join('\n', [$"{d} {d.Timestamp:O}", d.Explanation, d.Recommendation, $"{d.OffendingRule}",
        .. d.Findings.Select(static f => $"{f} {f.Source} {string.Join('|', f.Evidence)}"),
        .. d.Mitigations.Select(static m => $"{m} {m.Rank} {m.Reason} {string.Join(';', m.Commands)}"),
        .. d.CaptureResults.Select(Describe), .. d.ProbeResults.Select(static p => $"{p} {p.Slowest}"),
        .. d.Counters.Select(static c => $"{c} {c.Delta}"),
        .. d.Interfaces.Select(static i => $"{i} {i.Local} {i.SourcePortRange}")]);

    private static string Describe(VxlanChecksumResult r) => string.Join('\n',
        [$"{r} {r.Confidence:R} {r.Packets} {r.BadPackets} {r.PendingPackets} {r.Vantage} {r.OuterSnatSuspected}",
            r.Explanation,
            .. r.Evidence.Select(
                static e => $"{e.Kind} {(e.Kind is EvidenceKind.Seed or EvidenceKind.Retransmission ? "" : e.Text)}")]);

    private static string Base(string address, int length)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        for (int i = 0; i < bytes.Length * 8; i++)
        {
            bytes[i / 8] = i < length ? bytes[i / 8] : (byte)(bytes[i / 8] & ~(1 << (7 - (i % 8))));
        }

        return new IPAddress(bytes).ToString();
    }

    private static int Common(byte[] left, byte[] right)
    {
        int bits = 0;
        while (bits < left.Length * 8 && ((left[bits / 8] ^ right[bits / 8]) >> (7 - (bits % 8)) & 1) == 0)
        {
            bits++;
        }

        return bits;
    }
}
