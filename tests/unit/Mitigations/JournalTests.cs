using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using Xunit;

namespace VxlanCsum.UnitTests.Mitigations;

public sealed class JournalTests : IDisposable
{
    /// <summary>A child that another test starts meanwhile holds the lock, too, until it runs its program.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-journal-").FullName;

    private Journal Journal => new(Path.Combine(_folder, "deep", "journal.jsonl"));

    [Fact]
    public void WhatIsWrittenIsReadWithAllThatUndoingNeeds()
    {
        Fill("one", JournalEventType.Begin);
        JournalEntry entry = Assert.Single(Journal.Read());
        Assert.Equal((JournalState.Pending, 1, "ns"), (entry.State, entry.Begun, entry.Intent.NetworkNamespace));
        NodeChange[] changes = entry.Intent.Changes;
        Assert.Equal("vxlancsum:a \"b\"\n\u001b", changes[0].Rule!.Words[3]);
        Assert.Equal("-A OUTPUT -j LOG", Assert.Single(changes[0].Rule!.Former!.Rules));
        Assert.Equal(3, changes[1].Feature!.Index);
        Assert.Equal("10.96.0.0/12", changes[2].Route!.Destination);
        Assert.Equal(new byte[12], Assert.Single(changes[2].Route!.Former));
        Assert.True(new FileState([0xff, 0xfe], null, 384, 1, 2).IsSame(changes[3].File!.Former));
        Assert.DoesNotContain("iptables", File.ReadAllText(Journal.FilePath), StringComparison.Ordinal);
    }

