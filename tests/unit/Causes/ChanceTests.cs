using VxlanCsum.Causes;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

public sealed class ChanceTests
{
    [Fact]
    public void SevenOfSevenPortsInRangeIsTheThreePerMilleOfTheArithmetic()
    {
        double chance = Math.Exp(Chance.LogBinomialTail(7, 7, PortRange.Default.Share));
        Assert.Equal(Math.Pow(28232.0 / 65535, 7), chance, 12);
        Assert.Equal(0.003, chance, 3);
        Assert.Equal(0.43, PortRange.Default.Share, 2);
    }

    [Theory]
    [InlineData(1, 1, 0.43)]
    [InlineData(10, 6, 0.43)]
    [InlineData(20, 3, 0.1)]
    [InlineData(50, 50, 0.9)]
    [InlineData(7, 0, 0.2)]
    public void TailEqualsTheSumOfItsTerms(int trials, int hits, double each)
    {
        double sum = 0;
        for (int k = hits; k <= trials; k++)
        {
            double combinations = 1;
            for (int i = 1; i <= k; i++)
            {
                combinations *= (double)(trials - k + i) / i;
            }

            sum += combinations * Math.Pow(each, k) * Math.Pow(1 - each, trials - k);
        }

        Assert.Equal(Math.Min(1, sum), Math.Exp(Chance.LogBinomialTail(trials, hits, each)), 10);
    }

    [Fact]
    public void TailOfThousandsOfTrialsNeitherOverflowsNorLosesItsSign()
    {
        Assert.InRange(Chance.LogBinomialTail(4096, 4096, 0.43), -3458, -3456);
        Assert.InRange(Math.Exp(Chance.LogBinomialTail(4096, 1700, 0.43)), 0.95, 1);
        Assert.InRange(Math.Exp(Chance.LogBinomialTail(4096, 1762, 0.43)), 0.45, 0.55);
    }

    [Fact]
    public void ConfidenceKeepsWhatSubtractionFromOneWouldLose()
    {
        Assert.Equal(0, Chance.Confidence(0));
        Assert.Equal(1 - 1.0 / 65535, Chance.Confidence(Chance.LogOneValue), 12);
        Assert.Equal(1, Chance.Confidence(double.NegativeInfinity));
        Assert.Equal(1e-9, Chance.Confidence(-1e-9), 15);
    }

    [Fact]
    public void MoreHypothesesMakeChanceLikelierUpToCertainty()
    {
        Assert.Equal(0.02, Math.Exp(Chance.Corrected(Math.Log(0.01), 2)), 12);
        Assert.Equal(1, Math.Exp(Chance.Corrected(Math.Log(0.5), 3)), 12);
    }

    [Theory]
    [InlineData(65535, 0)]
    [InlineData(-1, 65534)]
    [InlineData(-65536, 65534)]
    [InlineData(131071, 1)]
    public void ResiduesAreModulo65535(long value, int residue) => Assert.Equal(residue, Residue.Of(value));

    [Fact]
    public void EveryResidueHasItsHalf()
    {
        for (int r = 0; r < Residue.Modulus; r++)
        {
            Assert.Equal(r, Residue.Of(2L * Residue.Half(r)));
        }
    }
}
