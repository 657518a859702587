using VxlanCsum.Causes;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>The numbers that verdicts are made of.</summary>
public sealed class WeightsTests
{
    /// <summary>What damage may leave is a probability: over all differences it sums to one.</summary>
    [Fact]
    public void TheChancesOfAllDifferencesSumToOne() =>
        Assert.InRange(Enumerable.Range(1, 65534).Sum(static d => Math.Exp(Weights.Damage(d))), 0.99, 1.01);

    [Theory]
    [InlineData(0, 0, 1.0)]
    [InlineData(3, 0, 1.0 / 4)]
    [InlineData(1, 1, 1.0 / 6)]
    [InlineData(7, 5, 1.0 / 13 / 792)]
    [InlineData(30, 20, 1.0 / 51 / 47129212243960)]
    public void ASplitIsOneOverItsPlacesAndSizes(long hit, long missed, double chance) =>
        Assert.Equal(1, Math.Exp(Weights.Split(hit, missed)) / chance, 9);

    [Fact]
    public void SplitsOfAnySizeAreFinite() => Assert.InRange(Weights.Split(1L << 40, 1L << 40), -2e12, -1e12);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(65534, 0)]
    [InlineData(0x8000, 15)]
    [InlineData(0x7fff, 15)]
    [InlineData(65535 - 256, 8)]
    [InlineData(3, -1)]
    [InlineData(0, -1)]
    public void AFlippedBitAddsOrTakesAPowerOfTwo(int delta, int bit) => Assert.Equal(bit, Weights.BitOf(delta));

    [Fact]
    public void SumsOfLogarithmsAreThoseOfTheirNumbers()
    {
        Assert.Equal(Math.Log(0.7), Weights.Add(Math.Log(0.5), Math.Log(0.2)), 12);
        Assert.Equal(-3, Weights.Add(double.NegativeInfinity, -3));
        Assert.Equal(Math.Log(6), Weights.Sum([Math.Log(1), Math.Log(2), Math.Log(3)]), 12);
    }
}
