using Xunit;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Damaged frames: the walker reads them as a second, plain reading of the RFCs does, on both of its
/// ways.</summary>
public sealed class MutatedFrameTests
{
    /// <summary>Mutations of each crafted frame; VXLANCSUM_MUTATIONS asks for more.</summary>
    private static readonly int s_rounds = int.Parse(Environment.GetEnvironmentVariable("VXLANCSUM_MUTATIONS") ?? "150",
        System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void EveryMutationIsJudgedAsTheReferenceJudgesIt()
    {
        FrameMutator mutator = new(20241);
        CraftedFrame[] frames = [.. CraftedFrames.All.Where(f => f.Wire < 2000 && f.Link != LinkType.Nflog)];
        HashSet<(ChecksumProtocol, ChecksumStatus)> seen = [];
        for (int round = 0; round < s_rounds; round++)
        {
            foreach (CraftedFrame frame in frames)
            {
                byte[] mutated = mutator.Mutate(frame.Bytes, frame.Wire);
                List<ReferenceLayer> reference = ReferenceParser.Verdicts(mutated, mutator.Wire, frame.Link);
                seen.UnionWith(reference.Select(l => (l.Protocol, l.Status)));
                string? difference = Walked.Of(mutated, mutator.Wire, frame.Link).DifferenceTo(reference)
                    ?? Walked.Of(mutated, mutator.Wire, frame.Link, shortCut: false).DifferenceTo(reference);
                Assert.True(difference is null,
                    $"{frame.Name}, wire {mutator.Wire}\n{difference}\n{Convert.ToHexString(mutated)}");
            }
        }

        // Every protocol good, bad and unverified, and the few that can be more.
        Assert.True(seen.Count >= 33, string.Join(", ", seen.Order()));
    }
}
