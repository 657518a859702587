using System.Runtime.CompilerServices;
using Xunit;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>
/// A large collection of public captures with tshark's verdicts: where VXLANCSUM_CORPUS points, or in shared/corpus
/// beside the checkout. It is read in place; nothing of it is part of this repository.
/// </summary>
internal static class Corpus
{
    public static string FolderOrSkip()
    {
        string folder = Environment.GetEnvironmentVariable("VXLANCSUM_CORPUS")
            ?? Path.Combine(RepositoryRoot(), "..", "shared", "corpus");
        if (!Directory.Exists(folder))
        {
            Assert.Skip($"no corpus of public captures at {folder}; VXLANCSUM_CORPUS can name it");
        }

        return folder;
    }

    public static string RepositoryRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
