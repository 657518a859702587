using System.Diagnostics;
using System.Globalization;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Drops;

namespace VxlanCsum.LabTests.Drops;

/// <summary>Watch-ChecksumDrop at a rate that takes the whole machine, and what it leaves in the kernel, where no other
/// watch may be meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class DropWatchAloneTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task TenThousandASecondAndNoneIsMissed()
    {
        const int Count = 20_000, Rate = 10_000;
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        using LiveRun watch = await ChecksumDropTests.StartAsync(engine.Session, tunnel.Right.Name, Count, 50);
        await Task.Run(() => sender.SendMany(Count, Rate, static right => (ushort)(right ^ 0x0f00)),
            TestContext.Current.CancellationToken);
        SessionResult result = (await watch.ResultAsync()).Succeeded();
        ChecksumDrop[] drops = ChecksumDropTests.Drops(result);
        Assert.Equal(ChecksumDropTests.Errors(tunnel.Right), drops.Length);
        Assert.Equal(Count, drops.Length);
        Assert.Empty(result.Warnings);
        Assert.True(drops.Zip(drops.Skip(1))
            .All(static p => p.First.TimestampNanoseconds <= p.Second.TimestampNanoseconds), "not in order");
    }

    [Fact]
    public async Task WhatIsTooMuchIsCounted()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2", payload: 1300);
        using DropWatch watch = DropWatch.Open(new DropWatchOptions(tunnel.Right.Name) { MostPerSecond = 100 },
            TestContext.Current.CancellationToken);

        // Nobody reads: the rings run over.
        await Task.Run(() => sender.SendMany(12_000, 200_000, static right => (ushort)~right),
            TestContext.Current.CancellationToken);
        watch.Finish();
        long given = 0;
        while (watch.TryRead(out _))
        {
            given++;
        }

        DropWatchStatistics counted = watch.Statistics;
        Assert.Equal(ChecksumDropTests.Errors(tunnel.Right), counted.Matched);
        Assert.Equal(counted.Matched, counted.Read + counted.Missed);
        Assert.Equal(counted.Read, given + counted.LeftOut);
        Assert.Equal(100, given);
        Assert.NotEqual(0, counted.Missed);
    }

    [Fact]
    public async Task KilledItLeavesNothingInTheKernel()
    {
        LabNamespace.Require();
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        Assert.True(LoadedPrograms.WaitForNone(), "another watch is running");
        for (int i = 0; i < 3; i++)
        {
            using Process process = ShellProcess.Start(["-NoProfile", "-Command", "Watch-ChecksumDrop"]);
            Assert.True(SpinWait.SpinUntil(() => LoadedPrograms.Count() == 1, TimeSpan.FromSeconds(60)),
                "it did not begin");
            LabCommand.Run("kill", i == 0 ? "-TERM" : "-KILL", process.Id.ToString(CultureInfo.InvariantCulture));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(LoadedPrograms.WaitForNone(), "the program is still there");
        }
    }

    [Fact]
    public async Task StoppedItLeavesNothingInTheKernel()
    {
        LabNamespace.Require();
        Assert.True(LoadedPrograms.WaitForNone(), "another watch is running");
        using LiveRun watch = await LiveRun.StartAsync(engine.Session, "Watch-ChecksumDrop");
        Assert.Equal(1, LoadedPrograms.Count());
        watch.Stop();
        Assert.True(LoadedPrograms.WaitForNone(), "the program is still there");
    }
}
