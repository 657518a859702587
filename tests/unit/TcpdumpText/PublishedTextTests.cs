using System.Net;
using VxlanCsum.Captures.Files;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>Lines from public issue trackers, each with its origin, and what they really say.</summary>
public sealed class PublishedTextTests
{
    // The ends and beginnings of long lines.
    private const string SynOptions = "win 65495, options [mss 65495,sackOK,TS val 4278819391 ecr 0,nop,wscale 7]",
        ShortSynOptions = "win 43690, options [mss 65495,nop,nop,sackOK,nop,wscale 7]",
        Ethernet = "06:29:06:4b:55:9a > 06:47:af:1e:bf:ca, ethertype IPv4 (0x0800), length 143:";

    /// <summary>The checksum fault's description that many link to: both look corrupted, and are seeds.</summary>
    private const string SeedDocument = $$"""
        # tcpdump -vv -i vxlan.calico port 53

        master02.xc.test..28565 > 100.78.115.61.domain: [bad udp cksum 0xc067 -> 0xf612!] 6039+ A? kubernetes.default.svc.cluster.local. (54)
        17:44:04.516502 IP (tos 0x0, ttl 63, id 57450, offset 0, flags [none], proto UDP (17), length 82)
            master02.xc.test..28565 > 100.78.115.61.domain: [bad udp cksum 0xc067 -> 0xf612!] 6039+ A? kubernetes.default.svc.cluster.local. (54)
        17:44:09.517487 IP (tos 0x0, ttl 63, id 58352, offset 0, flags [none], proto UDP (17), length 82)
            master02.xc.test..28565 > 100.78.115.61.domain: [bad udp cksum 0xc067 -> 0xf612!] 6039+ A? kubernetes.default.svc.cluster.local. (54)
        # tcpdump -vv -i vxlan.calico port 53
        tcpdump: listening on vxlan.calico, link-type EN10MB (Ethernet), capture size 262144 bytes
        17:46:04.529606 IP (tos 0x0, ttl 63, id 26799, offset 0, flags [DF], proto TCP (6), length 60)
            master02.xc.test..40627 > 100.95.31.182.domain: Flags [S], cksum 0x6cd0 (incorrect -> 0xbd48), seq 1268752456, {{SynOptions}}, length 0
        17:46:05.588442 IP (tos 0x0, ttl 63, id 26800, offset 0, flags [DF], proto TCP (6), length 60)
            master02.xc.b
        """;

    /// <summary>calico#4865 and rke2#1541, outer lines only.</summary>
    private const string Calico4865 = $$"""
        {{Ethernet}} (tos 0x0, ttl 64, id 16380, offset 0, flags [none], proto UDP (17), length 129)
            10.0.10.14.7103 > 10.0.10.10.4789: [bad udp cksum 0xbd67 -> 0x4e7f!] VXLAN, flags [I] (0x08), vni 4096
        {{Ethernet}} (tos 0x0, ttl 64, id 21070, offset 0, flags [none], proto UDP (17), length 129)
            10.0.10.14.50078 > 10.0.10.10.4789: [udp sum ok] VXLAN, flags [I] (0x08), vni 4096
        """;

    /// <summary>calico#3145.</summary>
    private const string Calico3145 = $$"""
        11:51:31.656705 IP (tos 0x0, ttl 64, id 59791, offset 0, flags [none], proto UDP (17), length 102)
            nodeC.local.26898 > nodeA.local.4789: [bad udp cksum 0xffff -> 0x76dc!] VXLAN, flags [I] (0x08), vni 4096
        IP (tos 0x0, ttl 64, id 8153, offset 0, flags [DF], proto TCP (6), length 52)
            10.244.90.192.39274 > 10.244.143.193.http: Flags [S], cksum 0xe849 (correct), seq 2295512834, {{ShortSynOptions}}, length 0
        """;

    /// <summary>cloudstack#7930: an unfinished packet in an unfinished packet, other traffic between, and one in
    /// AH.</summary>
    private const string Cloudstack7930 = """
        15:58:47.000764 IP (tos 0x0, ttl 10, id 50852, offset 0, flags [none], proto UDP (17), length 86)
            10.71.231.42.39295 > 239.0.10.246.8472: [bad udp cksum 0xd06d -> 0xfe83!] OTV, flags [I] (0x08), overlay 0, instance 2806
        IP (tos 0x0, ttl 1, id 32142, offset 0, flags [DF], proto UDP (17), length 36)
            10.28.17.228.55670 > 225.0.0.50.3780: [bad udp cksum 0xfd53 -> 0x2b6a!] UDP, length 8
        15:58:47.104169 STP 802.1w, Rapid STP, Flags [Learn, Forward], bridge-id 18b6.00:de:fb:bb:23:41.8089, length 42
        	message-age 0.00s, max-age 20.00s, hello-time 2.00s, forwarding-delay 15.00s
        15:58:47.239307 IP (tos 0x0, ttl 10, id 51088, offset 0, flags [none], proto UDP (17), length 114)
            10.71.231.42.34893 > 239.0.10.246.8472: [bad udp cksum 0xebd7 -> 0x7d25!] OTV, flags [I] (0x08), overlay 0, instance 2806
        IP (tos 0xc0, ttl 255, id 18808, offset 0, flags [none], proto AH (51), length 64)
            10.28.17.228 > 224.0.0.18: AH(spi=0x0a1c11e4,sumlen=16,seq=0x14978): vrrp 10.28.17.228 > 224.0.0.18: VRRPv2, Advertisement
        """;

