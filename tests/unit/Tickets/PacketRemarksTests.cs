using VxlanCsum.Diagnoses;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Tickets;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Tickets;

/// <summary>What printed packets show beside checksums, and what each way of printing lacks.</summary>
public sealed class PacketRemarksTests
{
    [Theory]
    [InlineData("1.02", "sent 2 times within 1.0 s, and answered then", true)]
    [InlineData("3.00", "sent 2 times within 3.0 s, and no answer is seen", false)]
    public void A_syn_that_is_sent_again_is_told_with_its_wait(string gap, string told, bool answered)
    {
        PacketRemarks remarks = Read(
            "10:00:00.000000 IP 10.1.0.5.40000 > 10.1.2.7.80: Flags [S], seq 7, win 1, length 0",
            $"10:00:0{gap}0000 IP 10.1.0.5.40000 > 10.1.2.7.80: Flags [S], seq 7, win 1, length 0",
            answered ? "10:00:09.000000 IP 10.1.2.7.80 > 10.1.0.5.40000: Flags [S.], seq 1, ack 8, length 0" : "");
        TicketRemark remark = Assert.Single(remarks.Remarks());
        Assert.Equal("SynSentAgain", remark.Id);
        Assert.Contains(told, remark.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_packet_seen_at_two_places_is_no_retransmission() => Assert.Empty(Read(
        "10:00:00.000000 IP 10.1.0.5.40000 > 10.1.2.7.80: Flags [S], seq 7, win 1, length 0",
        "10:00:00.000042 IP 10.1.0.5.40000 > 10.1.2.7.80: Flags [S], seq 7, win 1, length 0").Remarks());

    [Fact]
    public void Pings_that_are_answered_beside_connections_that_are_not_are_told()
    {
        string[] lines =
        [
            "10:00:00.000000 IP 10.1.0.5 > 10.1.2.7: ICMP echo request, id 1, seq 1, length 64",
            "10:00:00.000300 IP 10.1.2.7 > 10.1.0.5: ICMP echo reply, id 1, seq 1, length 64",
            "10:00:01.000000 IP 10.1.0.5.40000 > 10.1.2.7.80: Flags [S], seq 7, win 1, length 0",
        ];
        Assert.Equal(["IcmpPassesTcpDoesNot"], Read(lines).Remarks().Select(static r => r.Id));
        Assert.Empty(Read([.. lines, "10:00:01.000300 IP 10.1.2.7.80 > 10.1.0.5.40000: Flags [S.], seq 1, ack 8, "
            + "length 0"]).Remarks());
    }

    [Theory]
    [InlineData(59, "passed 5 routers")]
    [InlineData(127, "passed 1 router ")]
    [InlineData(64, null)]
    [InlineData(1, null)]
    public void A_ttl_that_shows_hops_is_told(int ttl, string? told)
    {
        TicketRemark? remark = Read($"10:00:00.000000 IP (tos 0x0, ttl {ttl}, id 1, offset 0, flags [none], proto UDP "
            + $"(17), length 110)")
            .Remarks().SingleOrDefault();
        Assert.Equal(told is not null, remark is not null);
        Assert.Contains(told ?? "", remark?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LayerReason.NoVerdict, "10:00:00.000000 IP 10.0.0.1.5 > 10.0.0.2.8472: OTV, flags [I] (0x08), overlay "
        + "0, instance 1", "without -v")]
    [InlineData(LayerReason.NoVerdict, "10:00:00.000000 IP (tos 0x0, ttl 64, proto UDP (17), length 110)", "-vv does")]
    [InlineData(LayerReason.NoVerdict, "# tcpdump -ni any | grep vni", "grep took lines away")]
    [InlineData(LayerReason.NoVerdict, "[bad udp cksum 78d4!] UDP, length: 4", "of before 2008")]
    [InlineData(LayerReason.NoVerdict, " [|ip6]", "snapshot length")]
    [InlineData(LayerReason.AddressUnknown, "(tos 0x0, ttl 64)", "without -n")]
    [InlineData(LayerReason.LengthUnknown, "$ tcpdump -v -nn | grep -i incorrect", "grep took away")]
    [InlineData(LayerReason.LengthUnknown, "(tos 0x0, ttl 64)", "header line")]
    [InlineData(LayerReason.InnerUnknown, "(tos 0x0, ttl 64)", "inner packet")]
    [InlineData(LayerReason.Truncated, "(tos 0x0, ttl 64)", "-s 0")]
    [InlineData(LayerReason.Fragment, "(tos 0x0, ttl 64)", "no fragments")]
    public void What_is_missing_has_a_sentence_of_its_own(object reason, string line, string told)
    {
        (string what, string command) = LackWords.Missing((LayerReason)reason, Read(line).Form, ["node-a.example.com"],
            "ens3", "8472");
        Assert.Contains(told, what, StringComparison.Ordinal);
        Assert.StartsWith("tcpdump -ni ens3 ", command, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.x.x.71")]
    [InlineData("<node-b>")]
    [InlineData("NODE_A_IP")]
    public void A_masked_address_is_no_name(string masked) => Assert.Contains("masked",
        LackWords.Missing(LayerReason.AddressUnknown, Read("(tos 0x0)").Form, [masked], "any", "4789").What,
            StringComparison.Ordinal);

    private static PacketRemarks Read(params string[] lines)
    {
        var remarks = new PacketRemarks();
        foreach (string line in lines)
        {
            remarks.Add(line);
        }

        return remarks;
    }
}
