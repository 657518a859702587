using System.Diagnostics;
using VxlanCsum.Node.Files;
using VxlanCsum.Node.Interop;
using Xunit;

namespace VxlanCsum.UnitTests.Files;

/// <summary>What stands where a file is looked for may be anything.</summary>
public sealed class BoundedFileTests : IDisposable
{
    private const long Most = 1 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-bounded-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/dev/zero", "a device")]
    [InlineData("/", "a folder")]
    public void WhatIsNoFileIsRefused(string path, string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: files that are none");
        Assert.Contains(what, Assert.Throws<IOException>(() => BoundedFile.ReadAll(path, Most)).Message,
            StringComparison.Ordinal);
        Assert.Contains(what, Assert.Throws<IOException>(() => BoundedFile.OpenText(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void APipeThatNobodyWritesToIsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: mkfifo");
        string pipe = Path.Combine(_folder, "pipe");
        Process.Start("mkfifo", pipe).WaitForExit();
        Assert.Contains("a pipe", Assert.Throws<IOException>(() => BoundedFile.ReadAll(pipe, Most)).Message,
            StringComparison.Ordinal);
        Assert.Contains("a pipe", Assert.Throws<IOException>(() => BoundedFile.OpenText(pipe)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TenTimesTheLimitIsRefusedAndNothingIsRead()
    {
        string path = Path.Combine(_folder, "large");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(10 * Most);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        IOException refused = Assert.Throws<IOException>(() => BoundedFile.ReadAll(path, Most));
        Assert.Equal("large is larger than 1 MiB, which no such file is", refused.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most / 2);
    }

    [Fact]
    public void AFileWithoutLengthIsReadToTheLimitOnly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: /proc");
        Assert.NotEmpty(BoundedFile.ReadAll("/proc/self/maps", Most));
        Assert.Throws<IOException>(() => BoundedFile.ReadAll("/proc/self/maps", 100));
        Assert.Empty(BoundedFile.ReadAll(Write("empty", ""), Most));
        Assert.Equal("text"u8, BoundedFile.ReadAll(Write("some", "text"), 4));
    }

    [Fact]
    public void TheOlderCallTellsTheSameAsStatx()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: statx");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "some");
        foreach (string path in (string[])[Write("some", "x"), _folder, "/dev/zero", "/proc/self/exe", "/tmp", "/",
            Path.Combine(_folder, "link")])
        {
            Assert.Equal(FileStatus.Of(path), FileStatus.AskOld(Libc.FromHere, path, 0));
        }

        Assert.Null(FileStatus.AskOld(Libc.FromHere, "/no/such/file", 0));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
