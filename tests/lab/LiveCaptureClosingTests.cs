using System.Diagnostics;
using System.Management.Automation;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.LabTests;

/// <summary>Captures leave nothing open. Beside other tests that cannot be seen at once: what one of them starts holds all
/// that is open here for a moment, until it has become its program.</summary>
[Collection(nameof(Alone))]
public sealed class LiveCaptureClosingTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StoppingEndsTheCaptureAtOnceAndClosesTheDevice(bool busy)
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using ModuleSession session = new();
        using LiveRun reading = await LiveRun.StartAsync(session,
            "Read-PcapChecksum -NetworkNamespace $args[0] -Interface wire", tunnel.Right.Name);
        Task traffic = busy ? tunnel.SendAsync(5000, burst: 10)
            : Task.Delay(300, TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        reading.Stop();
        Assert.Equal(0, LabTunnel.Captures(tunnel.Right));
        Assert.Equal(PSInvocationState.Stopped, reading.State);
        await traffic;
    }

    [Fact]
    public async Task TheDeviceIsClosedWhenTheRestOfThePipelineHasEnough()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using LiveRun reading = await LiveRun.StartAsync(engine.Session,
            "foreach ($packet in 1) { Read-PcapChecksum -NetworkNamespace $args[0] -Interface wire -Filter udp | "
            + "ForEach-Object { $_; break } }", tunnel.Right.Name);
        await tunnel.SendAsync(10);
        Assert.Single((await reading.ResultAsync()).Values);
        Assert.Equal(0, LabTunnel.Captures(tunnel.Right));
    }

    [Theory]
    [InlineData("-Interface nosuch", NodeErrorId.InterfaceNotFound)]
    [InlineData("-Interface sixteen-letters-", NodeErrorId.InterfaceNameInvalid)]
    [InlineData("-Interface a/b", NodeErrorId.InterfaceNameInvalid)]
    [InlineData("-Interface down0", NodeErrorId.InterfaceDown)]
    [InlineData("-Interface lo -Filter 'udp prot 53'", "FilterInvalid")]
    [InlineData("-Interface lo -WriteTo /no/such/folder/x.pcap", "CaptureUnwritable")]
    public void WhatCannotBeCapturedIsSaid(string arguments, string errorId)
    {
        using LabNamespace lab = LabNamespace.Create();
        lab.Ip("link", "add", "down0", "type", "veth");
        foreach (string cmdlet in (string[])["Read-PcapChecksum", "Measure-PcapChecksum", "Test-VxlanChecksum"])
        {
            SessionResult result = engine.Run($"{cmdlet} {arguments} -Duration 1 -NetworkNamespace {lab.Name}");
            Assert.Equal([errorId], result.ErrorIds);
            Assert.NotEmpty(result.Errors[0].ErrorDetails.RecommendedAction);
            Assert.Equal(0, LabTunnel.Captures(lab));
        }
    }

    [Fact]
    public void CapturesOneAfterAnotherLeakNothing()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        const string Script =
            "for ($i = 0; $i -lt 20; $i++) { Read-PcapChecksum -Interface wire -NetworkNamespace $args[0] -Duration "
            + "0.02 }";
        engine.Run(Script, tunnel.Right.Name).Succeeded();
        int descriptors = Sockets(), threads = Process.GetCurrentProcess().Threads.Count;
        engine.Run(Script, tunnel.Right.Name).Succeeded();
        Assert.Equal(descriptors, Sockets());
        Assert.InRange(Process.GetCurrentProcess().Threads.Count, 1, threads + 10);
        Assert.Equal(0, LabTunnel.Captures(tunnel.Right));
    }

    private static int Sockets() => Directory.GetFileSystemEntries("/proc/self/fd").Count(f =>
        new FileInfo(f).LinkTarget is { } link
            && (link.StartsWith("socket:", StringComparison.Ordinal)
                || link.Contains("eventfd", StringComparison.Ordinal)));
}
