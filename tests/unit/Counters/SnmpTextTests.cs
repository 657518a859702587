using VxlanCsum.Counters;
using Xunit;

namespace VxlanCsum.UnitTests.Counters;

public sealed class SnmpTextTests
{
    private const string Snmp = """
        Ip: Forwarding DefaultTTL InReceives InHdrErrors
        Ip: 1 64 1000 3
        Icmp: InMsgs InErrors InCsumErrors
        Icmp: 9 8 1
        Tcp: RtoAlgorithm MaxConn InSegs InErrs OutRsts InCsumErrors
        Tcp: 1 -1 123 4 5 6
        Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti
        Udp: 123 4 5 6 7 8 18446744073709551615 9

        """;

    private const string Snmp6 =
        "Ip6InReceives                   \t107\nIp6InHdrErrors                  \t2\nUdp6InCsumErrors                "
        + "\t11\n";

    [Fact]
    public void CountersAreFoundByName()
    {
        IReadOnlyList<ChecksumErrorCounter> counters = SnmpText.Parse(Snmp, Snmp6);
        Assert.Equal(
            ["Udp InCsumErrors 18446744073709551615", "Udp6 InCsumErrors 11", "Tcp InCsumErrors 6",
                "Icmp InCsumErrors 1", "Ip InHdrErrors 3", "Ip6 InHdrErrors 2"],
            counters.Select(c => c.ToString()));
    }

    [Fact]
    public void WithoutIPv6TheRestIsThere() => Assert.Equal(4, SnmpText.Parse(Snmp, "").Count);

    [Theory]
    [InlineData("")]
    [InlineData("Udp: InCsumErrors\nTcp: 1\n")]
    [InlineData("Udp: InCsumErrors\nUdp: 1 2\n")]
    [InlineData("Tcp: A\nTcp: 1\n")]
    public void WhatIsNoSuchFileIsRefused(string text) =>
    Assert.Throws<FormatException>(() => SnmpText.Parse(text, ""));

    [Fact]
    public void DifferencesAndRatesAreOfTheTimeBetween()
    {
        ChecksumErrorCounter[] before = [new("Udp", "InCsumErrors", 10), new("Tcp", "InCsumErrors", uint.MaxValue)];
        ChecksumErrorCounter[] after = [new("Udp", "InCsumErrors", 40), new("Tcp", "InCsumErrors", 4),
            new("Ip", "InHdrErrors", 1)];
        ChecksumErrorCounter[] compared = [.. SnmpText.Compare(before, after, TimeSpan.FromSeconds(20))];
        Assert.Equal([30L, 5L], compared.Select(c => c.Delta));
        Assert.Equal([1.5, 0.25], compared.Select(c => c.Rate));
    }
}
