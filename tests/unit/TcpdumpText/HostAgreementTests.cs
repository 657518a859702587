using System.Globalization;
using System.Net;
using System.Text;
using VxlanCsum.Checksums;
using VxlanCsum.TcpdumpText;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>Packets of named hosts: what several of them prove, and what they do not.</summary>
public sealed class HostAgreementTests
{
    private static readonly IPAddress _host = IPAddress.Parse("10.20.30.40");

    [Fact]
    public void Two_fields_that_agree_prove_all_of_the_host()
    {
        IReadOnlyList<PacketChecksum> packets = Read(Seed("n", "10.0.0.1", 40), Seed("n", "10.0.0.2", 40),
            Seed("n", "10.0.0.1", 40));
        Assert.All(packets, packet => Assert.Equal(ChecksumCause.OffloadPending, packet.Cause));
    }

    [Fact]
    public void Retransmissions_prove_nothing() =>
        Assert.All(Read(Seed("n", "10.0.0.1", 40), Seed("n", "10.0.0.1", 40)),
            packet => Assert.Equal(ChecksumCause.NotVerifiable, packet.Cause));

    [Fact]
    public void Packets_that_disagree_prove_nothing()
    {
        IReadOnlyList<PacketChecksum> packets = Read(Line("n", "10.0.0.1", 40, 0x1111),
            Line("n", "10.0.0.2", 60, 0x4242), Line("n", "10.0.0.3", 80, 0x9000));
        Assert.All(packets,
            packet => Assert.Equal((ChecksumStatus.Unverified, ChecksumCause.NotVerifiable),
                (packet.Status, packet.Cause)));
    }

    [Fact]
    public void One_that_disagrees_with_the_proven_ones_stays_undecided()
    {
        IReadOnlyList<PacketChecksum> packets = Read(Seed("n", "10.0.0.1", 40), Line("n", "10.0.0.3", 80, 0x9000),
            Seed("n", "10.0.0.2", 40));
        Assert.Equal([ChecksumCause.OffloadPending, ChecksumCause.NotVerifiable, ChecksumCause.OffloadPending],
            packets.Select(packet => packet.Cause));
    }

    [Fact]
    public void Another_host_does_not_vouch() =>
        Assert.All(Read(Seed("n", "10.0.0.1", 40), Seed("m", "10.0.0.2", 40)),
            packet => Assert.Equal(ChecksumCause.NotVerifiable, packet.Cause));

    [Fact]
    public void A_field_that_stays_the_same_whatever_the_length_is_no_seed()
    {
        // Defect A over a changed address: one constant. Seeds would follow the length.
        IReadOnlyList<PacketChecksum> packets = Read(Line("n", "10.0.0.1", 40, 0xecbe),
            Line("n", "10.0.0.1", 60, 0xecbe), Line("n", "10.0.0.1", 80, 0xecbe));
        Assert.All(packets, packet => Assert.Equal(ChecksumCause.NotVerifiable, packet.Cause));
    }

    [Fact]
    public void Replies_to_the_host_count_as_well()
    {
        IReadOnlyList<PacketChecksum> packets = Read(
            Seed("n", "10.0.0.1", 40),
            $"10.0.0.9.53 > n.4000: [bad udp cksum "
            + $"0x{PseudoHeader.Seed(IPAddress.Parse("10.0.0.9"), _host, 17, 60):x4} -> 0x1234!] UDP, length 52");
        Assert.All(packets, packet => Assert.Equal(ChecksumCause.OffloadPending, packet.Cause));
    }

    [Fact]
    public void Two_names_are_proven_together()
    {
        ushort Both(uint length) => PseudoHeader.Seed(_host, IPAddress.Parse("10.9.8.7"), 17, length);
        IReadOnlyList<PacketChecksum> packets = Read(Line("a.test", "b.test", 40, Both(40)),
            Line("b.test", "a.test", 52, Both(52)));
        Assert.All(packets, packet => Assert.Equal(ChecksumCause.OffloadPending, packet.Cause));
    }

    [Fact]
    public void Order_is_kept_whatever_waits_for_whom()
    {
        StringBuilder text = new();
        for (int i = 0; i < 200; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"1586273044.{i:d6} IP (tos 0x0, ttl 64, id {i}, offset 0, flags [none], proto UDP (17), length "
                + $"{60 + i})");
            string host = i % 3 == 0 ? "10.20.30.40" : $"host{i % 7}";
            text.AppendLine("    " + Seed(host, $"10.0.0.{1 + (i % 5)}", 40 + (uint)i));
        }

        TextReading reading = TextReading.Of(text.ToString());
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i),
            reading.Packets.Select(packet => packet.FrameNumber));
        Assert.All(reading.Packets, packet => Assert.Equal(ChecksumCause.OffloadPending, packet.Cause));
    }

    [Fact]
    public void What_waits_is_bounded()
    {
        List<PacketChecksum> delivered = [];
        VxlanCsum.TcpdumpText.TcpdumpTextReader reader = new("text", new VxlanCsum.TcpdumpText.HostAddresses(),
            delivered.Add, _ => { });
        for (int i = 0; i < 10_000; i++)
        {
            reader.Add(Line($"host{i}", "10.0.0.1", 40, (ushort)i));
        }

        Assert.InRange(delivered.Count, 5000, 9999);
        reader.Complete();
        Assert.Equal(10_000, delivered.Count);
    }

    private static IReadOnlyList<PacketChecksum> Read(params string[] lines) =>
        TextReading.Of(string.Join('\n', lines)).Packets;

    private static string Seed(string host, string destination, uint length) =>
        Line(host, destination, length, PseudoHeader.Seed(_host, IPAddress.Parse(destination), 17, length));

    /// <summary>A line as grep leaves it. The right value is any other.</summary>
    private static string Line(string host, string destination, uint length, ushort field) =>
        $"{host}.4000 > {destination}.5000: [bad udp cksum 0x{field:x4} -> "
        + $"0x{(ushort)(field + 0x1111 + length):x4}!] UDP, length {length - 8}";
}
