using VxlanCsum.Node.Journals;
using Xunit;

namespace VxlanCsum.UnitTests.Mitigations;

public sealed class OwnerLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-owner-").FullName;

    [Fact]
    public void ItIsHeldUntilItsOwnerEnds()
    {
        var journal = new Journal(Path.Combine(_folder, "journal.jsonl"));
        Assert.False(OwnerLock.IsHeld(journal, null));
        Assert.False(OwnerLock.IsHeld(journal, "ab12"));
        using (OwnerLock.Take(journal, "ab12"))
        {
            Assert.True(OwnerLock.IsHeld(journal, "ab12"));
            Assert.False(OwnerLock.IsHeld(journal, "cd34"));
            Assert.Throws<IOException>(() => OwnerLock.Take(journal, "ab12"));
        }

        Assert.False(OwnerLock.IsHeld(journal, "ab12"));
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void WhatAKilledOwnerLeftIsRemovedAndNoNameLeadsElsewhere()
    {
        var journal = new Journal(Path.Combine(_folder, "journal.jsonl"));
        File.WriteAllText(journal.FilePath + ".ab12", string.Empty);
        Assert.False(OwnerLock.IsHeld(journal, "../ab12"));
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
