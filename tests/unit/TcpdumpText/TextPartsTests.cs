using VxlanCsum.Pasting;
using VxlanCsum.TcpdumpText;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

public sealed class TextPartsTests
{
    [Theory]
    [InlineData("17:44:04.516502 IP", 63844_516502000, 15)]
    [InlineData("17:44:04.516502123 IP", 63844_516502123, 18)]
    [InlineData("-00:00:01.500000 IP", -1_500000000, 16)]
    [InlineData("1586273044.516502 IP", 1586273044_516502000, 17)]
    [InlineData("2020-04-07 15:24:04.516502 IP", 1586273044_516502000, 26)]
    [InlineData("12  17:44:04.516502 IP", 63844_516502000, 19)]
    [InlineData("caplen 82 len 82 17:44:04.516502 IP", 63844_516502000, 32)]
    [InlineData("[Error converting time] IP", 0, 24)]
    [InlineData("17:16:10.4292819813 IP (tos", 66462_819813000, 19)]
    public void Times(string text, long nanoseconds, int length)
    {
        Assert.True(TextTimestamp.TryRead(text, out long read, out int end));
        Assert.Equal((nanoseconds, length), (read, end));
    }

    [Theory]
    [InlineData("17:44:04.516 log line of a program")]
    [InlineData("17:44:04 IP")]
    [InlineData("99:44:04.516502 IP")]
    [InlineData("158627304.516502 IP")]
    [InlineData("17:44:04.516502")]
    [InlineData("2020-13-07 15:24:04.516502 IP")]
    [InlineData("")]
    public void No_times(string text) =>
    Assert.False(TextTimestamp.TryRead(text, out _, out int end) && end < text.Length, text);

    [Theory]
    [InlineData("10.0.10.14.7103", true, "10.0.10.14:7103")]
    [InlineData("10.0.10.14.domain", true, "10.0.10.14:53")]
    [InlineData("10.0.10.14.no-such-service", true, "10.0.10.14:no-such-service")]
    [InlineData("master02.xc.test..28565", true, "master02.xc.test.:28565")]
    [InlineData("qin4vm0006.apac.example.com.otv", true, "qin4vm0006.apac.example.com:8472")]
    [InlineData("fe80::1.546", true, "[fe80::1]:546")]
    [InlineData("fe80::1", true, "fe80::1")]
    [InlineData("10.0.10.14", true, "10.0.10.14")]
    [InlineData("10.0.10.14", false, "10.0.10.14")]
    [InlineData("node.xc.test", false, "node.xc.test")]
    public void Endpoints(string text, bool hasPort, string shown) =>
    Assert.Equal(shown, TextEndpoint.Parse(text, hasPort)?.ToString());

    [Theory]
    [InlineData("", true)]
    [InlineData("nodots", true)]
    [InlineData(".53", true)]
    [InlineData("a(b.53", true)]
    [InlineData("a.", true)]
    public void No_endpoints(string text, bool hasPort) => Assert.Null(TextEndpoint.Parse(text, hasPort));

    [Fact]
    public void Long_lines_and_line_ends_of_every_kind()
    {
        string[] lines = [.. BoundedLines.Read(new StringReader($"a\r\nb\rc\n\n{new string('x', 100_000)}\nlast"))];
        Assert.Equal(["a", "b", "c", "", new string('x', BoundedLines.MaxLength), "last"], lines);
    }
}
