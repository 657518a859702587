using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>A small run of bench/calibration: captures whose truth is known, of every kind.</summary>
public sealed class CalibrationTests
{
    private static readonly Lazy<Calibration> s_run = new(static () => Calibration.Run(1650, seed: 700_001));

    [Fact]
    public void WhatIsSaidToBeSureIsRight()
    {
        Calibration run = s_run.Value;
        Assert.True(run.WrongAt95 * 200 <= run.Captures && run.WrongAt99 * 1000 <= run.Captures,
            string.Join('\n', run.SureAndWrong));
    }

    [Fact]
    public void NoHealthyCaptureIsAccused() => Assert.Equal(0, s_run.Value.HealthyAccused);

    [Fact]
    public void ThreeFlowsOfTwoPacketsAreEnough()
    {
        Calibration run = s_run.Value;
        Assert.True(run.Ample > 500 && run.AmpleRight * 100 >= run.Ample * 95,
            $"{run.AmpleRight} of {run.Ample}\n{run.ToMarkdown()}");
    }

    [Fact]
    public void ALonePacketIsNoProof() => Assert.InRange(s_run.Value.LonePacketMost, 0, 0.7);

    [Fact]
    public void TheSameSeedGivesTheSameCapture()
    {
        foreach (Truth truth in Enum.GetValues<Truth>())
        {
            Assert.Equal(new Simulator(7).Make(truth).Frames.SelectMany(static f => f.Bytes),
                new Simulator(7).Make(truth).Frames.SelectMany(static f => f.Bytes));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void PartsOfACaptureMergeIntoTheWhole(int seed)
    {
        foreach (Truth truth in Enum.GetValues<Truth>())
        {
            SimulatedCapture capture = new Simulator(seed).Make(truth);
            Assert.Equal(capture.Analyze().Select(Describe), capture.Analyze(parts: 3).Select(Describe));
        }
    }

    private static string Describe(VxlanChecksumResult r) =>
        $"{r} {r.Confidence:0.000000} {r.Packets} {r.BadPackets} {r.PendingPackets} {r.BrokenFlows}";
}
