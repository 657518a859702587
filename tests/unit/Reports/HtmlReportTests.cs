using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Reports;
using VxlanCsum.Reports;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

/// <summary>The page's text; what a browser makes of it is shown in tests/engine/Browsing.</summary>
public sealed partial class HtmlReportTests
{
    [Fact]
    public void OnlyTheTemplatesOwnElementsAreThere()
    {
        string[] plain = Elements(Write(Items("harmless"))), hostile = Elements(Write(Items(Hostile.Text)));
        Assert.NotEmpty(plain);
        Assert.Equal(plain, hostile);
    }

    [Fact]
    public void HostileTextIsShown() =>
        Assert.Contains("<script>window.owned=1</script>", WebUtility.HtmlDecode(Write(Items(Hostile.Text))),
            StringComparison.Ordinal);

    [Fact]
    public void NothingIsLoadedOrLeftAndOnlyItsOwnScriptRuns()
    {
        string page = Write(Items(Hostile.Text));
        Assert.Equal(Script(Write(Items("harmless"))), Script(page));
        Assert.DoesNotMatch("(?i)(https?:|fetch|XMLHttp|import|eval|innerHTML)", Script(page));
        page = page.Replace(Script(page), "", StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)<(link|iframe|img|object|embed|form|base|a href=\"(?!#))", page);
        Assert.Equal(1, page.Split("<script>").Length - 1);
        Assert.Equal(1, page.Split("<script").Length - 1);
        Assert.DoesNotMatch("(?i)<[^>]*\\s(on[a-z]+|style|src|srcset|xlink:href)=", page);
        Assert.DoesNotMatch("(?i)(url\\(|@import|@font-face)", Style(page));
        Assert.DoesNotContain(page, static c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain("{{", Style(page) + string.Concat(Elements(page)), StringComparison.Ordinal);
    }

    [Fact]
    public void ItsPolicyAllowsItsStyleSheetAndItsScriptAndNothingElse()
    {
        string page = Write(Items("x"));
        static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        Assert.Contains(
            $"content=\"default-src 'none'; style-src 'sha256-{Hash(Style(page))}'; "
            + $"script-src 'sha256-{Hash(Script(page))}'; base-uri 'none'; form-action 'none'\"", page,
            StringComparison.Ordinal);
    }

    [Fact]
    public void CommandsStandAloneAndWhole()
    {
        const string command = "Get-Item '<b>' | Where-Object { $_.Name -eq \"a&b\" }";
        string page = Write(Writing.Tunnel(ReportLevel.Fault) with
        {
            Commands = [new("Do:", command)],
            Checks = [new("Look:", "tshark -r 'a b'", IsShell: true)],
        });
        Assert.Equal([command, "tshark -r 'a b'"],
            CommandText().Matches(page).Select(static m => WebUtility.HtmlDecode(m.Groups[1].Value)));
    }

    [Fact]
    public void IdsAreThereOnceAndEveryReferenceLeadsToOne()
    {
        string page = Write(Items(Hostile.Text));
        string[] ids = [.. Id().Matches(page).Select(static m => m.Groups[1].Value)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(Reference().Matches(page).SelectMany(static m => m.Groups[1].Value.Split(' ')),
            reference => Assert.Contains(reference.TrimStart('#'), ids));
    }

    [Fact]
    public void ThereIsAChartWhereThereIsSomethingToCompare()
    {
        Assert.Equal(["chart-tunnels"], Charts(Writing.Tunnel(ReportLevel.Fault)));
        Assert.Equal(["chart-change", "chart-tunnels"],
            Charts(Writing.Tunnel(ReportLevel.Fault), Writing.Receipt(true), Writing.Tunnel(ReportLevel.Healthy)));
        Assert.Equal(["chart-time"], Charts(Capture(1), Capture(2)));
        Assert.Equal(["chart-kernels"], Charts(Risk("Likely"), Risk("Low")));
        Assert.Empty(Charts(Writing.Receipt(true), Risk("Likely")));
    }

    [Fact]
    public void ChartsSayInWordsWhatTheyShow()
    {
        string page = Write(Writing.Tunnel(ReportLevel.Fault) with { Sources = ["/tmp/a.pcap"] });
        Assert.Contains("<b>Vxlan 10.0.10.14 -&gt; 10.0.10.10</b> <span>NatLocalChecksum, 7 of 14 wrong</span> "
            + "<span class=\"of\">a.pcap</span>", page, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"c-bad\" x=\"0\" y=\"0\" width=\"50\" height=\"1\"/><rect class=\"c-right\" "
            + "x=\"50\" y=\"0\" width=\"50\" height=\"1\"/></svg>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void BeforeAndAfterNameTheirCaptures()
    {
        string page = Write(Writing.Tunnel(ReportLevel.Fault) with { Sources = ["/x/one.pcap"] },
            Writing.Receipt(true), Writing.Tunnel(ReportLevel.Healthy) with { Sources = ["/x/two.pcap"] });
        Assert.Contains("<b>Before</b> <span>7 of 14 wrong</span> <span class=\"of\">one.pcap</span>", page,
            StringComparison.Ordinal);
        Assert.Contains("<b>After</b> <span>0 of 7 wrong</span> <span class=\"of\">two.pcap</span>", page,
            StringComparison.Ordinal);
        Assert.Contains("<td data-label=\"Before or after\">before UnmarkTunnel</td>", page, StringComparison.Ordinal);
        Assert.Contains("before UnmarkTunnel, one.pcap", page, StringComparison.Ordinal);
        Assert.Contains("after UnmarkTunnel, two.pcap", page, StringComparison.Ordinal);
    }

    [Fact]
    public void ColumnsOverTimeAddUp()
    {
        string chart = Write(Capture(1), Capture(2));
        chart = chart[chart.IndexOf("id=\"chart-time\"", StringComparison.Ordinal)..];
        chart = chart[..chart.IndexOf("</figure>", StringComparison.Ordinal)];
        double[] heights = [.. Height().Matches(chart)
            .Select(static m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2 * 4, heights.Length);
        Assert.Equal(200, heights.Sum(), 2);

        // An hour in at most 64 intervals, which begin at multiples of their length, 65.536 s since 1970.
        Assert.Contains("<span>01:01</span>", chart, StringComparison.Ordinal);
        Assert.Contains("<span>02:02</span>", chart, StringComparison.Ordinal);
    }

    [Fact]
    public void AWalkBlamesARuleAndEndsTheChainsText()
    {
        string page = Write(Items("-A KUBE-POSTROUTING -j MASQUERADE"));
        Assert.Equal(1, page.Split("Rule to change").Length - 1);
        Assert.Matches("<li class=\"match d0 blame\">", page);
    }

    [Fact]
    public void AnEmptyReportIsAPage() => Assert.Contains("Nothing was given", Write(), StringComparison.Ordinal);

    [Fact]
    public void OfAHundredThousandItemsThePageStaysSmall()
    {
        ReportDigest digest = new();
        for (int i = 0; i < 100_000; i++)
        {
            digest.Add(Writing.Tunnel(ReportLevel.Fault) with { Subject = $"{i}" });
        }

        string page = Write(digest);
        Assert.Contains("99,800 more are not", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 1, 500_000);
    }

    private static ReportItem[] Items(string text) =>
    [
        .. Enum.GetValues<ReportKind>().Select(kind => Hostile.Item(kind, ReportLevel.Fault, text)),
        Hostile.Item(ReportKind.Trace, ReportLevel.Fault,
            text) with { Walk = new ReportWalk { Text = $"{text}\n{text}" } },
    ];

    private static ReportItem Capture(int hour) => Hostile.Item(ReportKind.Capture, ReportLevel.Fault, "x") with
    {
        From = new DateTime(2026, 10, 1, hour, 0, 0, DateTimeKind.Utc),
        Until = new DateTime(2026, 10, 1, hour, 5, 0, DateTimeKind.Utc),
        Timeline = [],
    };

    private static ReportItem Risk(string risk) =>
        new()
        {
            Kind = ReportKind.NodeRisk,
            Subject = "n",
            Level = ReportLevel.AtRisk,
            Verdict = risk,
            Group = "6.8.0"
        };

    private static string[] Charts(params ReportItem[] items) =>
        [.. ChartId().Matches(Write(items)).Select(static m => m.Groups[1].Value)];

    internal static string Write(params ReportItem[] items) => Write(Writing.Digest(items));

    private static string Write(ReportDigest digest)
    {
        using MemoryStream stream = new();
        using (HtmlReport report = new(stream, Writing.Header))
        {
            report.Complete(digest);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Style(string page) =>
        page[(page.IndexOf("<style>", StringComparison.Ordinal) + 7)..page.IndexOf("</style>",
            StringComparison.Ordinal)];

    private static string Script(string page) =>
        page[(page.IndexOf("<script>", StringComparison.Ordinal) + 8)..page.LastIndexOf("</script>",
            StringComparison.Ordinal)];

    /// <summary>Names of the elements and of their attributes, in order.</summary>
    private static string[] Elements(string page) =>
        [.. Names(OwnText().Replace(page, ""))];

    private static IEnumerable<string> Names(string text) =>
        Tag().Matches(text).Select(static m => Attribute().Replace(m.Value, ""));

    [GeneratedRegex("(?s)(?<=<(script|style)>).*?(?=</\\1>)")]
    private static partial Regex OwnText();

    [GeneratedRegex("<pre><code>(.*?)</code></pre>")]
    private static partial Regex CommandText();

    [GeneratedRegex(" width=\"0.9\" height=\"([0-9.]+)\"")]
    private static partial Regex Height();

    [GeneratedRegex("<[a-zA-Z/!][^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("=\"[^\"]*\"")]
    private static partial Regex Attribute();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Id();

    [GeneratedRegex("(?:aria-labelledby|href)=\"([^\"]*)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("<h3 id=\"(chart-[a-z]+)\">")]
    private static partial Regex ChartId();
}
