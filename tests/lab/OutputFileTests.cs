using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.LabTests;

/// <summary>What is written as root goes where root said: not where another user's link leads, over nothing that is
/// there, and for nobody else to read.</summary>
public sealed class OutputFileTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Stranger = "65534", Live = "-Interface lo -Duration 0.2 -WriteTo $args[0]";

    public static TheoryData<string> Captures =>
    [
        $"Read-PcapChecksum {Live}",
        $"Measure-PcapChecksum {Live}",
        $"Test-VxlanChecksum {Live}",
        "Watch-ChecksumDrop -Duration 0.2 -WriteTo $args[0]",
        "Repair-PcapChecksum -Path $args[1] -Destination $args[0]",
    ];

    public static TheoryData<string> Outputs =>
    [
        .. Captures.Select(static c => c.Data + " -Force"),
        "Watch-ChecksumDrop -Duration 0.2 -Prometheus $args[0]",
        "Measure-PcapChecksum $args[1] | Export-ChecksumReport -Format Csv -Path $args[0] -Force",
    ];

    [Theory]
    [MemberData(nameof(Outputs))]
    public void NoLinkOfAnotherIsFollowed(string command)
    {
        LabNamespace.Require("chown");
        using var folder = new TemporaryFolder();
        string theirs = Directory.CreateDirectory(Path.Combine(folder.Path, "theirs")).FullName,
            victim = folder.Write("victim", "root's"), link = Path.Combine(theirs, "out.pcapng");
        LabCommand.Run("chown", Stranger, theirs);
        File.CreateSymbolicLink(link, victim);
        Directory.CreateSymbolicLink(Path.Combine(theirs, "way"), folder.Path);
        foreach (string path in (string[])[link, Path.Combine(theirs, "way", "new.pcapng")])
        {
            SessionResult run = Run(command, path);
            Assert.Equal([NodeErrorId.PathNotTrusted], run.ErrorIds);
        }

        Assert.Equal("root's", File.ReadAllText(victim));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
        Assert.Equal(2, Directory.GetFileSystemEntries(theirs).Length);
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void WhatIsThereStaysUnlessForcedAndNobodyElseReadsIt(string command)
    {
        LabNamespace.Require();
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "out.pcapng");
        Run(command, path).Succeeded();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        File.WriteAllText(path, "before");
        SessionResult again = Run(command, path);
        Assert.Equal(["CaptureExists"], again.ErrorIds);
        Assert.Equal("-Force replaces it.", again.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Equal("before", File.ReadAllText(path));
        Run(command + " -Force", path).Succeeded();
        Assert.NotEqual("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void ADeviceStaysADevice(string command)
    {
        LabNamespace.Require("mknod");
        using var folder = new TemporaryFolder();
        string device = Path.Combine(folder.Path, "null.pcapng");
        LabCommand.Run("mknod", device, "c", "1", "3");
        Assert.Equal(["CaptureUnwritable"], Run(command + " -Force", device).ErrorIds);
        LabCommand.Run("test", "-c", device);
        Assert.Equal([device], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void ADiagnosisIsSavedIntoNoFolderThatAnotherLeadsElsewhere()
    {
        using LabNamespace node = LabNamespace.Create();
        using var folder = new TemporaryFolder();
        string theirs = Directory.CreateDirectory(Path.Combine(folder.Path, "theirs")).FullName,
            ours = Directory.CreateDirectory(Path.Combine(folder.Path, "ours")).FullName;
        LabCommand.Run("chown", Stranger, theirs);
        Directory.CreateSymbolicLink(Path.Combine(theirs, "way"), ours);
        const string Script = "Get-ChecksumDiagnosis -NetworkNamespace $args[0] -CounterSeconds 0 -SaveTo $args[1]";
        Assert.Equal([NodeErrorId.PathNotTrusted],
            engine.Run(Script, node.Name, Path.Combine(theirs, "way")).ErrorIds);
        Assert.Empty(Directory.GetFileSystemEntries(ours));
        string saved = Path.Combine(ours, "saved");
        engine.Run(Script + " -DropSeconds 0.1", node.Name, saved).Succeeded();
        Assert.All(Directory.GetFiles(saved),
            static f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        Assert.Contains(Directory.GetFiles(saved), static f => f.EndsWith("drops.pcapng", StringComparison.Ordinal));
    }

    private SessionResult Run(string command, string path) => engine.Run(command, path,
        Repository.PathOf("tests", "data", "captures", "udpcsum-on-random.pcap"));
}
