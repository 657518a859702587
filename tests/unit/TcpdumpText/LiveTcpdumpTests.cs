using System.Globalization;
using VxlanCsum.Captures.Files;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>Every capture of tests/data, printed by the tcpdump of this machine in many ways, against the capture
/// itself.</summary>
public sealed class LiveTcpdumpTests
{
    private static readonly string[] _switches =
        ["-vv", "-v", "-vvv -e", "-vv -t", "-vv -tt", "-vv -ttt", "-vv -tttt -e", "-vv -ttttt", "-vv -t -e",
            "-vv -S -#", "-vv -X", "-vv -xx -e", "-vv --nano"];

    public static TheoryData<string, string> Printed => new(
        from capture in Directory.EnumerateFiles(TestData.PathOf("captures"), "*.pcap")
            .Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
        from switches in _switches
        select (capture, switches));

    public static TheoryData<int> Widths => [40, 50, 60, 66, 72, 79, 80, 81, 95, 100, 120, 132];

    [Theory]
    [MemberData(nameof(Printed))]
    public void Text_says_what_the_capture_says(string capture, string switches)
    {
        string path = TestData.PathOf("captures", capture);
        TextReading reading = TextReading.Of(LiveTcpdump.PrintOrSkip(path, ["-nn", .. switches.Split(' ')]));
        TextAgreement.Check(TextReading.Walk(path), reading.Packets);
        Assert.Empty(reading.Unreadable);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Lines_wrapped_by_a_terminal_are_put_together_again(int width)
    {
        foreach (string path in Directory.EnumerateFiles(TestData.PathOf("captures"), "*.pcap"))
        {
            string text = LiveTcpdump.PrintOrSkip(path, "-nn", "-vv");
            string wrapped = string.Join('\n',
                text.Split('\n')
                    .SelectMany(
                        line => line.Length == 0 ? [line] : line.Chunk(width).Select(part => new string(part))));
            TextReading reading = TextReading.Of(wrapped);
            TextAgreement.Check(TextReading.Walk(path), reading.Packets);
            Assert.Empty(reading.Unreadable);
        }
    }

    [Fact]
    public void Indented_quoted_escaped_and_colourful_text_is_read_alike()
    {
        string path = TestData.PathOf("captures", "kube-old-random.pcap");
        string text = LiveTcpdump.PrintOrSkip(path, "-nn", "-vv");
        Func<string, string>[] ways =
        [
            line => "    " + line,
            line => "> " + line,
            line => ">> " + line,
            line => line + "\r",
            line => line.TrimStart(),
            line => line.Replace(">", "&gt;", StringComparison.Ordinal),
            line => $"\u001b[1;32m{line}\u001b[0m",
            line => line.Replace("    ", "\u00a0\u00a0\u00a0\u00a0", StringComparison.Ordinal),
            line => line + "\n",
        ];
        IReadOnlyList<PacketChecksum> walked = TextReading.Walk(path);
        foreach (Func<string, string> way in ways)
        {
            TextReading reading = TextReading.Of(string.Join('\n', text.Split('\n').Select(way)));
            TextAgreement.Check(walked, reading.Packets);
            Assert.Empty(reading.Unreadable);
        }
    }

    /// <summary>The harm that reading text could do: an innocent packet called bad, or a bad one innocent.</summary>
    [Fact]
    public void Over_the_public_captures_text_never_contradicts_the_capture()
    {
        string folder = TestData.Corpus("pcap");
        List<string> contradictions = [];
        int captures = 0, layers = 0;
        foreach (string path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            IReadOnlyList<PacketChecksum> walked = WalkWhatCanBeRead(path);
            TextReading reading = TextReading.Of(LiveTcpdump.PrintOrSkip(path, "-nn", "-vv"));
            if (walked.Count != reading.Packets.Count)
            {
                continue;
            }

            captures++;
            for (int i = 0; i < walked.Count; i++)
            {
                IReadOnlyList<ChecksumLayer> theirs = walked[i].Layers, ours = reading.Packets[i].Layers;
                if (!theirs.Select(l => (l.Depth, l.Protocol)).SequenceEqual(ours.Select(l => (l.Depth, l.Protocol))))
                {
                    continue;
                }

                layers += theirs.Count;
                contradictions.AddRange(theirs.Zip(ours)
                    .Where(pair => pair.First.Status != pair.Second.Status
                        && pair.First.Status != ChecksumStatus.Unverified
                        && pair.Second.Status != ChecksumStatus.Unverified)
                    .Select(pair => string.Create(CultureInfo.InvariantCulture,
                        $"{Path.GetFileName(path)} packet {i + 1}: {pair.First}, in text {pair.Second}")));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{captures} captures, {layers} layers");
        Assert.True(captures > 950 && layers > 10_000, $"only {captures} captures with {layers} layers were compared");
        Assert.Empty(contradictions);
    }

    private static IReadOnlyList<PacketChecksum> WalkWhatCanBeRead(string path)
    {
        try
        {
            return TextReading.Walk(path);
        }
        catch (CaptureException)
        {
            return [];
        }
    }
}
