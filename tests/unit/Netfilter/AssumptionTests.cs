using VxlanCsum.Netfilter.Rules;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

public sealed class AssumptionTests
{
    /// <summary>Trees that grow anywhere, and such as rules in a row leave: each branch one deeper than the last.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void WhereTwoChainsPartIsFoundAsByGoingBackStepByStep(int reach)
    {
        Random random = new(20261130);
        List<Assumption?> all = [null];
        for (int i = 0; i < 2000; i++)
        {
            all.Add(new Assumption(all[^random.Next(1, Math.Min(reach, all.Count) + 1)], null, $"{i}"));
        }

        for (int i = 0; i < 5000; i++)
        {
            Assumption? left = all[random.Next(all.Count)], right = all[random.Next(all.Count)];
            Assert.Same(Slow(left, right), Assumption.Common(left, right));
        }
    }

    private static Assumption? Slow(Assumption? left, Assumption? right)
    {
        HashSet<Assumption> ofLeft = [];
        for (; left is not null; left = left.Before)
        {
            ofLeft.Add(left);
        }

        while (right is not null && !ofLeft.Contains(right))
        {
            right = right.Before;
        }

        return right;
    }
}
