using VxlanCsum.Connections;
using Xunit;

namespace VxlanCsum.UnitTests.Connections;

public sealed class ConntrackTextTests
{
    private const string Published =
        "udp      17 29 src=10.0.10.14 dst=10.0.10.10 sport=44246 dport=8472 [UNREPLIED] src=10.0.10.10 "
        + "dst=10.0.10.14 sport=8472 dport=7103 mark=0 use=1";

    [Theory]
    [InlineData("table.txt")]
    [InlineData("table-extended.txt")]
    [InlineData("proc.txt")]
    public void EveryFormTellsTheSameFlows(string file)
    {
        (List<VxlanNatBinding> flows,
            ConntrackProblem? problem) = Read(File.ReadAllLines(TestData.PathOf("conntrack", file)));
        Assert.Null(problem);
        Assert.Equal(
            ["10.0.10.14:36603 leaves as 10.0.10.14:44869 to 10.0.10.10:8472", "10.0.10.14:42037 to 10.0.10.10:8472",
             "10.0.10.14:56471 leaves as 10.0.10.14:16932 to 10.0.10.10:8472", "10.0.10.14:59406 to 10.0.10.10:8472",
             "[fd00:10::14]:35530 to [fd00:10::10]:8472", "[fd00:10::14]:36425 to [fd00:10::10]:8472",
             "[fd00:10::14]:56025 leaves as [fd00:10::14]:52777 to [fd00:10::10]:8472",
             "[fd00:10::14]:57651 leaves as [fd00:10::14]:42813 to [fd00:10::10]:8472"],
            flows.Select(static f => f.ToString()).Order(StringComparer.Ordinal));
        Assert.All(flows,
            static f => Assert.Equal((1, 29, TimeSpan.Zero,
                f.OldAddress.ToString().Contains(':', StringComparison.Ordinal) ? 51 : 31),
                (f.Packets, f.ExpiresIn, f.Age, f.Bytes)));
        Assert.All(flows,
            f => Assert.Equal(file == "table-extended.txt" ? new DateTime(2026, 11, 29, 15, 59, 45) : null, f.Since));
        Assert.All(flows, static f => Assert.Null(f.Outgoing));
    }

    [Fact]
    public void EventsTellWhenAFlowBeganAndWhatItHadCarried()
    {
        (List<VxlanNatBinding> flows,
            ConntrackProblem? problem) = Read(File.ReadAllLines(TestData.PathOf("conntrack", "events.txt")));
        Assert.Null(problem);
        Assert.Equal(8, flows.Count(static f => f.Event == "NEW"));
        Assert.Equal(8, flows.Count(static f => f.Event == "DESTROY"));
        VxlanNatBinding began = flows.Single(static f => f is { Event: "NEW", OldPort: 36603 });
        Assert.Equal(1795967985.126592, (began.Since!.Value - DateTime.UnixEpoch).TotalSeconds, 1e-6);
        Assert.Equal(1, flows.Single(static f => f is { Event: "DESTROY", OldPort: 36603 }).Packets);
    }

    [Theory]
    [InlineData("sport=44246", "sport=44246", "dst=10.0.10.14", "dst=10.0.10.14", "dport=7103", "dport=44246",
        NatTranslation.None)]
    [InlineData("sport=44246", "sport=44246", "dst=10.0.10.14", "dst=10.0.10.14", "dport=7103", "dport=7103",
        NatTranslation.SourcePort)]
    [InlineData("sport=44246", "sport=44246", "dst=10.0.10.14", "dst=10.0.10.15", "dport=7103", "dport=44246",
        NatTranslation.SourceAddress)]
    [InlineData("src=10.0.10.10", "src=10.0.10.9", "dst=10.0.10.14", "dst=10.0.10.15", "dport=7103", "dport=7103",
        NatTranslation.SourcePort | NatTranslation.SourceAddress | NatTranslation.Destination)]
    public void WhatIsRewrittenIsTold(string a, string newA, string b, string newB, string c, string newC,
        NatTranslation expected)
    {
        string line = Published.Replace(a, newA, StringComparison.Ordinal).Replace(b, newB, StringComparison.Ordinal)
            .Replace(c, newC, StringComparison.Ordinal);
        VxlanNatBinding flow = Assert.Single(Read(line).Flows);
        Assert.Equal((expected, expected != NatTranslation.None), (flow.Translation, flow.IsTranslated));
    }

