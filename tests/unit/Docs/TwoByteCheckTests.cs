using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.UnitTests.Captures;
using Xunit;

namespace VxlanCsum.UnitTests.Docs;

/// <summary>The check by eye of docs/runbooks/prove-it-to-the-network-team.md: its bytes are the capture's, and its
/// sums are right.</summary>
public sealed partial class TwoByteCheckTests
{
    private const int Checksum = 40, SourcePort = 34, Ip = 14;

    private static readonly string s_section = Section();

    [Fact]
    public void ItsBytesAreThoseOfThePacket()
    {
        byte[] frame = Frame(12);
        MatchCollection rows = Row().Matches(s_section);
        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal(
            Convert.ToHexStringLower(frame.AsSpan(
                int.Parse(row.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture), 16)),
            row.Groups[2].Value.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Contains($"source port `{frame[SourcePort]:x2} {frame[SourcePort + 1]:x2}` ({Word(frame, SourcePort)})",
            s_section, StringComparison.Ordinal);
        Assert.Contains($"`{frame[Checksum]:x2} {frame[Checksum + 1]:x2}`**", s_section, StringComparison.Ordinal);
    }

    [Fact]
    public void ItsSumsAreRight()
    {
        (string Text, int Sum, int Result)[] sums = [.. Sum().Matches(s_section)
            .Select(static m => (m.Value, Evaluate(m.Groups[1].Value), Hex(m.Groups[2].Value)))];
        Assert.Equal(5, sums.Length);
        Assert.All(sums, static s => Assert.True(s.Sum == s.Result, s.Text));

        // What they stand on: the sums of the addresses with protocol and length, and of what the datagram holds.
        byte[] frame = Frame(12);
        int length = Word(frame, SourcePort + 4);
        int pseudo = Fold(Words(frame, Ip + 12, 8) + 17 + length);
        int payload = Fold(Words(frame, SourcePort + 8, length - 8));
        Assert.Equal($"0x{pseudo:x4} + 0x{Word(frame, SourcePort):x4} + 0x{Word(frame, SourcePort + 2):x4} + "
            + $"0x{length:x4} + 0x{payload:x4}", Sum().Matches(s_section)[0].Groups[1].Value);

        // The last is what stands in the packet, and the port is the one that the module names.
        Assert.Equal(Word(frame, Checksum), sums[^1].Result);
        Assert.Contains($"= 0x{sums[2].Result:x4}, which is port {sums[2].Result}.", s_section, StringComparison.Ordinal);
        Assert.Equal(51084, sums[2].Result);
    }

    private static string Section()
    {
        string page = File.ReadAllText(
            Path.Combine(TestData.Root, "docs", "runbooks", "prove-it-to-the-network-team.md"));
        int begin = page.IndexOf("## 4. ", StringComparison.Ordinal);
        return page[begin..page.IndexOf("\n## 5. ", begin, StringComparison.Ordinal)];
    }

    private static byte[] Frame(long number) => Convert.FromHexString(Reading.Of(File.ReadAllBytes(
        TestData.PathOf("captures", "udpcsum-on-random.pcap"))).Frames.Single(f => f.Number == number).Data);

    private static int Word(byte[] bytes, int at) => (bytes[at] << 8) | bytes[at + 1];

    private static int Words(byte[] bytes, int from, int length)
    {
        int sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += bytes[from + i] << (i % 2 == 0 ? 8 : 0);
        }

        return sum;
    }

    /// <summary>What is carried out on top is put back in at the bottom.</summary>
    private static int Fold(int sum)
    {
        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }

    /// <summary>A sum of the page: below zero 0xffff is added.</summary>
    private static int Evaluate(string text)
    {
        int sum = 0;
        foreach (Match term in Term().Matches("+ " + text))
        {
            sum += (term.Groups[1].Value == "-" ? -1 : 1) * Hex(term.Groups[2].Value);
        }

        return Fold(sum < 0 ? sum + 0xffff : sum);
    }

    private static int Hex(string text) =>
        int.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^([0-9a-f]{4})  ((?:[0-9a-f]{2} ?){16})$")]
    private static partial Regex Row();

    [GeneratedRegex(@"- (0x[0-9a-f]{4}(?: [+-] 0x[0-9a-f]{4})+) = (0x[0-9a-f]{4})")]
    private static partial Regex Sum();

    [GeneratedRegex(@"([+-]) (0x[0-9a-f]{4})")]
    private static partial Regex Term();
}
