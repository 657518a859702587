using System.Diagnostics;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Node.Interop;
using Xunit;

namespace VxlanCsum.UnitTests.Files;

/// <summary>What a second user prepares for root: each is refused, or goes where root meant it to go.</summary>
public sealed class GuardedFileTests : IDisposable
{
    private const string Stranger = "65534";
    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-gate-").FullName;
    private readonly string _victim;

    public GuardedFileTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "needs root on Linux: gives files to another user");
        _victim = Path.Combine(_folder, "victim");
        File.WriteAllText(_victim, "root's");
        Directory.CreateDirectory(In("theirs"));
        Run("chown", Stranger, In("theirs"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ALinkInAnothersFolderIsNotFollowed(bool reliedOn)
    {
        FolderTrust trust = reliedOn ? FolderTrust.Ours : FolderTrust.Anyones;
        File.CreateSymbolicLink(In("theirs/file"), _victim);
        Directory.CreateSymbolicLink(In("theirs/way"), _folder);
        foreach (string path in (string[])["theirs/file", "theirs/way/victim"])
        {
            NodeException refused = Assert.Throws<NodeException>(() => GuardedFile.At(In(path), trust));
            Assert.Equal(NodeErrorId.PathNotTrusted, refused.ErrorId);
        }

        Assert.Equal("root's", File.ReadAllText(_victim));
    }

    [Fact]
    public void ALinkMadeBetweenTheLookAndTheOpeningIsNotFollowed()
    {
        using GuardedFile file = GuardedFile.At(In("theirs/file"), FolderTrust.Anyones);
        File.CreateSymbolicLink(In("theirs/file"), _victim);
        Assert.Contains("is a symbolic link", Assert.Throws<IOException>(file.OpenRead).Message,
            StringComparison.Ordinal);
        Assert.Throws<IOException>(file.OpenOrCreate);
        using (FileStream aside = file.CreateAside())
        {
            aside.Write("new"u8);
        }

        Assert.Throws<IOException>(() => file.TakeName(overwrite: false));
        Assert.Equal("root's", File.ReadAllText(_victim));
    }

    [Fact]
    public void AFolderThatIsExchangedMeanwhileLeadsNowhereElse()
    {
        using (GuardedFile file = GuardedFile.At(In("theirs/file"), FolderTrust.Anyones))
        {
            Directory.Move(In("theirs"), In("moved"));
            Directory.CreateDirectory(In("elsewhere"));
            Directory.CreateSymbolicLink(In("theirs"), In("elsewhere"));
            file.CreateAside().Dispose();
            file.TakeName(overwrite: true);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(In("elsewhere")));
        Assert.Equal([In("moved/file")], Directory.EnumerateFileSystemEntries(In("moved")));
    }

    [Theory]
    [InlineData("755", "theirs", "is a folder of the user 65534")]
    [InlineData("775", null, "others may write to")]
    [InlineData("777", null, "others may write to")]
    public void WhatIsReliedOnStandsInFoldersOfOursOnly(string mode, string? folder, string why)
    {
        folder ??= Directory.CreateDirectory(In("ours")).Name;
        Run("chmod", mode, In(folder));
        Assert.Contains(why,
            Assert.Throws<NodeException>(() => GuardedFile.At(In(folder + "/file"), FolderTrust.Ours)).Message,
            StringComparison.Ordinal);
        GuardedFile.At(In(folder + "/file"), FolderTrust.Anyones).Dispose();
    }

    [Fact]
    public void ASharedFolderThatIsStickyWillDoButNotForWhatAnotherPutThere()
    {
        string shared = Directory.CreateDirectory(In("shared")).FullName;
        Run("chmod", "1777", shared);
        using (GuardedFile file = GuardedFile.At(Path.Combine(shared, "file"), FolderTrust.Ours))
        {
            file.OpenOrCreate().Dispose();
            file.OpenRead()!.Dispose();
            Run("ln", Path.Combine(shared, "file"), Path.Combine(shared, "second"));
            Assert.Throws<NodeException>(file.OpenRead);
        }

        Run("chown", Stranger, Path.Combine(shared, "file"));
        using GuardedFile theirs = GuardedFile.At(Path.Combine(shared, "file"), FolderTrust.Ours);
        Assert.Contains("belongs to the user 65534", Assert.Throws<NodeException>(theirs.OpenRead).Message,
            StringComparison.Ordinal);
        File.CreateSymbolicLink(Path.Combine(shared, "link"), _victim);
        Assert.Throws<NodeException>(() => GuardedFile.At(Path.Combine(shared, "link"), FolderTrust.Ours));
    }

    [Fact]
    public void OurOwnLinksLeadOn()
    {
        Directory.CreateSymbolicLink(In("way"), "./theirs/..");
        File.CreateSymbolicLink(In("absolute"), _victim);
        Run("chown", "0", In("theirs"));
        foreach (string path in (string[])["way/victim", "absolute"])
        {
            using (GuardedFile file = GuardedFile.At(In(path), FolderTrust.Ours))
            {
                file.CreateAside().Dispose();
                file.TakeName(overwrite: true);
            }

            Assert.Equal(string.Empty, File.ReadAllText(_victim));
            File.WriteAllText(_victim, "again");
        }

        File.CreateSymbolicLink(In("round"), In("round"));
        Assert.Throws<NodeException>(() => GuardedFile.At(In("round"), FolderTrust.Ours));
    }

    [Fact]
    public void ANewFileIsNewAndAReplacedOneIsThereAtOnce()
    {
        string path = In("new");
        using (GuardedFile file = GuardedFile.At(path, FolderTrust.Anyones))
        {
            file.TryCreateNew()!.Dispose();
            Assert.Equal(GuardedFile.Private, FileStatus.Of(path)!.Value.Permissions);
            Assert.Null(file.TryCreateNew());
            using FileStream replaced = file.Replace();
            replaced.Write("two"u8);
            Assert.Equal("two", File.ReadAllText(path));
        }

        // A link that comes between the look and the making is something that stands there.
        using GuardedFile theirs = GuardedFile.At(In("theirs/file"), FolderTrust.Anyones);
        File.CreateSymbolicLink(In("theirs/file"), _victim);
        Assert.Null(theirs.TryCreateNew());
        theirs.Replace().Dispose();
        Assert.Null(new FileInfo(In("theirs/file")).LinkTarget);
        Assert.Equal("root's", File.ReadAllText(_victim));
    }

    [Fact]
    public void WhatIsNoFileIsNotReplaced()
    {
        Run("mkfifo", In("pipe"));
        foreach (string path in (string[])[In("pipe"), In("theirs")])
        {
            using GuardedFile file = GuardedFile.At(path, FolderTrust.Anyones);
            Assert.Contains("is no file", Assert.Throws<IOException>(() => file.Replace()).Message,
                StringComparison.Ordinal);
        }

        Assert.Equal([In("pipe"), In("theirs"), _victim], Directory.GetFileSystemEntries(_folder).Order());
    }

    [Fact]
    public void APipeAFolderAndADeviceAreNoFiles()
    {
        Run("mkfifo", In("pipe"));
        foreach (string path in (string[])[In("pipe"), In("theirs"), "/dev/null"])
        {
            using GuardedFile file = GuardedFile.At(path, FolderTrust.Anyones);
            Assert.Contains("is no file", Assert.Throws<IOException>(file.OpenRead).Message, StringComparison.Ordinal);
        }

        Assert.Throws<IOException>(() => GuardedFile.At("/", FolderTrust.Anyones));
        Assert.Throws<DirectoryNotFoundException>(() => GuardedFile.At(In("none/file"), FolderTrust.Anyones));
    }

    [Fact]
    public void NewOnesAreTheOwnersAndReplacedOnesKeepWhose()
    {
        string path = In("deep/er/file");
        using (var file = new AsideFile(path, GuardedFile.Private))
        {
            Assert.Throws<DirectoryNotFoundException>(() => file.Stream);
        }

        GuardedFile.At(path, FolderTrust.Ours, createFolders: true).Dispose();
        Assert.Equal(0b111_000_000u, FileStatus.Of(In("deep/er"))!.Value.Permissions);
        Write(path, "one");
        Assert.Equal((0b110_000_000u, 0u), (FileStatus.Of(path)!.Value.Permissions, FileStatus.Of(path)!.Value.Owner));
        Run("chgrp", Stranger, path);
        Run("chmod", "640", path);
        Write(path, "two");
        FileStatus now = FileStatus.Of(path)!.Value;
        Assert.Equal((0b110_100_000u, 65534u), (now.Permissions, now.Group));

        // But what another put there does not make ours his.
        File.WriteAllText(In("theirs/bait"), "x");
        Run("chown", Stranger, In("theirs/bait"));
        Run("chmod", "666", In("theirs/bait"));
        Write(In("theirs/bait"), "three");
        now = FileStatus.Of(In("theirs/bait"))!.Value;
        Assert.Equal((0b110_000_000u, 0u), (now.Permissions, now.Owner));
        Assert.Single(Directory.EnumerateFileSystemEntries(In("theirs")));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static void Write(string path, string text)
    {
        using var file = new AsideFile(path, GuardedFile.Private);
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Complete(overwrite: true);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process run = Process.Start(program, arguments);
        run.WaitForExit();
        Assert.Equal(0, run.ExitCode);
    }

    private string In(string name) => Path.Combine(_folder, name);
}
