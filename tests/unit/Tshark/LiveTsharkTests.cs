using Xunit;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>Our verdicts on this repository's captures against those of the tshark that is installed.</summary>
public sealed class LiveTsharkTests
{
    [Fact]
    public void EveryVerdictOnOurCapturesEqualsTsharksOrDiffersForAReasonInTheDocs()
    {
        VerdictComparison comparison = new();
        foreach (string capture in SampleCaptures.All)
        {
            comparison.Add(capture, LiveTshark.ReadOrSkip(capture));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(comparison.ToString());
        Assert.Empty(comparison.Unexplained);
        Assert.True(comparison.Verdicts > 100, $"only {comparison.Verdicts} verdicts were compared");
    }
}
