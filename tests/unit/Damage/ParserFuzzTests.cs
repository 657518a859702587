using System.Globalization;
using System.Text;
using VxlanCsum.Trust;
using Xunit;

namespace VxlanCsum.UnitTests.Damage;

/// <summary>
/// Each reader of texts, fed with what it knows, changed: bytes flipped, cut, repeated, words of one text put into
/// another. What reaches a branch that was not reached before is changed further. Some hundred calls a reader here; as
/// many as wanted with VXLANCSUM_FUZZ. Nothing but what is documented may be thrown.
/// </summary>
public sealed class ParserFuzzTests(CoverageGuide guide) : IClassFixture<CoverageGuide>
{
    private const int MostKept = 2000, LongestInput = 1 << 16;

    public static TheoryData<string> Readers => [.. FuzzTargets.Names];

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("VXLANCSUM_FUZZ"),
        NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 400;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("VXLANCSUM_FUZZ_SEED"),
        NumberStyles.None, CultureInfo.InvariantCulture, out int seed) ? seed : 20261130;

    [Theory]
    [MemberData(nameof(Readers))]
    public void NothingButWhatIsDocumentedIsThrown(string reader)
    {
        guide.Forget();
        List<byte[]> corpus = FuzzTargets.Corpus(reader, LongestInput);
        int given = corpus.Count, refused = 0, reachedByGiven = 0;
        byte[][] words = [.. corpus.SelectMany(Words).DistinctBy(Convert.ToHexString).Take(3000)];
        var random = new Random(Seed);
        for (int round = 0; round < Math.Max(Rounds, given + 1); round++)
        {
            byte[] input = round < given ? corpus[round] : Mutate(corpus[random.Next(corpus.Count)], words, random);
            try
            {
                (bool isRefused, bool isNew) = guide.Read(reader, input);
                refused += isRefused ? 1 : 0;
                if (isNew && round >= given && corpus.Count < MostKept)
                {
                    corpus.Add(input);
                }
            }
            catch (Exception e)
            {
                Assert.Fail($"{reader}, round {round}: {e}\n{Convert.ToBase64String(input)}");
            }

            reachedByGiven = round == given - 1 ? guide.Reached : reachedByGiven;
        }

        Assert.True(guide.Reached > reachedByGiven, $"{reader}: no change reached a branch that the texts do not reach");
        TrustTable.Row("readers", reader, Rounds, refused, corpus.Count - given, guide.Reached, "none");
    }

    private static IEnumerable<byte[]> Words(byte[] text) =>
        Encoding.Latin1.GetString(text).Split([' ', '\n', ',', '"', '{', '}'], StringSplitOptions.RemoveEmptyEntries)
            .Where(static w => w.Length < 64).Take(200).Select(Encoding.Latin1.GetBytes);

    private static byte[] Mutate(byte[] input, byte[][] words, Random random)
    {
        List<byte> changed = [.. input];
        for (int change = random.Next(1, 6); change > 0; change--)
        {
            int at = random.Next(changed.Count + 1), length = Math.Min(random.Next(1, 40), changed.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < changed.Count:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed.RemoveRange(at, length);
                    break;
                case 2:
                    changed.InsertRange(at, changed.GetRange(at, length));
                    break;
                case 3:
                    changed.InsertRange(at, words[random.Next(words.Length)]);
                    break;
                case 4:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                case 5:
                    changed.InsertRange(at, Enumerable.Repeat((byte)"[{\"(-0 \n"[random.Next(8)], random.Next(1, 3000)));
                    break;
                default:
                    byte[] number = Encoding.ASCII.GetBytes(((string[])["-1", "65536", "4294967296",
                        "99999999999999999999", "0x", "1e999", "::", "/129", "\u0000"])[random.Next(9)]);
                    changed.InsertRange(at, number);
                    break;
            }
        }

        return changed.Count > LongestInput ? [.. changed.Take(LongestInput)] : [.. changed];
    }
}
