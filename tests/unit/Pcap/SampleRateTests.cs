using VxlanCsum.Node.Pcap;
using Xunit;

namespace VxlanCsum.UnitTests.Pcap;

/// <summary>About so many frames a second, however many there are.</summary>
public sealed class SampleRateTests
{
    private const long Second = 1_000_000_000, Start = 1_700_000_000 * Second;

    [Fact]
    public void FewFramesAreAllLookedAt()
    {
        Simulation run = new(1000);
        run.Send(800, 10);
        Assert.Equal((1u, 8000L, 8000.0), (run.Rate.OneIn, run.Rate.Taken, run.Rate.Passed));
        Assert.Empty(run.Chosen);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public void OfManyAboutAsManyAsToldAreLookedAtAndTheNumberIsEstimated(int perSecond)
    {
        Simulation run = new(1000);
        run.Send(perSecond, 10);
        Assert.InRange(run.Rate.Taken, 5_000, 10_100);
        Assert.InRange(run.Rate.Passed, perSecond * 10 * 0.8, perSecond * 10 * 1.2);

        // The kernel copies no more than that either, once it has shown the first.
        Assert.InRange(run.CameThrough, run.Rate.Taken, 12_000 + (perSecond / 8));
    }

    [Fact]
    public void AfterABurstItLooksAtAllAgain()
    {
        Simulation run = new(1000);
        run.Send(500_000, 1);
        Assert.InRange(run.Rate.OneIn, 300u, 700u);
        run.Send(50, 10);
        Assert.Equal(1u, run.Rate.OneIn);
    }

    [Fact]
    public void WhatWaitedWhenTheKernelWasNarrowedCountsAsItWasChosen()
    {
        var chosen = new List<uint>();

        // A ring full: 5,000 frames of 10 ms, read at once at its end.
        long now = Start + (Second / 100);
        var rate = new SampleRate(1000, oneIn =>
        {
            chosen.Add(oneIn);
            return now;
        });
        int looked = 0;
        for (int i = 0; i < 5000; i++)
        {
            looked += rate.Offer(Start + (i * 2000)) ? 1 : 0;
        }

        Assert.Equal((100, 100L, 5000.0), (looked, rate.Taken, rate.Passed));
        Assert.InRange(Assert.Single(chosen), 490u, 510u);
    }

    [Fact]
    public void FramesThatCameWhileTheFilterWasPreparedCountAsTheyWereChosen()
    {
        // The kernel takes 5 ms to choose fewer: what came in the meantime is not one in hundreds.
        long now = Start, effective = 0;
        SampleRate rate = new(1000, _ => effective = now + (Second / 200));
        int came = 0;
        for (; now < Start + (Second / 100) && (effective == 0 || now < effective); now += 10_000)
        {
            rate.Offer(now);
            came++;
        }

        Assert.NotEqual(0, effective);
        Assert.Equal(came, rate.Passed);
    }

    /// <summary>A kernel that chooses, and a clock.</summary>
    private sealed class Simulation
    {
        /// <summary>Frames are shown together, some time after they came.</summary>
        private readonly List<long> _gathered = [];
        private readonly Random _random = new(18);
        private long _now = Start, _shown = Start;

        public Simulation(int most) => Rate = new SampleRate(most, oneIn =>
        {
            Chosen.Add(oneIn);
            return _now;
        });

        public SampleRate Rate { get; }

        public List<uint> Chosen { get; } = [];

        public long CameThrough { get; private set; }

        private void Show()
        {
            if (_now - _shown < Second / 10)
            {
                return;
            }

            _shown = _now;
            Rate.Turn(_now);
            _gathered.ForEach(time => Rate.Offer(time));
            _gathered.Clear();
        }

        public void Send(int perSecond, int seconds)
        {
            for (long i = 0; i < (long)perSecond * seconds; i++)
            {
                for (long next = _now + (Second / perSecond); _now < next;)
                {
                    _now = Math.Min(next, _now + (Second / 20));
                    Show();
                }

                if (_random.NextInt64(Rate.OneIn) == 0)
                {
                    CameThrough++;
                    _gathered.Add(_now);
                }
            }

            _shown = 0;
            Show();
        }
    }
}