    [Fact]
    public void OtherProtocolsAndPortsAreNoTunnels()
    {
        (List<VxlanNatBinding> flows, ConntrackProblem? problem) = Read(
            Published.Replace("udp      17", "tcp      6", StringComparison.Ordinal),
            "tcp      6 17 SYN_SENT src=10.0.10.14 dst=10.0.10.10 sport=44246 dport=8472 [UNREPLIED] src=10.0.10.10 "
            + "dst=10.0.10.14 sport=8472 dport=7103 mark=0 use=1",
            Published.Replace("dport=8472", "dport=53", StringComparison.Ordinal),
            "icmp     1 29 src=10.0.10.14 dst=10.0.10.10 type=8 code=0 id=3 src=10.0.10.10 dst=10.0.10.14 type=0 "
            + "code=0 id=3 mark=0 use=1");
        Assert.Empty(flows);
        Assert.Null(problem);
    }

    [Fact]
    public void PromptsQuotationAndProseDoNotMatter()
    {
        (List<VxlanNatBinding> flows, ConntrackProblem? problem) = Read(
            "root@node:~# conntrack -L -p udp", "It looks like this:", "> " + Published,
            "    " + Published.Replace(" ", "\t", StringComparison.Ordinal),
            "conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.");
        Assert.Equal(2, flows.Count);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("src=10.0.10.14", "src=10.0.x.x")]
    [InlineData("dport=7103", "dport=71030")]
    [InlineData(" src=10.0.10.10 dst=10.0.10.14 sport=8472 dport=7103 mark=0 use=1", "")]
    [InlineData("sport=8472 dport=7103 mark=0 use=1", "spo")]
    public void AMaskedOrCutFlowIsNamedOnceAndTheOthersAreRead(string what, string with)
    {
        string bad = Published.Replace(what, with, StringComparison.Ordinal);
        (List<VxlanNatBinding> flows, ConntrackProblem? problem) = Read(Published, bad, bad);
        Assert.Single(flows);
        Assert.Equal((ConntrackProblem.Unreadable, 2), (problem?.ErrorId, problem?.Line));
    }

    [Fact]
    public void AnotherTextIsOneProblemAndAnEmptyOneIsNone()
    {
        Assert.Null(Read("", "  ").Problem);
        Assert.Equal(ConntrackProblem.NoFlow,
            Read("-A POSTROUTING -j MASQUERADE", "\u001b]0;x", "COMMIT").Problem?.ErrorId);
        Assert.DoesNotContain('\u001b', Read("\u001b]0;x").Problem!.Message);
    }

    [Fact]
    public void DamageNeverThrows()
    {
        var random = new Random(14);
        string[] lines = File.ReadAllLines(TestData.PathOf("conntrack", "table-extended.txt"));
        for (int i = 0; i < 20000; i++)
        {
            char[] line = lines[i % lines.Length].ToCharArray();
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                line[random.Next(line.Length)] = (char)random.Next(32, 127);
            }

            _ = Read(new string(line, 0, random.Next(line.Length)));
        }
    }

    private static (List<VxlanNatBinding> Flows, ConntrackProblem? Problem) Read(params string[] lines)
    {
        var text = new ConntrackText(new HashSet<ushort> { 8472 }, "text");
        List<VxlanNatBinding> flows = [.. lines.Select(line => text.Add(line)).OfType<VxlanNatBinding>()];
        return (flows, text.Problem());
    }
}
