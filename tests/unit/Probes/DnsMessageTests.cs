using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Probes;
using Xunit;

namespace VxlanCsum.UnitTests.Probes;

public sealed class DnsMessageTests
{
    // www.example.com A: a CNAME to web.example.com, whose address follows; both names by pointers.
    private static readonly byte[] s_answer =
    [
        0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0,
        3, .. "www"u8, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, 0, 1,
        0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3, .. "web"u8, 0xc0, 16,
        0xc0, 45, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
    ];

    [Fact]
    public void AQueryIsWhatTheStandardWants() => Assert.Equal(
        (byte[])[0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "www"u8, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 28, 0,
            1],
        DnsMessage.Query(0xabcd, DnsMessage.Canonical("www.example.com"), DnsMessage.TypeOf("AAAA")));

    [Theory]
    [InlineData(100)]
    [InlineData(1396)]
    public void AQueryIsPaddedToALength(int length)
    {
        byte[] plain = DnsMessage.Query(0xabcd, "www.example.com.", 1), padded = DnsMessage.Query(0xabcd,
            "www.example.com.", 1, length);
        Assert.Equal(length, padded.Length);
        Assert.Equal(1, padded[11]);
        Assert.Equal(plain[12..], padded[12..plain.Length]);
        int padding = length - plain.Length - 15;
        Assert.Equal((byte[])[0, 0, 41, 0x10, 0, 0, 0, 0, 0, (byte)((padding + 4) >> 8), (byte)(padding + 4), 0, 12,
            (byte)(padding >> 8), (byte)padding, .. new byte[padding]], padded[plain.Length..]);
    }

    [Fact]
    public void AnAnswerIsRead()
    {
        Assert.True(DnsMessage.Answers(s_answer, 0x1234));
        Assert.Equal(("NoError", "CNAME web.example.com., 192.0.2.1"), Read(s_answer));
    }

    [Fact]
    public void WhatIsNoAnswerToTheQueryIsNotTakenForOne()
    {
        Assert.False(DnsMessage.Answers(s_answer, 0x1235));
        Assert.False(DnsMessage.Answers(DnsMessage.Query(7, "a.", 1), 7));
        Assert.False(DnsMessage.Answers(s_answer.AsSpan(0, 11), 0x1234));
    }

    [Fact]
    public void NamesOfOthersAreSafeToShow()
    {
        byte[] hostile = [.. s_answer];
        hostile[46] = 0x1b;
        hostile[47] = 0x0a;
        (_, string records) = Read(hostile)!.Value;
        Assert.DoesNotContain(records, char.IsControl);
    }

    [Fact]
    public void TextsAndServicesAreRead()
    {
        byte[] header = [0, 1, 0x80, 0x03, 0, 0, 0, 2, 0, 0, 0, 0];
        Assert.Equal(("NotExistentDomain", "one two, 10 20 53 a.b."), Read(
        [
            .. header, 0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 8, 3, .. "one"u8, 3, .. "two"u8, 0, 0, 33, 0, 1, 0, 0, 0, 0, 0,
            11, 0, 10, 0, 20, 0, 53, 1, .. "a"u8, 1, .. "b"u8, 0,
        ]));
    }

    [Fact]
    public void DamagedItIsRefusedAndNothingIsThrown()
    {
        var random = new Random(6);
        for (int length = 0; length < s_answer.Length; length++)
        {
            Assert.Null(DnsMessage.Read(new ArraySegment<byte>(s_answer, 0, length)));
        }

        for (int round = 0; round < 20000; round++)
        {
            byte[] damaged = [.. s_answer];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                damaged[random.Next(2, damaged.Length)] = (byte)random.Next(256);
            }

            DnsMessage.Read(damaged);
        }
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("this-label-has-far-more-than-the-sixty-three-characters-that-it-may-have.org")]
    public void WhatIsNoNameIsRefused(string name) =>
    Assert.Equal(NodeErrorId.DnsNameInvalid, Assert.Throws<NodeException>(() => DnsMessage.Canonical(name)).ErrorId);

    private static (string Code, string Records)? Read(byte[] message) =>
        DnsMessage.Read(message) is var (code, records) ? (code, string.Join(", ", records)) : null;
}
