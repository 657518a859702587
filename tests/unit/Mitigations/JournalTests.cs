using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using Xunit;

namespace VxlanCsum.UnitTests.Mitigations;

public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-journal-").FullName;

    private Journal Journal => new(Path.Combine(_folder, "deep", "journal.jsonl"));

    [Fact]
    public void WhatIsWrittenIsReadWithAllThatUndoingNeeds()
    {
        Fill("one", JournalEventType.Begin);
        JournalEntry entry = Assert.Single(Journal.Read());
        Assert.Equal((JournalState.Pending, 1, "ns"), (entry.State, entry.Begun, entry.Intent.NetworkNamespace));
        MitigationStep step = entry.Intent.Steps[0];
        Assert.Equal(["iptables-nft", "-t", "raw", "-D", "OUTPUT", "-m", "comment", "--comment", "a \"b\"\n\u001b"], step.Inverse);
        Assert.Equal("raw", step.Rule!.Table);
        Assert.Equal(3, entry.Intent.Steps[1].Feature!.Index);
        Assert.Equal("10.96.0.0/12", entry.Intent.Steps[2].Route!.Destination);
        Assert.Null(entry.Intent.Steps[2].Route!.Former);
    }

    [Fact]
    public void ItIsTheOwnersAlone()
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "needs file modes of Unix");
        Fill("one");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Journal.FilePath));
            File.SetUnixFileMode(Journal.FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
            Assert.Equal(NodeErrorId.JournalUnusable, Assert.Throws<NodeException>(() => Journal.Read()).ErrorId);
        }
    }

    [Fact]
    public void AnothersJournalIsNotTrusted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root: gives a file to another user");
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
        for (int length = 0; length <= whole.Length; length += length < intentEnd - 3 ? Math.Min(97, intentEnd - 3 - length) : 3)
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
        Assert.Equal([JournalState.Applied, JournalState.Closed], Journal.Read(problems.Add).Select(static e => e.State));
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
        using (Journal.Lock(TimeSpan.Zero, CancellationToken.None))
        {
            Assert.Equal(NodeErrorId.MitigationBusy, Assert.Throws<NodeException>(() => Journal.Lock(TimeSpan.FromSeconds(0.1), CancellationToken.None)).ErrorId);
        }

        Journal.Lock(TimeSpan.Zero, CancellationToken.None).Dispose();
    }

    [Fact]
    public void CommandLinesAreQuotedForPeopleAndSavedOnesSplitAsTheyWereMeant()
    {
        Assert.Equal(@"a 'b c' 'it'\''s' ''", CommandText.Join(["a", "b c", "it's", ""]));
        Assert.Equal(["--comment", "a \"b\" \\", "-j", ""], CommandText.Split("--comment \"a \\\"b\\\" \\\\\" -j \"\""));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Fill(string id, params JournalEventType[] events)
    {
        Journal journal = Journal;
        using JournalLock held = journal.Lock(TimeSpan.Zero, CancellationToken.None);
        MitigationStep[] steps =
        [
            new() { Type = MitigationStepType.Rule, Inverse = ["iptables-nft", "-t", "raw", "-D", "OUTPUT", "-m", "comment", "--comment", "a \"b\"\n\u001b"], Rule = new RuleChange("iptables-nft", NetfilterBackend.IptablesNft, NetfilterFamily.IPv4, "raw", "OUTPUT", 0, ["-j", "NOTRACK"], false) },
            new() { Type = MitigationStepType.Feature, Feature = new FeatureChange("vx", 3, ["tx-checksum-ip-generic"]) },
            new() { Type = MitigationStepType.Route, Route = new RouteChange("ip", NetfilterFamily.IPv4, "10.96.0.0/12", "vx", null) },
        ];
        journal.Append(new JournalEvent { Id = id, Event = JournalEventType.Intent, Time = DateTime.UtcNow, Intent = new JournalIntent(MitigationKind.NoTrackTunnel, "ns", "net:[1]", "boot", steps, false) });
        foreach (JournalEventType type in events)
        {
            journal.Append(new JournalEvent { Id = id, Event = type, Step = 0 });
        }
    }
}
