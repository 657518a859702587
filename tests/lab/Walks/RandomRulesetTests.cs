using System.Globalization;

namespace VxlanCsum.LabTests.Walks;

/// <summary>
/// Random rulesets in the real kernel: the walk never says what the kernel does not do, and is undecided only where the
/// text does not tell. VXLANCSUM_RANDOM_RULESETS=20000 tries that many of each language, VXLANCSUM_RANDOM_SEED others.
/// </summary>
public sealed class RandomRulesetTests(ITestOutputHelper output)
{
    private const int Few = 400;

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture,
            out int number) ? number : otherwise;

    [Theory]
    [InlineData("iptables-nft", false)]
    [InlineData("iptables-nft", true)]
    [InlineData("iptables-legacy", false)]
    [InlineData("iptables-legacy", true)]
    [InlineData("nft", false)]
    [InlineData("nft", true)]
    public void TheWalkNeverContradictsTheKernel(string tool, bool v6)
    {
        var run = new WalkRun(tool == "nft" ? new NftBackend(v6) : new IptablesBackend(tool, v6),
            Setting("VXLANCSUM_RANDOM_SEED", 1));
        run.Go(Setting("VXLANCSUM_RANDOM_RULESETS", Few));
        output.WriteLine(run.Summary);
        Assert.True(run.Contradictions.Count == 0, run.Summary + string.Join("\n=====\n", run.Contradictions.Take(5)));
        Assert.True(run.Needless.Count == 0, run.Summary + string.Join("\n=====\n", run.Needless.Take(5)));
    }
}
