using System.Globalization;
using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Connections;
using VxlanCsum.Diagnoses.Saving;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Offloads;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Tickets;
using VxlanCsum.Trust;
using VxlanCsum.UnitTests.Diagnoses;
using Xunit;

namespace VxlanCsum.UnitTests.Damage;

/// <summary>
/// Each reader of texts, fed with what it knows, changed: bytes flipped, cut, repeated, words of one text put into
/// another. What leads to an outcome that was not there before is changed further. Some hundred calls a reader here; as
/// many as wanted with VXLANCSUM_FUZZ. Nothing but what is documented may be thrown.
/// </summary>
public sealed class ParserFuzzTests
{
    private const int MostKept = 400, LongestInput = 1 << 16;

    private static readonly Dictionary<string, (string Folder, string Pattern, Func<byte[], string> Read)> s_readers =
        new()
        {
            ["rules"] = ("rules", "*.txt", Rules),
            ["rules, anonymised"] = ("rules", "*.txt", static bytes => Anonymised.Of(Evidence.Of(null),
                [Encoding.UTF8.GetString(bytes)]).Texts[0]),
            ["tcpdump text"] = ("tcpdump", "*", Tcpdump),
            ["ethtool text and JSON"] = ("ethtool", "*", Ethtool),
            ["conntrack text"] = ("conntrack", "*", Conntrack),
            ["objects of Kubernetes"] = ("clusters", "*.json", Kube),
            ["YAML of Kubernetes"] = ("clusters", "*", static bytes => Encoding.UTF8.GetString(
                KubeYaml.ToJson(new StringReader(Encoding.UTF8.GetString(bytes))))),
            ["evidence"] = ("diagnoses", "evidence.json", static bytes => $"{EvidenceJson.Read(bytes).Format}"),
            ["tickets"] = ("tickets", "*", Ticket),
        };

    public static TheoryData<string> Readers => [.. s_readers.Keys];

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("VXLANCSUM_FUZZ"),
        NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 400;

    [Theory]
    [MemberData(nameof(Readers))]
    public void NothingButWhatIsDocumentedIsThrown(string reader)
    {
        (string folder, string pattern, Func<byte[], string> read) = s_readers[reader];
        List<byte[]> corpus = Corpus(folder, pattern);
        byte[][] words = [.. corpus.SelectMany(Words).DistinctBy(Convert.ToHexString).Take(3000)];
        HashSet<string> outcomes = [];
        var random = new Random(20261130);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = round < corpus.Count ? corpus[round] : Mutate(corpus[random.Next(corpus.Count)], words, random);
            string outcome;
            try
            {
                outcome = read(input);
            }
            catch (Exception e) when (e is FormatException or CaptureException or KubeTextException)
            {
                refused++;
                outcome = $"{e.GetType().Name} {Shape(e.Message)}";
            }
            catch (Exception e)
            {
                Assert.Fail($"{reader}, round {round}: {e}\n{Convert.ToBase64String(input)}");
                throw;
            }

            if (outcomes.Add(outcome) && corpus.Count < MostKept && round >= corpus.Count)
            {
                corpus.Add(input);
            }
        }

        Assert.True(outcomes.Count > 2, $"{reader}: always the same outcome");
        TrustTable.Row("readers", reader, Rounds, refused, outcomes.Count, "none");
    }

    private static string Rules(byte[] bytes)
    {
        NetfilterRuleset rules = RulesetReader.Read(Encoding.UTF8.GetString(bytes));
        return string.Join(' ', rules.Problems.Select(static p => p.ErrorId).Distinct().Order())
            + string.Join(' ', rules.Tables.Select(static t => $"{t.Name} {t.Chains.Count} {t.Missing is null}"))
            + rules.Tables.Sum(static t => t.Chains.Sum(static c => c.Rules.Count(
                static r => r.Program.Find<VxlanCsum.Netfilter.Rules.MarkCondition>() is not null)));
    }

    private static string Tcpdump(byte[] bytes)
    {
        int packets = 0, unread = 0;
        var reader = new TcpdumpTextReader(TcpdumpTextReader.NoPath,
            new HostAddresses(new Dictionary<string, System.Net.IPAddress[]>(), null), _ => packets++, _ => unread++);
        reader.Add(Encoding.UTF8.GetString(bytes));
        reader.Complete();
        return string.Create(CultureInfo.InvariantCulture, $"{Bucket(packets)} {Bucket(unread)}");
    }

    private static string Ethtool(byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        int problems = 0;
        if (OffloadJsonParser.Recognises(text))
        {
            return $"{OffloadJsonParser.Parse(text, _ => problems++).Count} {problems}";
        }

        var parser = new OffloadTextParser(_ => problems++);
        return $"{text.Split('\n').Sum(l => parser.Add(l).Count) + parser.Finish().Count} {problems}";
    }

    private static string Conntrack(byte[] bytes)
    {
        var text = new ConntrackText(new HashSet<ushort> { 4789, 8472 }, "fuzz");
        return $"{Encoding.UTF8.GetString(bytes).Split('\n').Any(l => text.Add(l) is not null)} {text.Problem()?.ErrorId}";
    }

    private static string Ticket(byte[] bytes)
    {
        var reader = new TicketReader(KubeYaml.ToJson, TestContext.Current.CancellationToken);
        reader.Add(new TicketSource("text", Encoding.UTF8.GetString(bytes).Split('\n')));
        return reader.IsEmpty ? "nothing" : $"{TicketDiagnosis.Of(reader.Complete(), null, DateTime.UnixEpoch,
            TestContext.Current.CancellationToken).Findings.Count}";
    }

    private static int Bucket(int count) => count < 4 ? count : 4;

    private static string Kube(byte[] bytes)
    {
        HashSet<string> kinds = [];
        using var parser = new KubeObjectParser((kind, _) => kinds.Add(kind));
        parser.Write(bytes);
        parser.Complete();
        return string.Join(' ', kinds.Order());
    }

    private static List<byte[]> Corpus(string folder, string pattern)
    {
        string path = TestData.PathOf(folder);
        return [.. Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(static f => new FileInfo(f).Length is > 0 and < LongestInput).Take(60).Select(File.ReadAllBytes)];
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

    /// <summary>Without the numbers, which hardly ever are the same.</summary>
    private static string Shape(string text) => System.Text.RegularExpressions.Regex.Replace(
        text.Length > 200 ? text[..200] : text, "[0-9]+", "9");
}
