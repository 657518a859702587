using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>
/// Root keeps its journal, or what persists, where another user can write, and that user is there before: no command
/// of his is run, no file of root's is read or changed through his links, and his own are not relied on.
/// </summary>
public sealed class SecondUserTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private const string Nobody = "65534";
    private readonly FaultLab _lab = new("nft");
    private readonly TemporaryFolder _folder = new();

    private string Theirs => Path.Combine(_folder.Path, "theirs");
    private string Victim => Path.Combine(_folder.Path, "victim");
    private string Ran => Path.Combine(_folder.Path, "ran");

    /// <summary>What he does in his folder (theirs), where root's file is (victim) and what root wrote there.</summary>
    public static TheoryData<string> Traps =>
    [
        "ln -s $victim $theirs/journal.jsonl",
        "ln $victim $theirs/journal.jsonl",
        "cp $victim $theirs/journal.jsonl",
        "ln -s $victim $theirs/journal.jsonl.lock",
        "mkfifo $theirs/journal.jsonl",
        "mkfifo $theirs/journal.jsonl.lock",
        "mkdir $theirs/journal.jsonl",
        "ln -s $(dirname $victim) $theirs/way",
    ];

    public void Dispose()
    {
        _lab.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Traps))]
    public void NothingOfAJournalInHisFolderIsCarriedOutReadOrChanged(string trap)
    {
        Prepare(sticky: false, trap);
        string before = _lab.Snapshot();
        RefusesAll(trap.Contains("way", StringComparison.Ordinal)
            ? Path.Combine(Theirs, "way", Path.GetFileName(Victim)) : Path.Combine(Theirs, "journal.jsonl"), sticky: false);
        Assert.Equal(before, _lab.Snapshot());
    }

    /// <summary>In a folder such as /tmp root's own journal would be relied on, since nobody else can take its name.
    /// His is not, nor a second name that he gives to a file of root's.</summary>
    [Theory]
    [InlineData("ln -s $victim $theirs/journal.jsonl")]
    [InlineData("cp $victim $theirs/journal.jsonl")]
    [InlineData("ln -s $victim $theirs/journal.jsonl.lock")]
    [InlineData("ln $victim $theirs/journal.jsonl")]
    [InlineData("mkfifo $theirs/journal.jsonl")]
    public void NorInAFolderOfAll(string trap)
    {
        Prepare(sticky: true, trap);
        string before = _lab.Snapshot();
        RefusesAll(Path.Combine(Theirs, "journal.jsonl"), sticky: true);
        Assert.Equal(before, _lab.Snapshot());
    }

    [Theory]
    [InlineData("mkdir -p $theirs/etc/systemd/system")]
    [InlineData("mkdir -p $theirs/etc/systemd; ln -s $(dirname $victim) $theirs/etc/systemd/system")]
    [InlineData("mkdir -p $theirs/etc; ln -s $(dirname $victim) $theirs/etc/systemd")]
    public void NothingIsMadeToPersistThroughHisFolder(string trap)
    {
        Prepare(sticky: false, trap);
        string before = _lab.Snapshot();
        string[] names = Names();
        SessionResult refused = engine.Session.Apply(_lab, MitigationKind.UnmarkTunnel,
            $"-Force -PersistPath '{Theirs}'");
        Assert.Equal([NodeErrorId.PersistenceUnavailable], refused.ErrorIds);
        Assert.Contains("cannot be relied on", refused.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(names, Names());

        // Either nothing was changed, or what was can be undone: it is in the journal.
        engine.Session.Undo(_lab, "-All").Succeeded();
        Assert.Equal(before, _lab.Snapshot());
    }

    private void RefusesAll(string journal, bool sticky)
    {
        string[] names = Names();
        string held = File.ReadAllText(Victim);
        string[] commands =
        [
            "Undo-ChecksumMitigation -Pending -Force -Confirm:$false -Timeout 1",
            "Undo-ChecksumMitigation -All -Confirm:$false -Timeout 1",
            $"Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace {_lab.Node.Name} -Force -Confirm:$false -Timeout 1",
        ];
        string[] refusals = [.. commands.SelectMany(c => engine.Run($"{c} -JournalPath $args[0]", journal).ErrorIds)];

        // In a folder of all, with a lock of his and no journal, there is nothing to undo; and nothing is begun.
        Assert.Equal(sticky && !Path.Exists(journal) ? 1 : commands.Length, refusals.Length);
        Assert.All(refusals, static id => Assert.Contains(id,
            (string[])[NodeErrorId.PathNotTrusted, NodeErrorId.JournalUnusable]));
        Assert.False(File.Exists(Ran), "a command of his was run");
        Assert.Equal(held, File.ReadAllText(Victim));
        Assert.Equal(names, Names());
    }

    /// <summary>What is there, but for a lock of root's own.</summary>
    private string[] Names() =>
        [.. LabCommand.Run("find", _folder.Path, "-printf", "%p %y %m %U %s %l\n").Split('\n').Order()
            .Where(static l => !l.Contains("journal.jsonl.lock f 600 0 0", StringComparison.Ordinal))];

    /// <summary>He can write to a folder; root has a log with a line that looks like a change begun, as anyone can have
    /// it written there who sends a request.</summary>
    private void Prepare(bool sticky, string trap)
    {
        LabNamespace.Require("setpriv", "mkfifo");
        Directory.CreateDirectory(Theirs);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "system"));
        LabCommand.Run("chmod", sticky ? "1777" : "777", Theirs);
        LabCommand.Run("chown", sticky ? "0" : Nobody, Theirs);
        LabCommand.Run("chmod", "755", _folder.Path);
        const string Steps = """[{"do":["true"],"undo":["touch","RAN"]}]""";
        File.WriteAllText(Victim, """{"version":1,"id":"x-1","event":"Intent","time":"2026-01-01T00:00:00Z","""
            + """ "intent":{"kind":"UnmarkTunnel","steps":""" + Steps.Replace("RAN", Ran, StringComparison.Ordinal)
            + "}}\n");
        LabCommand.Run("chmod", "644", Victim);
        LabCommandResult planted = LabCommand.TryRun("setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups",
            "sh", "-c", $"theirs={Theirs}; victim={Victim}; {trap}");

        // The kernel may forbid a second name for a file of another (fs.protected_hardlinks).
        if (planted.ExitCode != 0 && trap.StartsWith("ln $victim", StringComparison.Ordinal))
        {
            LabCommand.Run("ln", Victim, Path.Combine(Theirs, "journal.jsonl"));
        }
        else
        {
            Assert.Equal((0, string.Empty), (planted.ExitCode, planted.Error));
        }
    }
}