    /// <summary>Each alone, in the middle of a journal that is well: it is told, and hides nothing.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    [InlineData("{\"version\":2")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":\"Undone\"}garbage")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":\"Undone\",\"restored\":\"yes\"}")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":\"Undone\",\"notes\":5}")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":\"Begin\",\"step\":1e9}")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":\"Begin\",\"step\":\"0\"}")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":\"Undone\",\"time\":\"yesterday\"}")]
    [InlineData("{\"version\":2,\"id\":\"lost\",\"event\":\"Applied\"}")]
    [InlineData("\u0000\u0000\u0000\u0000")]
    [InlineData("\ufeff{\"version\":2,\"id\":\"one\",\"event\":\"Undone\"")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":2,\"id\":null,\"event\":\"Applied\"}")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":\"Nonsense\"}")]
    [InlineData("{\"version\":2,\"id\":\"one\",\"event\":99}")]
    [InlineData("{\"version\":2,\"id\":{},\"event\":\"Applied\"}")]
    [InlineData("{\"version\":3,\"id\":\"one\",\"event\":\"Undone\"}")]
    [InlineData("{\"version\":1,\"id\":\"one\",\"event\":\"Undone\"}")]
    [InlineData("{\"version\":\"2\",\"id\":\"one\",\"event\":\"Undone\"}")]
    [InlineData("{\"version\":1e99,\"id\":\"one\",\"event\":\"Undone\"}")]
    [InlineData("{\"version\":2,\"id\":\"x\",\"event\":\"Intent\"}")]
    [InlineData("{\"version\":2,\"id\":\"x\",\"event\":\"Intent\",\"intent\":null}")]
    [InlineData("{\"version\":2,\"id\":\"x\",\"event\":\"Intent\",\"intent\":{}}")]
    [InlineData("{\"version\":2,\"id\":\"x\",\"event\":\"Intent\",\"intent\":[]}")]
    [InlineData("INTENT:null")]
    [InlineData("INTENT:[]")]
    [InlineData("INTENT:[null]")]
    [InlineData("INTENT:[{}]")]
    [InlineData("INTENT:[{\"unit\":{\"name\":\"sshd.service\",\"root\":\"\"}}]")]
    [InlineData("INTENT:[{\"file\":{\"path\":\"/etc/passwd\",\"content\":\"AA==\",\"mode\":420}}]")]
    [InlineData("INTENT:[{\"table\":{\"family\":\"inet\",\"name\":\"filter\"}}]")]
    [InlineData("INTENT:[{\"rule\":{\"table\":\"nat\",\"chain\":\"POSTROUTING\",\"words\":[\"-j\",\"ACCEPT\"]}}]")]
    [InlineData("INTENT:[{\"rule\":{\"table\":\"nat\",\"chain\":\"POSTROUTING\",\"words\":[null,null]}}]")]
    [InlineData("INTENT:[{\"rule\":{\"table\":\"filter\",\"chain\":\"INPUT\",\"words\":[\"-j\",\"KUBE-POSTROUTING\"],\"removes\":true}}]")]
    [InlineData("INTENT:[{\"route\":{\"destination\":\"10.96.0.0/12\",\"device\":\"../x\"}}]")]
    [InlineData("INTENT:[{\"feature\":{\"interface\":\"vx\",\"names\":null}}]")]
    [InlineData("INTENT:[{\"feature\":{\"interface\":\"vx\",\"names\":\"tx\"}}]")]
    [InlineData("INTENT:\"none\"")]
    [InlineData("INTENT:[{\"rule\":null,\"route\":null}]")]
    [InlineData("INTENT:[{\"setting\":{}}]")]
    [InlineData("INTENT:[{\"unit\":{\"name\":\"vxlancsum-x.service\",\"root\":null}}]")]
    [InlineData("INTENT:[{\"unit\":{\"name\":\"../vxlancsum-x.service\",\"root\":\"\"}}]")]
    [InlineData("INTENT:[{\"file\":{\"path\":\"/etc/systemd/system/vxlancsum-x.service\",\"content\":\"no base64!\"}}]")]
    [InlineData("INTENT:[{\"file\":{\"path\":\"/etc/systemd/system/vxlancsum-x.service\"}}]")]
    [InlineData("INTENT:[{\"rule\":{\"table\":\"nat\",\"chain\":\"OUTPUT\",\"words\":[\"-j\",\"KUBE-POSTROUTING\"],"
        + "\"removes\":true,\"former\":{\"rules\":null}}}]")]
    [InlineData("INTENT:[{\"route\":{\"destination\":\"10.96.0.0/12\",\"device\":\"vx\",\"former\":[\"AA==\"]}}]")]
    [InlineData("INTENT:[{\"route\":{\"destination\":null,\"device\":\"vx\"}}]")]
    public void DamageIsToldAndHidesNothing(string line)
    {
        const string Head =
            "{\"version\":2,\"id\":\"x\",\"event\":\"Intent\",\"intent\":{\"place\":{\"id\":\"net:[1]\"},\"bootId\":\"b\",\"changes\":";
        Fill("one", JournalEventType.Begin, JournalEventType.Applied);
        File.AppendAllText(Journal.FilePath,
            (line.StartsWith("INTENT:", StringComparison.Ordinal) ? $"{Head}{line[7..]}}}}}" : line) + "\n");
        Fill("two", JournalEventType.Undoing);
        var problems = new List<string>();
        IReadOnlyList<JournalEntry> entries = Journal.Read(problems.Add);
        Assert.Equal([("one", JournalState.Applied), ("two", JournalState.Undoing)],
            entries.Select(static e => (e.Id, e.State)));
        Assert.Contains("line 4", Assert.Single(problems), StringComparison.Ordinal);
    }

    /// <summary>The journal of another node at the end of ours, say: neither takes the other's place.</summary>
    [Fact]
    public void AnIdThatComesAgainDoesNotHideTheFirst()
    {
        Fill("one", JournalEventType.Begin, JournalEventType.Applied);
        Fill("one");
        var problems = new List<string>();
        JournalEntry entry = Assert.Single(Journal.Read(problems.Add));
        Assert.Equal((JournalState.Applied, 4), (entry.State, entry.Begun));
        Assert.Contains("line 4", Assert.Single(problems), StringComparison.Ordinal);
    }

    /// <summary>What is closed without a word about how was not seen to be restored.</summary>
    [Fact]
    public void ClosedWithoutAWordIsNotRestored()
    {
        Fill("one", JournalEventType.Applied, JournalEventType.Undone);
        JournalEntry entry = Assert.Single(Journal.Read());
        Assert.Equal((JournalState.Closed, false), (entry.State, entry.WasRestored));
    }

    /// <summary>What could not be read again is not written either: without it nothing is begun.</summary>
    [Fact]
    public void ALineThatWouldBeTooLongIsRefused()
    {
        string[] rules = [.. Enumerable.Range(0, 200_000).Select(static i =>
            $"-A POSTROUTING -s 10.{i >> 16}.{(i >> 8) & 255}.{i & 255}/32 -o a-long-name -m comment -j ACCEPT")];
        Fill("one");
        long length = new FileInfo(Journal.FilePath).Length;
        Assert.Equal(NodeErrorId.JournalUnusable, Assert.Throws<NodeException>(() => Journal.Append(new JournalEvent
        {
            Id = "two",
            Event = JournalEventType.Intent,
            Intent = new JournalIntent(MitigationKind.UnmarkTunnel, new JournalPlace(null, "net:[1]", 1, true), "b",
                [new() { Rule = new RuleChange(NetfilterBackend.IptablesNft, NetfilterFamily.IPv4, "nat", "POSTROUTING",
                    1, ["-j", "KUBE-POSTROUTING"], true) { Former = new ChainState(true, true, rules) } }], false),
        })).ErrorId);
        Assert.Equal(length, new FileInfo(Journal.FilePath).Length);
    }

    [Fact]
    public void AHugeLineIsPassedOverAndWhatIsNoFileIsRefused()
    {
        Fill("one", JournalEventType.Applied);
        using (var file = new StreamWriter(Journal.FilePath, append: true))
        {
            for (int i = 0; i < 300; i++)
            {
                file.Write(new string('x', 1 << 16));
            }

            file.WriteLine();
        }

        Fill("two", JournalEventType.Applied);
        var problems = new List<string>();
        Assert.Equal(2, Journal.Read(problems.Add).Count);
        Assert.Contains("longer than any", Assert.Single(problems), StringComparison.Ordinal);

        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        File.Delete(Journal.FilePath);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Journal.FilePath]))
        {
            made.WaitForExit();
        }

        Assert.Equal(NodeErrorId.JournalUnusable, Assert.Throws<NodeException>(() => Journal.Read()).ErrorId);
        File.Delete(Journal.FilePath);
        Directory.CreateDirectory(Journal.FilePath);
        Assert.Equal(NodeErrorId.JournalUnusable, Assert.Throws<NodeException>(() => Journal.Read()).ErrorId);
    }

    [Fact]
    public void WhereALineIsLostAllIsLookedAt()
    {
        Fill("one");
        Assert.Equal(0, Assert.Single(Journal.Read()).Begun);
        File.AppendAllText(Journal.FilePath, "lost\n");
        Fill("two");
        Assert.All(Journal.Read(), static e => Assert.Equal(4, e.Begun));
    }

    [Fact]
    public void ItIsTheOwnersAlone()
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "needs file modes of Unix");
        Fill("one");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Journal.FilePath));
            File.SetUnixFileMode(Journal.FilePath,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
            Assert.Equal(NodeErrorId.JournalUnusable, Assert.Throws<NodeException>(() => Journal.Read()).ErrorId);
        }
    }

    [Fact]
    public void AnothersJournalIsNotTrusted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "needs root: gives a file to another user");
        Fill("one");
        using var chown = System.Diagnostics.Process.Start("chown", ["65534", Journal.FilePath]);
        chown.WaitForExit();
        Assert.Equal(NodeErrorId.JournalUnusable, Assert.Throws<NodeException>(() => Journal.Read()).ErrorId);
    }

    [Fact]
    public void CutAnywhereItStillSaysWhatWasBegun()
    {
        Fill("one", JournalEventType.Begin, JournalEventType.Done, JournalEventType.Applied);
        byte[] whole = File.ReadAllBytes(Journal.FilePath);
        int intentEnd = Array.IndexOf(whole, (byte)'\n');
        // Each waits for the disk: closely spaced only where the lines end.
        for (int length = 0; length <= whole.Length; length += length < intentEnd - 3
            ? Math.Min(97, intentEnd - 3 - length) : 3)
        {
            File.WriteAllBytes(Journal.FilePath, whole[..length]);
            var problems = new List<string>();
            IReadOnlyList<JournalEntry> entries = Journal.Read(problems.Add);
            Assert.Empty(problems);
            Assert.Equal(length < intentEnd ? 0 : 1, entries.Count);

            // And it goes on: what is written next is a line of its own.
            Fill("two", JournalEventType.Applied);
            Assert.Equal(JournalState.Applied, Journal.Read().Single(static e => e.Id == "two").State);
        }
    }

    [Fact]
    public void AnUnreadableLineInTheMiddleIsSaidAndTheRestCounts()
    {
        Fill("one", JournalEventType.Applied);
        File.AppendAllText(Journal.FilePath, "garbage\n");
        Fill("two", JournalEventType.Undone);
        var problems = new List<string>();
        Assert.Equal([JournalState.Applied, JournalState.Closed],
            Journal.Read(problems.Add).Select(static e => e.State));
        Assert.Contains("line 3", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void GrownLargeItKeepsWhatIsOpen()
    {
        Fill("open", JournalEventType.Applied);
        for (int i = 0; new FileInfo(Journal.FilePath).Length < 1_100_000; i++)
        {
            Fill($"closed{i}", JournalEventType.Begin, JournalEventType.Applied, JournalEventType.Undone);
        }

        Journal.Compact();
        IReadOnlyList<JournalEntry> left = Journal.Read();
        Assert.Equal("open", Assert.Single(left, static e => e.IsOpen).Id);
        Assert.Equal(101, left.Count);
    }

    [Fact]
    public void TheLockIsForOneAtATime()
    {
        using (Journal.Lock(s_patience, CancellationToken.None))
        {
            Assert.Equal(NodeErrorId.MitigationBusy,
                Assert.Throws<NodeException>(
                    () => Journal.Lock(TimeSpan.FromSeconds(0.1), CancellationToken.None)).ErrorId);
        }

        Journal.Lock(s_patience, CancellationToken.None).Dispose();
    }

    [Fact]
    public void CommandLinesAreQuotedForPeopleAndSavedOnesSplitAsTheyWereMeant()
    {
        Assert.Equal(@"a 'b c' 'it'\''s' ''", CommandText.Join(["a", "b c", "it's", ""]));
        Assert.Equal(["--comment", "a \"b\" \\", "-j", ""],
            CommandText.Split("--comment \"a \\\"b\\\" \\\\\" -j \"\""));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Fill(string id, params JournalEventType[] events)
    {
        Journal journal = Journal;
        using JournalLock held = journal.Lock(s_patience, CancellationToken.None);
        string[] words = ["-m", "comment", "--comment", "vxlancsum:a \"b\"\n\u001b", "-j", "NOTRACK"];
        NodeChange[] changes =
        [
            new() { Rule = new RuleChange(NetfilterBackend.IptablesNft, NetfilterFamily.IPv4, "raw", "OUTPUT", 0, words,
                false) { Former = new ChainState(true, true, ["-A OUTPUT -j LOG"]) } },
            new() { Feature = new FeatureChange("vx", 3,
                ["tx-checksum-ip-generic"]) { Former = ["tx-checksum-ip-generic"] } },
            new() { Route = new RouteChange(NetfilterFamily.IPv4, "10.96.0.0/12", "vx") { Former = [new byte[12]] } },
            new() { File = new FileChange("/etc/systemd/system/vxlancsum-x.service", [1],
                420) { Former = new FileState([0xff, 0xfe], null, 384, 1, 2) } },
        ];
        var intent = new JournalIntent(MitigationKind.NoTrackTunnel, new JournalPlace("ns", "net:[1]", 7, false),
            "boot", changes, false);
        journal.Append(
            new JournalEvent { Id = id, Event = JournalEventType.Intent, Time = DateTime.UtcNow, Intent = intent });
        foreach (JournalEventType type in events)
        {
            journal.Append(new JournalEvent { Id = id, Event = type, Step = 0 });
        }
    }
}
