using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>What tcpdump printed of the recordings, in the forms people paste, against the recordings
/// themselves.</summary>
public sealed class RecordedTextTests
{
    public static TheoryData<string> Texts =>
        [.. Directory.EnumerateFiles(TestData.PathOf("tcpdump"), "*.txt").Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_says_what_the_capture_says(string name)
    {
        TextReading reading = TextReading.OfFile(name);
        string capture = name[..name.IndexOf('.', StringComparison.Ordinal)];
        TextAgreement.Check(TextReading.Walk(TestData.PathOf("captures", capture + ".pcap")), reading.Packets,
            names: name.Contains("names", StringComparison.Ordinal));
        Assert.Empty(reading.Unreadable);
    }

    [Fact]
    public void Verbosity_2_leaves_nothing_of_the_fault_undecided()
    {
        TextReading reading = TextReading.OfFile("udpcsum-on-random.vv.txt");
        Assert.Equal(7, reading.Packets.Count(packet => packet.Cause == ChecksumCause.NatLocalChecksum));
        Assert.DoesNotContain(reading.Packets, packet => packet.Status == ChecksumStatus.Unverified);
    }

    [Fact]
    public void Names_do_not_keep_a_sender_from_being_innocent()
    {
        TextReading reading = TextReading.OfFile("sender-udpcsum-uplink.names.txt");
        Assert.DoesNotContain(reading.Packets, packet => packet.Status is ChecksumStatus.Bad or ChecksumStatus.Illegal);
        Assert.Contains(reading.Packets, packet => packet.Cause == ChecksumCause.LcoPending);
        Assert.Contains(reading.Packets,
            packet => packet.Layers.Any(
                layer => layer.Reason?.Contains("several packets", StringComparison.Ordinal) == true));

        // What is undecided was not verified by tcpdump, or is the only one of its kind.
        Assert.All(
            reading.Packets.Where(packet => packet.Status == ChecksumStatus.Unverified),
            packet => Assert.Equal(ChecksumCause.NotVerifiable, packet.Cause));
    }

    [Fact]
    public void Names_do_not_hide_the_fault_from_those_who_know_the_addresses()
    {
        string text = File.ReadAllText(TestData.PathOf("tcpdump", "udpcsum-on-random.names.txt"));
        TextReading unknown = TextReading.Of(text);
        Assert.DoesNotContain(unknown.Packets, packet => packet.Cause == ChecksumCause.Corrupted);
        TextReading known = TextReading.Of(text, hosts: new()
        {
            ["master02.xc.test"] = [System.Net.IPAddress.Parse("10.0.10.14")],
            ["node-b.xc.test."] = [System.Net.IPAddress.Parse("10.0.10.10")],
        });
        Assert.Equal(7, known.Packets.Count(packet => packet.Cause == ChecksumCause.NatLocalChecksum));
    }

    [Fact]
    public void A_pasted_report_gives_its_packets_and_names_the_lines_that_are_none()
    {
        TextReading reading = TextReading.OfFile("pasted.md");
        Assert.Equal(
            [ChecksumCause.NatLocalChecksum, ChecksumCause.None, ChecksumCause.OffloadPending,
                ChecksumCause.OffloadPending],
            reading.Packets.Select(packet => packet.Cause));
        Assert.Equal(["eth0", "eth0", "vxlan.calico", "vxlan.calico"],
            reading.Packets.Select(packet => packet.Interface));
        Assert.All(reading.Packets, packet => Assert.Equal(LinkType.Ethernet, packet.LinkType));
        Assert.Equal([3, 15, 22, 30, 33], reading.Unreadable.Select(text => text.FirstLine));
    }

    [Fact]
    public void Every_form_of_time_is_read()
    {
        Assert.Equal(new DateTime(1970, 1, 1, 21, 30, 1, DateTimeKind.Utc).AddTicks(1901480),
            First("udpcsum-on-random.vv.txt"));
        DateTime recorded = TextReading.Walk(TestData.PathOf("captures", "kube-old-random.pcap"))[0].Timestamp;
        Assert.Equal(recorded, First("kube-old-random.vv-e-tttt.txt"));
        Assert.Equal(TextReading.Walk(TestData.PathOf("captures", "sender-udpcsum-uplink.pcap"))[0].Timestamp,
            First("sender-udpcsum-uplink.vv-tt.txt"));
        Assert.Equal(DateTime.UnixEpoch, First("kube-old-random.vv-t.txt"));
        Assert.Equal(DateTime.UnixEpoch, First("b-ipv6.vv-ttt.txt"));

        static DateTime First(string name) => TextReading.OfFile(name).Packets[0].Timestamp;
    }

    [Fact]
    public void The_link_layer_tells_what_the_frames_were()
    {
        TextReading reading = TextReading.OfFile("udpcsum-on-addr.vv-e.txt");
        Assert.All(reading.Packets, packet => Assert.Equal(LinkType.Ethernet, packet.LinkType));
        Assert.Equal(
            TextReading.Walk(TestData.PathOf("captures", "udpcsum-on-addr.pcap")).Select(packet => packet.WireLength),
            reading.Packets.Select(packet => packet.WireLength));
    }
}