    [Fact]
    public void The_seed_document_is_innocent_because_both_packets_imply_one_source_address()
    {
        TextReading reading = TextReading.Of(SeedDocument);
        Assert.Equal(4, reading.Packets.Count);
        Assert.All(reading.Packets,
            packet => Assert.Equal((ChecksumStatus.Partial, ChecksumCause.OffloadPending),
                (packet.Status, packet.Cause)));
        Assert.All(reading.Packets,
            packet => Assert.Contains("several packets of this host", packet.Layers[^1].Reason,
                StringComparison.Ordinal));
        Assert.Equal(["master02.xc.test.:28565", "master02.xc.test.:28565", "master02.xc.test.:28565",
            "master02.xc.test.:40627"], reading.Packets.Select(p => p.Source));
        Assert.Equal((uint?)0xc067, reading.Packets[0].Layers[^1].Found);
        Assert.Equal((uint?)0xf612, reading.Packets[0].Layers[^1].Expected);
        Assert.Equal([62, 62, 62, 40], reading.Packets.Select(p => p.Layers[^1].Length));
        Assert.Equal(12, Assert.Single(reading.Unreadable).FirstLine);
    }

    [Fact]
    public void The_seed_document_is_innocent_because_the_source_address_proves_it()
    {
        // Any address whose words sum to 0xe88c.
        IPAddress source = IPAddress.Parse("100.95.132.45");
        TextReading reading = TextReading.Of(SeedDocument.Split('\n')[4], [source]);
        PacketChecksum packet = Assert.Single(reading.Packets);
        Assert.Equal((ChecksumStatus.Partial, ChecksumCause.OffloadPending), (packet.Status, packet.Cause));
        Assert.Contains("pseudo-header sum: the device", packet.Layers[^1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("100.95.132.46")]
    public void One_packet_of_a_named_host_is_never_called_corrupted(string? wrong)
    {
        string text = string.Join('\n', SeedDocument.Split('\n')[2..7]);
        TextReading reading = TextReading.Of(text, wrong is null ? null : [IPAddress.Parse(wrong)]);
        Assert.Equal(3, reading.Packets.Count);
        Assert.All(reading.Packets,
            packet => Assert.Equal((ChecksumStatus.Unverified, ChecksumCause.NotVerifiable),
                (packet.Status, packet.Cause)));
        Assert.All(reading.Packets,
            packet => Assert.Contains("-SourceAddress", packet.Layers[^1].Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void An_address_told_as_a_fact_decides_either_way()
    {
        string text = string.Join('\n', SeedDocument.Split('\n')[3..5]);
        Assert.Equal(ChecksumCause.OffloadPending, Cause("100.95.132.45"));
        Assert.Equal(ChecksumCause.Corrupted, Cause("100.95.132.46"));

        ChecksumCause Cause(string address) =>
            Assert.Single(
                TextReading.Of(text, hosts: new() { ["MASTER02.xc.test"] = [IPAddress.Parse(address)] }).Packets).Cause;
    }

    [Fact]
    public void Calico_4865_tells_its_original_port_though_the_inner_packet_was_not_pasted()
    {
        TextReading reading = TextReading.Of(Calico4865);
        Assert.Equal([ChecksumCause.NatLocalChecksum, ChecksumCause.None], reading.Packets.Select(p => p.Cause));
        Assert.Contains("source port 44246", reading.Packets[0].Layers[^1].Reason, StringComparison.Ordinal);
        Assert.Equal((TunnelType.Vxlan, 4096), (reading.Packets[0].TunnelType, reading.Packets[0].Vni));
        Assert.Equal([143, 143], reading.Packets.Select(p => p.WireLength));
        Assert.Empty(reading.Unreadable);
    }

    [Fact]
    public void A_bad_outer_line_alone_is_undecided_where_no_port_speaks_of_NAT()
    {
        PacketChecksum packet = Assert.Single(
            TextReading.Of(string.Join('\n', Calico4865.Split('\n')[..2])
                .Replace("7103", "47103", StringComparison.Ordinal)).Packets);
        Assert.Equal((ChecksumStatus.Unverified, ChecksumCause.NotVerifiable), (packet.Status, packet.Cause));
        Assert.Contains("inner packet", packet.Layers[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Calico_3145_is_defect_A_whatever_the_names_stand_for()
    {
        PacketChecksum packet = Assert.Single(TextReading.Of(Calico3145).Packets);
        Assert.Equal((ChecksumStatus.Bad, ChecksumCause.NatZeroChecksum), (packet.Status, packet.Cause));
        Assert.Equal(["nodeC.local:26898", "nodeA.local:4789", "10.244.90.192:39274", "10.244.143.193:80"],
            [packet.OuterSource, packet.OuterDestination, packet.Source, packet.Destination]);
    }

    [Fact]
    public void Cloudstack_7930_waits_for_its_device()
    {
        TextReading reading = TextReading.Of(Cloudstack7930);
        Assert.Equal([ChecksumCause.LcoPending, ChecksumCause.None, ChecksumCause.OffloadPending],
            reading.Packets.Select(p => p.Cause));
        Assert.Equal([2806, null, 2806], reading.Packets.Select(p => p.Vni));
        Assert.Equal([ChecksumStatus.Good, ChecksumStatus.Partial, ChecksumStatus.Good, ChecksumStatus.Partial],
            reading.Packets[0].Layers.Select(l => l.Status));
        Assert.Empty(reading.Unreadable);
    }

    [Theory]
    [InlineData("flannel#1243", "172.20.0.0.1", "172.20.3.2.2", "0x5b59", 60)]
    [InlineData("k3s#5013 a", "10.42.2.114.1", "10.42.4.17.2", "0x1b05", 60)]
    [InlineData("k3s#5013 b", "10.42.2.101.1", "10.42.6.240.2", "0x1dd7", 60)]
    [InlineData("k3s#5349", "10.164.12.6.1", "140.82.121.4.https", "0x1c2f", 60)]
    [InlineData("flannel#1312", "127.0.0.1.1", "127.0.0.1.2", "0xfe28", 52)]
    [InlineData("flannel#1312, named", "localhost.1", "localhost.http", "0xfe28", 52)]
    public void The_published_TCP_seeds_are_unfinished(string origin, string source, string destination, string field,
        int length)
    {
        TextReading reading = TextReading.Of($"""
            11:51:31.656705 IP (tos 0x0, ttl 64, id 8153, offset 0, flags [DF], proto TCP (6), length {length})
                {source} > {destination}: Flags [S], cksum {field} (incorrect -> 0x1234), seq 1, win 1, length 0
            """);
        Assert.True(
            Assert.Single(reading.Packets) is { Status: ChecksumStatus.Partial, Cause: ChecksumCause.OffloadPending },
            origin);
    }

    /// <summary>The outer pair, and the inner pair, of k3s#5013 (three) and cloudstack#7930; the inner addresses give
    /// the seeds.</summary>
    [Theory]
    [InlineData("0x20dd", "0x8d74", "0x1b05", "0x879c", "10.42.2.114", "10.42.4.17")]
    [InlineData("0x8a24", "0x7c00", "0x1dd7", "0x0fb3", "10.42.2.101", "10.42.6.240")]
    [InlineData("0xc0bb", "0x2554", "0x1b05", "0x7f9d", "10.42.2.114", "10.42.4.17")]
    [InlineData("0x20dd", "0x8d74", "0x1b05", "0x879c", "pod-a.test", "pod-b.test")]
    public void The_published_local_offloads_are_unfinished_even_behind_names(string outer, string expected,
        string seed, string final, string source, string destination)
    {
        TextReading reading = TextReading.Of($"""
            11:51:31.656705 IP (tos 0x0, ttl 64, id 59791, offset 0, flags [none], proto UDP (17), length 110)
                192.168.1.10.47012 > 192.168.1.11.8472: [bad udp cksum {outer} -> {expected}!] OTV, flags [I] (0x08), overlay 0, instance 1
            IP (tos 0x0, ttl 64, id 8153, offset 0, flags [DF], proto TCP (6), length 60)
                {source}.39274 > {destination}.http: Flags [S], cksum {seed} (incorrect -> {final}), seq 2295512834, win 43690, length 0
            """);
        PacketChecksum packet = Assert.Single(reading.Packets);
        Assert.Equal((ChecksumStatus.Partial, ChecksumCause.LcoPending), (packet.Status, packet.Cause));
        Assert.Equal((uint?)Convert.ToUInt16(outer, 16), packet.Layers[1].ExpectedOnWire);
    }
}
