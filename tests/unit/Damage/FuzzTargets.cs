using System.Globalization;
using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Clusters;
using VxlanCsum.Connections;
using VxlanCsum.Counters;
using VxlanCsum.Diagnoses.Saving;
using VxlanCsum.Drops;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Node.Journals;
using VxlanCsum.Offloads;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Tickets;
using VxlanCsum.UnitTests.Diagnoses;
using VxlanCsum.Verdicts;
using Xunit;
using YamlDotNet.Core;

namespace VxlanCsum.UnitTests.Damage;

/// <summary>The readers of what strangers write. <see cref="CoverageGuide"/> runs them in instrumented copies.</summary>
internal static class FuzzTargets
{
    /// <summary>In place of a folder: the texts stand below.</summary>
    private const string Seeds = "";

    private static readonly Dictionary<string, (string Folder, string Pattern, Func<byte[], string> Read)> s_readers =
        new()
        {
            ["rules"] = ("rules", "*.txt", Rules),
            ["rules of nft in JSON"] = ("rules", "*.json", Rules),
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
            ["captures"] = ("captures", "*.pcap*", Capture),
            ["type data of a kernel"] = ("btf", "*.btf", static bytes => $"{DropLayout.Read(BtfTypes.Parse(bytes))}"),
            ["counters of the kernel"] = (Seeds, Seeds, Counters),
            ["kubeconfig"] = (Seeds, Seeds, Kubeconfig),
            ["journal"] = (Seeds, Seeds, JournalLines),
            ["answers of Prometheus"] = (Seeds, Seeds, Prometheus),
        };

    /// <summary>What no file of the test data is: one text of each kind.</summary>
    private static readonly Dictionary<string, string[]> s_seeds = new()
    {
        ["counters of the kernel"] =
        [
            "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors\nUdp: 1 2 3 4 5 6 7\n"
            + "Tcp: InSegs InCsumErrors\nTcp: 9 8\n\0Udp6InCsumErrors 3\nIcmp6InCsumErrors 0\n",
        ],
        ["kubeconfig"] =
        [
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: 'https://h', proxy-url: 'http://p'}\n"
            + "users:\n- name: u\n  user: {tokenFile: ./t}\ncontexts: []\n",
        ],
        ["answers of Prometheus"] =
        [
            """{"status":"success","data":{"result":[{"metric":{"__name__":"vxlancsum_level","kind":"Diagnosis","node":"n"},"value":[1.5,"3"]}]}}""",
            """{"data":{"result":[{"metric":{"__name__":"vxlancsum_report_timestamp_seconds","job":"j"},"value":[1,"1e9"]}]}}""",
        ],
        ["journal"] =
        [
            """
            {"version":2,"id":"x","event":"Intent","intent":{"kind":"UnmarkTunnel","place":{"id":"net:[1]"},"bootId":"b","changes":[]}}
            {"version":2,"id":"x","event":"Begin","time":"2026-01-01T00:00:00Z","step":0}
            {"version":2,"id":"x","event":"Undone","time":"2026-01-01T00:00:00Z","restored":true,"notes":["n"]}
            {"version":1,"id":"y","event":"Intent"}

            """,
        ],
    };

    public static IEnumerable<string> Names => s_readers.Keys;

    /// <summary>The texts that are changed.</summary>
    public static List<byte[]> Corpus(string reader, int longest)
    {
        if (s_seeds.TryGetValue(reader, out string[]? seeds))
        {
            return [.. seeds.Select(Encoding.UTF8.GetBytes)];
        }

        (string folder, string pattern, _) = s_readers[reader];
        return [.. Directory.EnumerateFiles(TestData.PathOf(folder), pattern, SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Where(f => new FileInfo(f).Length is var l && l > 0 && l < longest)
            .Take(60).Select(File.ReadAllBytes)];
    }

    /// <summary>Has a reader read, and asks it for what it read: much is read only then.</summary>
    /// <returns>Whether it refused the text, as it is documented to.</returns>
    public static bool Refuses(string reader, byte[] input)
    {
        try
        {
            s_readers[reader].Read(input);
            return false;
        }
        catch (Exception e) when (e is FormatException or CaptureException or KubeTextException
            || (reader == "kubeconfig" && e is YamlException))
        {
            return true;
        }
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

    private static string Kube(byte[] bytes)
    {
        HashSet<string> kinds = [];
        using var parser = new KubeObjectParser((kind, _) => kinds.Add(kind));
        parser.Write(bytes);
        parser.Complete();
        return string.Join(' ', kinds.Order());
    }

    private static string Capture(byte[] bytes)
    {
        CaptureDigest digest = CaptureDigest.Of(bytes, new FrameWalker(new TunnelPorts()));
        return digest.Error is { } error ? throw error : $"{Bucket(digest.Frames.Count)}";
    }

    private static string Counters(byte[] bytes)
    {
        string[] files = Encoding.UTF8.GetString(bytes).Split('\0', 2);
        return string.Join(' ', SnmpText.Parse(files[0], files.Length > 1 ? files[1] : string.Empty)
            .Select(static c => c.Counter));
    }

    private static string Kubeconfig(byte[] bytes)
    {
        var extras = KubeconfigExtras.Of(bytes, "/");
        return $"{extras.TokenFiles.Count} {extras.Proxies.Count} {extras.Folders.Count}";
    }

    private static string JournalLines(byte[] bytes)
    {
        var reader = new JournalReader("journal", null);
        return string.Join(' ', reader.Read(new MemoryStream(bytes)).Select(static e => e.State)) + reader.IsDamaged;
    }

    private static string Prometheus(byte[] bytes)
    {
        PrometheusApi.Take(bytes, new NodeMetrics());
        return "read";
    }

    private static int Bucket(int count) => count < 4 ? count : 4;
}
