using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Diagnoses;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>Any text is read without an exception, in bounded time, and nothing from it can write to a
/// terminal.</summary>
public sealed class TextFuzzTests
{
    private const string Alphabet =
        "\t\n\r \0\u001b>:;.,()[]!-+*/#$%&@^_~`'\"|\\0123456789abcdefABCDEFxIPv6 \u202e\u00a0\ufeff\ud800\uffff";

    [Fact]
    public void Mutated_recordings()
    {
        Random random = new(20260101);
        string[] texts = [.. Directory.EnumerateFiles(TestData.PathOf("tcpdump"))
            .Where(path => !path.EndsWith(".sh", StringComparison.Ordinal)).Select(File.ReadAllText)];
        for (int i = 0; i < 3000; i++)
        {
            CheckSafe(Mutate(texts[random.Next(texts.Length)], random));
        }
    }

    [Fact]
    public void Noise()
    {
        Random random = new(20260102);
        string[] words = ["IP (tos 0x0, ", "IP6 (hlim 1, next-header ", "> ", ": ", "VXLAN, flags [I] (0x08), vni ",
            "[bad udp cksum 0x", "Flags [S], cksum 0x", "(", "[", "length 60)", "10.0.0.1.53", "fe80::1.53", "a.b",
            "\n", "\n    ", "17:44:04.516502 ", "proto UDP (17)", "Geneve, ", "GREv0, ", "HBH ", "AH(",
            "frag (0x1:0|8) ", "ICMP ", "1 > 2: "];
        for (int i = 0; i < 5000; i++)
        {
            StringBuilder text = new();
            for (int j = random.Next(1, 60); j > 0; j--)
            {
                text.Append(random.Next(4) == 0 ? Alphabet[random.Next(Alphabet.Length)].ToString()
                    : words[random.Next(words.Length)]);
            }

            CheckSafe(text.ToString());
        }
    }

    public static TheoryData<string> Floods =>
    [
        "(", "[", "a", " ", ">", "a > b: ", "IP (tos 0x0", "IP (tos 0x0, length 60) a.1 > b.2: ",
        "10.0.0.1.1 > 10.0.0.2.2: [udp sum ok] VXLAN, flags [I] (0x08), vni 1\nIP6 (hlim 1, ",
        "17:44:04.516502 IP ", "\n", "\r", "x\n", "IP (tos 0x0, proto UDP (17), length 60)\n", "a@b",
        "listening on x, link-type ", "HBH ", "a.1 > b.1: [bad udp cksum 0x1 -> 0x2!] UDP, length 1\n",
    ];

    [Theory]
    [MemberData(nameof(Floods))]
    public void Floods_take_bounded_time(string piece)
    {
        // Work that grew with the square of two million would not end.
        TextReading.Of(new StringBuilder().Insert(0, piece, 2_000_000 / piece.Length).ToString());
    }

    private static void CheckSafe(string text)
    {
        TextReading reading = TextReading.Of(text);
        foreach (PacketChecksum packet in reading.Packets)
        {
            Assert.InRange(packet.Status, ChecksumStatus.Good, ChecksumStatus.Bad);
            string?[] shown = [packet.Source, packet.Destination, packet.OuterSource, packet.OuterDestination,
                packet.Interface, .. packet.Layers.SelectMany(l => new[] { l.Source, l.Destination, l.Reason })];
            Assert.All(shown,
                value => Assert.DoesNotContain(value ?? string.Empty,
                    c => char.IsControl(c) || c is '\u202e' or '\u2028'));
        }

        Assert.All(reading.Unreadable, part =>
        {
            Assert.DoesNotContain(part.Message, char.IsControl);
            Assert.InRange(part.LastLine, part.FirstLine, text.Length + 1);
        });
    }

    private static string Mutate(string text, Random random)
    {
        int start = random.Next(text.Length / 2), length = Math.Min(random.Next(200, 4000), text.Length - start);
        StringBuilder mutated = new(text.Substring(start, length));
        for (int i = random.Next(1, 40); i > 0 && mutated.Length > 2; i--)
        {
            int at = random.Next(mutated.Length - 1);
            switch (random.Next(5))
            {
                case 0:
                    mutated[at] = Alphabet[random.Next(Alphabet.Length)];
                    break;
                case 1:
                    mutated.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                    break;
                case 2:
                    mutated.Remove(at, Math.Min(random.Next(1, 30), mutated.Length - at));
                    break;
                case 3:
                    mutated.Insert(at, mutated.ToString(at, Math.Min(random.Next(1, 120), mutated.Length - at)));
                    break;
                default:
                    mutated[at] = (char)random.Next(0x20, 0x250);
                    break;
            }
        }

        return mutated.ToString();
    }
}
