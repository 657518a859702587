using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Reports;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

public sealed class ReportFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-report-").FullName;

    private string Target => Path.Combine(_folder, "report.csv");

    [Fact]
    public void TheFileIsThereWhenItIsWhole()
    {
        using (ReportFile file = ReportFile.Create(ReportFile.Check(Target, false), false))
        {
            file.Stream.Write("whole"u8);
            Assert.False(File.Exists(Target));
            file.Complete();
        }

        Assert.Equal("whole", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void OfAHalfNothingIsLeft()
    {
        File.WriteAllText(Target, "before");
        using (ReportFile file = ReportFile.Create(ReportFile.Check(Target, true), true))
        {
            file.Stream.Write("half"u8);
        }

        Assert.Equal("before", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void AFileThatCameMeanwhileIsKept()
    {
        using (ReportFile file = ReportFile.Create(ReportFile.Check(Target, false), false))
        {
            File.WriteAllText(Target, "theirs");
            Assert.Equal(NodeErrorId.ReportExists, Assert.Throws<NodeException>(file.Complete).ErrorId);
        }

        Assert.Equal("theirs", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Fact]
    public void ALinkStaysALinkAndModesStay()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs file modes of Unix");
        string real = Path.Combine(_folder, "real.csv");
        File.WriteAllText(real, "before");
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.CreateSymbolicLink(Target, real);
            using ReportFile file = ReportFile.Create(ReportFile.Check(Target, true), true);
            file.Stream.Write("after"u8);
            file.Complete();
            Assert.Equal(real, File.ResolveLinkTarget(Target, true)!.FullName);
            Assert.Equal("after", File.ReadAllText(real));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(real));
        }
    }

    [Fact]
    public void WhatIsNoFileIsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux's devices");
        Assert.Equal(NodeErrorId.ReportPathInvalid,
            Assert.Throws<NodeException>(() => ReportFile.Check("/dev/null", true)).ErrorId);
        Assert.Equal(NodeErrorId.ReportPathInvalid,
            Assert.Throws<NodeException>(() => ReportFile.Check(_folder, true)).ErrorId);
        Assert.Equal(NodeErrorId.ReportFolderNotFound,
            Assert.Throws<NodeException>(() => ReportFile.Check(Path.Combine(_folder, "no", "x.csv"), true)).ErrorId);
    }

    [Fact]
    public void AFullDiskIsToldAndLeavesNothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs Linux's /dev/full");
        NodeException error = Assert.Throws<NodeException>(() => ReportFile.WrapErrors("/some/where", static () =>
        {
            using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write);
            full.WriteByte(1);
            full.Flush();
            return true;
        }));
        Assert.Equal(NodeErrorId.ReportNotWritable, error.ErrorId);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
