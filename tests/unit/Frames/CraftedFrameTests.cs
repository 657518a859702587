using Xunit;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Every link layer, protocol and tunnel: the walker against what was built, and against a second reading of
/// the RFCs.</summary>
public sealed class CraftedFrameTests
{
    public static TheoryData<string> Names => [.. CraftedFrames.All.Select(f => $"{f.Link}: {f.Name}")];

    [Theory]
    [MemberData(nameof(Names))]
    public void VerdictsAreThoseBuiltInAndThoseOfTheReference(string name)
    {
        CraftedFrame frame = CraftedFrames.All.Single(f => $"{f.Link}: {f.Name}" == name);
        Walked walked = Walked.Of(frame.Bytes, frame.Wire, frame.Link);
        Assert.Equal(frame.Expected, string.Join(", ", walked.Layers.Select(l => $"{l.Protocol} {l.Status}")));
        if (frame.Link != LinkType.Nflog)
        {
            Assert.Null(walked.DifferenceTo(ReferenceParser.Verdicts(frame.Bytes, frame.Wire, frame.Link)));
        }
    }
}
