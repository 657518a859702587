using System.Buffers.Binary;
using System.Net;
using VxlanCsum.Causes;
using VxlanCsum.Clusters;
using VxlanCsum.UnitTests.Captures;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>The recordings of tests/data, with every number worked out again by hand (that is: by this file's own
/// arithmetic).</summary>
public sealed class CaptureCauseTests
{
    [Fact]
    public void KeptAddressGivesAnImpliedPortForEachBadPacket()
    {
        VxlanChecksumResult result = Analysis.OfCapture("udpcsum-on-random.pcap").Direction("10.0.10.14");
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Equal((14, 7), (result.Packets, result.BadPackets));
        // 22208 + 0x6606 - 0xf539 = 22208 + 26118 - 62777 = -14451 = 51084 (mod 65535), and so on.
        int[] ports = [51084, 37696, 47728, 41695, 33767, 58084, 43315];
        Assert.Equal(ports, result.ImpliedOriginalPort);
        Assert.Equal(ports, Ports(result));
        Assert.Equal([12, 13, 15, 16, 17, 18, 19], Frames(result));
        Assert.Null(result.ImpliedOriginalAddress);
        Assert.InRange(result.Confidence, 0.97, 1);
        Assert.True(result.OuterSnatSuspected);
        Assert.Equal([4096], result.Vnis);
        Assert.Contains("kernel upgrade doesn't cure this", result.Recommendation, StringComparison.Ordinal);
        // The SYN's retransmissions left from new ports and were spoilt as well: no mark was needed.
        Assert.DoesNotContain("UnmarkTunnel", result.Mitigations);
    }

    [Fact]
    public void EveryImpliedPortIsWhatTheBytesOfTheFileSay()
    {
        foreach ((string file, string source, int shift) in (ReadOnlySpan<(string, string, int)>)[
            ("udpcsum-on-random.pcap", "10.0.10.14", 0), ("kube-old-random.pcap", "10.0.10.14", 0),
            ("b-stream.pcap", "10.0.10.14", 0),
            // fold(10.0.10.77) - fold(10.0.10.14) = 63, and twice that.
            ("udpcsum-on-addr.pcap", "10.0.10.77", 126), ("b-addr-port-kept.pcap", "10.0.10.77", 126),
            ("b-ipv6.pcap", "fd00::14", 0), ("b-ipv6-addr.pcap", "fd00::77", 2 * (0x77 - 0x14))])
        {
            VxlanChecksumResult result = Analysis.OfCapture(file).Direction(source);
            Dictionary<long, (int Port, int Found, int Right)> bytes = OuterHeaders(file);
            ChecksumEvidence[] packets = [.. result.Evidence.Where(e => e.Kind == EvidenceKind.ImpliedPort)];
            Assert.Equal(result.BadPackets, packets.Length);
            foreach (ChecksumEvidence packet in packets)
            {
                (int port, int found, int right) = bytes[packet.FrameNumber!.Value];
                Assert.Equal((port, found, right), (packet.SourcePort, packet.Found, packet.Expected));
                Assert.Equal((port + right - found + shift + 65535) % 65535, packet.ImpliedPort);
                Assert.Contains($"{packet.ImpliedPort}", packet.Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void ChangedAddressIsNamedFromTheCaptureItself()
    {
        VxlanChecksumResult result = Analysis.OfCapture("udpcsum-on-addr.pcap").Direction("10.0.10.77");
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Equal(IPAddress.Parse("10.0.10.14"), result.ImpliedOriginalAddress);
        // 43444 + 0x4f2d - 0x10e5 + 2 * 63 = 59514.
        Assert.Equal([59514, 41688, 37738, 43954, 46807, 38534, 47986], result.ImpliedOriginalPort);
        Assert.InRange(result.Confidence, 0.97, 1);
        Assert.Contains(result.Evidence,
            e => e.Kind == EvidenceKind.ImpliedAddress
                && e.Text.Contains("10.0.10.10 sends its tunnel packets there", StringComparison.Ordinal));
        Assert.StartsWith("On 10.0.10.14", result.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void ChangedAddressWithThePortKeptIsExact()
    {
        VxlanChecksumResult result = Analysis.OfCapture("b-addr-port-kept.pcap").Direction("10.0.10.77");
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Equal(IPAddress.Parse("10.0.10.14"), result.ImpliedOriginalAddress);
        Assert.All(result.Evidence.Where(e => e.Kind == EvidenceKind.ImpliedPort),
            e => Assert.Equal(e.SourcePort, e.ImpliedPort));
        Assert.InRange(result.Confidence, 0.9999, 1);
    }

    [Fact]
    public void DistinctPacketsOfOneBindingAgreeAndRepetitionsDoNotCount()
    {
        VxlanChecksumResult result = Analysis.OfCapture("b-stream.pcap").Direction("10.0.10.14");
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Equal([51456], result.ImpliedOriginalPort);
        Assert.Equal([51456, 51456, 51456, 51456, 51456], Ports(result));
        Assert.InRange(result.Confidence, 0.97, 1);
        Assert.Single(result.Evidence,
            e => e.Text.Contains("identical to an earlier packet", StringComparison.Ordinal));
    }

    [Fact]
    public void HealedRetransmissionsAreCountedWithTheirDelay()
    {
        VxlanChecksumResult result = Analysis.OfCapture("kube-old-random.pcap").Direction("10.0.10.14");
        Assert.Equal(ChecksumCause.NatLocalChecksum, result.Cause);
        Assert.Equal((28, 3, 3, 3), (result.Packets, result.BadPackets, result.BrokenFlows, result.HealedFlows));
        Assert.Equal([33391, 54648, 43988], result.ImpliedOriginalPort);
        // Three single packets: likely, and no more.
        Assert.InRange(result.Confidence, 0.9, 0.99);
        Assert.Contains("after 1.0 s", result.Explanation, StringComparison.Ordinal);
        Assert.Equal(["UnmarkTunnel", "NoTrackTunnel", "AcceptTunnelPort", "DisableTxChecksum"], result.Mitigations);
        Assert.Contains("--dport 8472", result.Recommendation, StringComparison.Ordinal);
        Assert.Equal(ChecksumCause.None, Analysis.OfCapture("kube-old-random.pcap").Direction("10.0.10.10").Cause);
    }

    [Theory]
    [InlineData("udpcsum-on-none.pcap")]
    [InlineData("kube-fix-mangle-unmark.pcap")]
    public void HealthyCapturesHaveNoCause(string name)
    {
        foreach (VxlanChecksumResult result in Analysis.OfCapture(name))
        {
            Assert.Equal((ChecksumCause.None, 0, false), (result.Cause, result.BadPackets, result.OuterSnatSuspected));
            Assert.False(result.IsFault);
            Assert.Empty(result.ImpliedOriginalPort);
        }
    }

    [Theory]
    [InlineData("sender-udpcsum-uplink.pcap", ChecksumCause.LcoPending)]
    [InlineData("sender-udpcsum-vxlan-dev.pcap", ChecksumCause.OffloadPending)]
    public void SendersCapturesAreUnfinishedNotWrong(string name, ChecksumCause cause)
    {
        IReadOnlyList<VxlanChecksumResult> results = Analysis.OfCapture(name);
        Assert.Equal(2, results.Count);
        Assert.All(results, r => Assert.Equal((cause, CaptureVantage.Sender, 0), (r.Cause, r.Vantage, r.BadPackets)));
        Assert.All(results, r => Assert.DoesNotContain("WARNING", r.Explanation, StringComparison.Ordinal));
        Assert.Contains(results, r => r.Evidence.Any(e => e.Kind == EvidenceKind.SuperPacket));
    }

    [Theory]
    [InlineData("b-sender.pcap", "10.0.10.14", null)]
    [InlineData("b-sender-addr.pcap", "10.0.10.77", "10.0.10.14")]
    public void DefectBIsSeenAtTheSenderThroughTheInnerSeed(string name, string source, string? original)
    {
        VxlanChecksumResult result = Analysis.OfCapture(name).Direction(source);
        Assert.Equal((ChecksumCause.NatLocalChecksum, CaptureVantage.Sender), (result.Cause, result.Vantage));
        Assert.Equal(original is null ? null : IPAddress.Parse(original), result.ImpliedOriginalAddress);
        Assert.All(result.ImpliedOriginalPort, p => Assert.InRange(p, 32768, 60999));
        Assert.InRange(result.Confidence, 0.95, 1);
        // Two datagrams to one port and one inner length have one right outer checksum: the reply's (not translated)
        // tells it without any NAT arithmetic. Frame 13 of b-sender answers frame 12 from port 53007.
        if (original is null)
        {
            Assert.Equal(53007, result.Evidence.First(e => e.FrameNumber == 12).ImpliedPort);
        }
    }

    [Theory]
    [InlineData("b-ipv6.pcap", "fd00::14", null)]
    [InlineData("b-ipv6-addr.pcap", "fd00::77", "fd00::14")]
    public void DefectBOnAnIPv6Underlay(string name, string source, string? original)
    {
        VxlanChecksumResult result = Analysis.OfCapture(name).Direction(source, "fd00::10");
        Assert.Equal((ChecksumCause.NatLocalChecksum, 7), (result.Cause, result.BadPackets));
        Assert.Equal(original is null ? null : IPAddress.Parse(original), result.ImpliedOriginalAddress);
        Assert.All(result.ImpliedOriginalPort, p => Assert.InRange(p, 32768, 60999));
        Assert.Contains("ip6tables", result.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void SourcePortsTellOfSnatOnATruncatedCapture()
    {
        IReadOnlyList<VxlanChecksumResult> results = Analysis.OfCapture("snat-truncated.pcap");
        VxlanChecksumResult sent = results.Direction("10.0.10.14");
        Assert.Equal((ChecksumCause.NotVerifiable, true, 14),
            (sent.Cause, sent.OuterSnatSuspected, sent.UnverifiedPackets));
        Assert.False(results.Direction("10.0.10.10").OuterSnatSuspected);
        Assert.Contains("source-translated", sent.Explanation, StringComparison.Ordinal);
        ChecksumEvidence[] signs = [.. sent.Evidence.Where(e => e.Kind == EvidenceKind.SourcePort)];
        Assert.Contains("srcport", signs[0].Text, StringComparison.Ordinal);
        Assert.All(signs.Skip(1), e => Assert.True(e.SourcePort is < 32768 or > 60999 && e.FrameNumber > 0));
    }

    [Fact]
    public void PacketsMergedOnArrivalAreTheReceiversAndInnocent()
    {
        VxlanChecksumResult result = Analysis.OfCapture("gro-receiver.pcap").Direction("10.0.10.14");
        Assert.Equal((ChecksumCause.OffloadPending, CaptureVantage.Receiver, 0),
            (result.Cause, result.Vantage, result.BadPackets));
        Assert.DoesNotContain("WARNING", result.Explanation, StringComparison.Ordinal);
        Assert.Contains("GRO", result.Explanation, StringComparison.Ordinal);
        Assert.Equal("Nothing is to be done.", result.Recommendation);
    }

    private static int[] Ports(VxlanChecksumResult result) =>
        [.. result.Evidence.Where(e => e.Kind == EvidenceKind.ImpliedPort).Select(e => e.ImpliedPort!.Value)];

    private static long[] Frames(VxlanChecksumResult result) =>
        [.. result.Evidence.Where(e => e.Kind == EvidenceKind.ImpliedPort).Select(e => e.FrameNumber!.Value)];

    /// <summary>The outer source port, checksum and right checksum of each frame of a classic little-endian pcap of
    /// Ethernet frames.</summary>
    private static Dictionary<long, (int Port, int Found, int Right)> OuterHeaders(string name)
    {
        byte[] file = Samples.Read(name);
        Dictionary<long, (int, int, int)> headers = [];
        long number = 0;
        for (int at = 24; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            byte[] ip = file[(at + 30)..(at + 16 + length)];
            at += 16 + length;
            number++;
            bool six = ip[0] >> 4 == 6;
            int udp = six ? 40 : 20;
            int udpLength = (ip[udp + 4] << 8) | ip[udp + 5];
            int found = (ip[udp + 6] << 8) | ip[udp + 7];
            long sum = 17 + udpLength - found;
            for (int i = six ? 8 : 12; i < udp + udpLength; i++)
            {
                // Addresses, then the whole segment; the field itself was taken out above.
                sum += (i & 1) == 0 ? ip[i] << 8 : ip[i];
            }

            int right = (int)(65535 - (sum % 65535));
            headers[number] = ((ip[udp] << 8) | ip[udp + 1], found, right);
        }

        return headers;
    }
}
