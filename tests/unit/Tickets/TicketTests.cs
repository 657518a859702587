using System.Text.Encodings.Web;
using System.Text.Json;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Tickets;
using Xunit;

namespace VxlanCsum.UnitTests.Tickets;

/// <summary>Ten tickets, mixed and mangled: what each comes to, and which piece is missing first.</summary>
public sealed class TicketTests
{
    private static readonly JsonSerializerOptions s_plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly DateTime s_time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Theory]
    [InlineData("01-mail.txt", "beta: FaultActive (NatLocalChecksum)",
        "the node that owns 10.0.10.14, iptables-save; nft list ruleset")]
    [InlineData("02-issue.md", "alpha: AtRisk (NatZeroChecksum)", "the receiving node, tcpdump -ni ens3 -vv -s 0 -c "
        + "50 'udp port 8472'")]
    [InlineData("03-chat.txt", "gamma: Undecided", "gamma, iptables-save")]
    [InlineData("04-journal.txt", "ticket: FaultActive", "the node that owns 192.0.2.21, iptables-save; nft list "
        + "ruleset")]
    [InlineData("05-pane.txt", "epsilon: AtRisk", "epsilon, tcpdump -ni any -vv -s 0 -c 50 'udp port 8472'")]
    [InlineData("06-flows.txt", "ticket: AtRisk (NatLocalChecksum)", "the node, iptables-save; nft list ruleset")]
    [InlineData("07-pod-logs.txt", "ticket: AtRisk", "the node, tcpdump -ni ens3 -vv -s 0 -c 50 'udp port 4789'")]
    [InlineData("08-well.txt", "zeta: Healthy", null)]
    [InlineData("09-page.html", "eta-1: AtRisk", "the receiving node, tcpdump -ni any -vv -s 0 -c 50 'udp port 8472'")]
    [InlineData("10-theta.txt", "ticket: AtRisk", "the node, nstat -az UdpInCsumErrors TcpInCsumErrors; sleep 10; "
        + "nstat -az UdpInCsumErrors TcpInCsumErrors")]
    public void A_ticket_comes_to_its_verdict_and_names_what_is_missing(string file, string verdict, string? missing)
    {
        NodeDiagnosis diagnosis = Of(File.ReadAllText(TestData.PathOf("tickets", file)), file);
        Assert.Equal(verdict, diagnosis.ToString());
        MissingEvidence? first = diagnosis.Missing is [{ } one, ..] ? one : null;
        Assert.Equal(missing, first is null ? null : $"{first.Where}, {first.Command}");
        Assert.Equal(missing is not null, diagnosis.Brief.Lines.Any(l => l.Label == "Missing"
            && l.Command == first!.Command));
        Assert.Equal(EvidenceOrigin.Saved, diagnosis.Origin);
        Assert.NotEmpty(diagnosis.Pieces);
    }

    [Theory]
    [InlineData("02-issue.md", "Versions 4-4, Versions 6-6, Versions 7-7, Rules 13-32, Links 40-43, Features 44-50")]
    [InlineData("06-flows.txt", "Connections 3-5, Links 7-10")]
    [InlineData("09-page.html", "ClusterTable 3-7, Rules 8-24")]
    [InlineData("10-theta.txt", "KernelLog 3-6, Driver 8-12")]
    public void What_was_understood_is_named_with_its_lines(string file, string pieces) =>
        Assert.Equal(pieces, string.Join(", ",
            Of(File.ReadAllText(TestData.PathOf("tickets", file)), file).Pieces
                .Select(static p => $"{p.Kind} {p.FirstLine}-{p.LastLine}")));

    [Fact]
    public void Safe_rules_of_one_engine_do_not_make_a_node_healthy()
    {
        string whole = File.ReadAllText(TestData.PathOf("tickets", "08-well.txt"));
        string one = whole.Replace("root@zeta:~# iptables-legacy-save\n", "", StringComparison.Ordinal);
        Assert.NotEqual(whole, one);
        NodeDiagnosis diagnosis = Of(one);
        Assert.Equal(DiagnosisVerdict.Undecided, diagnosis.Verdict);
        Assert.Equal("iptables-legacy-save", diagnosis.Missing[0].Command);
    }

    [Fact]
    public void Rules_with_a_gap_are_no_certainty_whatever_else_is_known()
    {
        string whole = File.ReadAllText(TestData.PathOf("tickets", "08-well.txt"))
            .Replace("-j MARK --set-xmark 0x4000/0x0", "", StringComparison.Ordinal);
        string old = File.ReadAllText(TestData.PathOf("rules", "g1.iptables-nft-save.txt"));
        int start = whole.IndexOf("# Generated", StringComparison.Ordinal),
            end = whole.IndexOf("root@zeta:~# iptables-legacy-save", StringComparison.Ordinal);
        Assert.Equal(DiagnosisVerdict.FaultActive, Of(whole[..start] + old + whole[end..]).Verdict);
        string cut = old.Replace(":KUBE-SERVICES - [0:0]", "[...]", StringComparison.Ordinal);
        Assert.Equal(DiagnosisVerdict.AtRisk, Of(whole[..start] + cut + whole[end..]).Verdict);
    }

    [Fact]
    public void A_text_without_any_piece_is_told_apart()
    {
        var reader = new TicketReader(KubeYaml.ToJson, CancellationToken.None);
        Assert.Equal(0, reader.Add(new TicketSource("text", ["Hello,", "it does not work.", "", "table of "
            + "contents", "add a rule?", "*really*", ":smile: we know"])));
        Assert.True(reader.IsEmpty);
    }

    [Fact]
    public void Hostile_text_ends_and_says_nothing_raw()
    {
        string[] lines =
        [
            "root@\u001b]52;c;x\u0007:~# ip -d link", "1: \u202eevil: <UP> mtu 9",
                "    vxlan id 1 dstport 8472 udpcsum",
            "Features for a\u0007b:", "rx-checksumming: on", "UDP: bad checksum. From 1.2.3.4:99999 to x:1 ulen 3", "{",
            new string('[', 100_000), new string('1', 100_000) + ": x: <UP>", "table ip \u0007 {", "apiVersion: "
                + "v1", "  a: &a [*a]",
        ];
        NodeDiagnosis diagnosis = Of(string.Join('\n', lines));
        string all = JsonSerializer.Serialize(new
        {
            diagnosis.Pieces,
            diagnosis.Unreadable,
            diagnosis.Brief,
            diagnosis.NodeName,
            diagnosis.Explanation
        }, s_plain);
        Assert.DoesNotContain(all, static c => char.IsControl(c) || c == '\u202e');
        Assert.DoesNotContain("\\u001b", all, StringComparison.OrdinalIgnoreCase);
    }

    private static NodeDiagnosis Of(string text, string path = "text")
    {
        var reader = new TicketReader(KubeYaml.ToJson, CancellationToken.None);
        reader.Add(new TicketSource(path, text.Split('\n')));
        return TicketDiagnosis.Of(reader.Complete(), null, s_time, CancellationToken.None);
    }
}
