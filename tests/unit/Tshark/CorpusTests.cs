using System.IO.Compression;
using Xunit;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>Our verdicts on a thousand public captures against those that tshark 4.0 gave.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void EveryVerdictEqualsTsharksOrDiffersForAReasonInTheDocs()
    {
        string captures = TestData.Corpus("pcap"), theirs = TestData.Corpus("tshark");
        VerdictComparison comparison = new();
        foreach (string capture in Directory.EnumerateFiles(captures).Order(StringComparer.Ordinal))
        {
            string verdicts = Path.Combine(theirs, $"{Path.GetFileNameWithoutExtension(capture)}.tsv.gz");
            using StreamReader lines = new(new GZipStream(File.OpenRead(verdicts), CompressionMode.Decompress));
            comparison.Add(capture, TsharkFrame.Parse(lines));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(comparison.ToString());
        Assert.True(comparison.Captures >= 1000, $"only {comparison.Captures} captures were found");
        Assert.Empty(comparison.Unexplained);
    }
}
