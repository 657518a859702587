using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests;

/// <summary>The sender's side at little cost: a sample that the kernel chooses, and what NAT rewrites.</summary>
[Collection(nameof(Alone))]
public sealed class LiveSampleTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task TheSenderSeesWhatItSpoilsAndWhatNatRewrites()
    {
        using var lab = new FaultLab("nft");
        SessionResult run = await lab.WhileAskingAsync(() => engine.Run(
            "param($n) Test-VxlanChecksum -NetworkNamespace $n -Interface up0 -Sample -Duration 3",
            lab.Node.Name).Succeeded());

        VxlanChecksumResult own = Assert.Single(run.Values.Cast<VxlanChecksumResult>(),
            static r => r.OuterSource == "10.0.10.14");
        Assert.Equal((ChecksumCause.NatLocalChecksum, CaptureVantage.Sender), (own.Cause, own.Vantage));
        Assert.NotEmpty(own.TranslatedFlows);
        Assert.All(own.TranslatedFlows, static f => Assert.Equal("10.0.10.14", f.NewAddress.ToString()));
        Assert.Contains(own.TranslatedFlows, f => own.ImpliedOriginalPort.Contains(f.OldPort));
        string[] told = [
            .. own.Evidence.Where(static e => e.Kind == EvidenceKind.NatBinding).Select(static e => e.Text)];
        Assert.Contains(told, static t => t.StartsWith("NAT on this node rewrites ", StringComparison.Ordinal));
        Assert.Contains(told, static t => t.Contains(" and refutes that of 0;", StringComparison.Ordinal));
        Assert.Contains("The sender's connection table confirms ", own.Explanation, StringComparison.Ordinal);
        Assert.All(run.Values.Cast<VxlanChecksumResult>().Where(static r => r.OuterSource == "10.0.10.10"),
            static r => Assert.DoesNotContain(r.Evidence, static e => e.Kind == EvidenceKind.NatBinding));
    }

    [Fact]
    public async Task OfManyPacketsFewAreLookedAtAndItSaysSo()
    {
        const int Rate = 500;
        using LabTunnel tunnel = LabTunnel.Create();
        using LiveRun capture = await LiveRun.StartAsync(engine.Session,
            "Test-VxlanChecksum -NetworkNamespace $args[0] -Interface wire -Sample -MaximumRate $args[1] -Duration 8",
            tunnel.Left.Name, Rate);

        // Long enough that the rate has settled: the first burst is taken for more than there will be.
        int sent = await tunnel.SendForAsync(TimeSpan.FromSeconds(5));
        SessionResult run = (await capture.ResultAsync()).Succeeded();
        Assert.Empty(run.Warnings);
        var result = (VxlanChecksumResult)run.OnlyOutput.BaseObject;
        Assert.Equal(("10.0.10.1", "10.0.10.2"), (result.OuterSource, result.OuterDestination));
        Assert.True(result.Cause is ChecksumCause.OffloadPending or ChecksumCause.LcoPending, result.Explanation);
        Assert.InRange(result.Packets, 100, 9 * Rate);
        Assert.True(result.SampledOneIn > 2, result.Explanation);

        // What is estimated is what was sent: each packet looked at stands for those it was chosen among.
        Assert.InRange(result.Packets * result.SampledOneIn!.Value, 0.5 * sent, 1.5 * sent);
        Assert.StartsWith("Of a sample, about 1 packet in ", result.Explanation, StringComparison.Ordinal);
        Assert.Matches("^a sample: [0-9]+ of about [0-9]+ packets of the capture were looked at, chosen at random;",
            Assert.Single(result.Evidence, static e => e.Kind == EvidenceKind.Sample).Text);
        Assert.Contains("has no flow of this direction that NAT rewrites",
            Assert.Single(result.Evidence, static e => e.Kind == EvidenceKind.NatBinding).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoTunnelsIsNotSampledUnlessAFilterAsksForIt()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using Socket sender = tunnel.Left.Inside(
            static () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        var nobody = new IPEndPoint(IPAddress.Parse("10.0.10.2"), 9999);
        using LiveRun capture = await LiveRun.StartAsync(engine.Session,
            "'before'; Test-VxlanChecksum -NetworkNamespace $args[0] -Interface wire -Sample -Duration 1; 'between'; "
            + "Test-VxlanChecksum -NetworkNamespace $args[0] -Interface wire -MaximumRate 10 -Filter 'udp' -First 5",
            tunnel.Left.Name);
        while (capture.State == PSInvocationState.Running)
        {
            sender.SendTo([1, 2, 3], nobody);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        object[] values = [.. (await capture.ResultAsync()).Succeeded().Values];
        Assert.Equal(["before", "between"], values[..2]);
        var result = (VxlanChecksumResult)values[2];
        Assert.Equal(("10.0.10.1", TunnelType.None, 5L), (result.OuterSource, result.TunnelType, result.Packets));
        Assert.NotNull(result.SampledOneIn);
    }
}
