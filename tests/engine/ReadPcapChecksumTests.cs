using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class ReadPcapChecksumTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string s_fault = Repository.Data("captures", "udpcsum-on-random.pcap");
    private static readonly string s_sender = Repository.Data("captures", "sender-udpcsum-uplink.pcap");

    [Fact]
    public void OnePacketAFrameWithEveryLayerOutermostFirst()
    {
        SessionResult result = engine.Run("param($p) Read-PcapChecksum $p", s_fault);
        Assert.Equal(Enumerable.Range(1, 21).Select(n => (object?)(long)n), result.Property("FrameNumber"));
        object packet = engine.Run("param($p) Read-PcapChecksum $p -Status Bad -First 1", s_fault).Values.Single();
        Assert.Equal("VxlanCsum.PacketChecksum", packet.GetType().FullName);
        Assert.Equal(
            ["0 IPv4 Good 10.0.10.14 10.0.10.10", "0 Udp Bad 10.0.10.14:22208 10.0.10.10:4789",
                "1 IPv4 Good 10.244.1.1 10.244.2.1", "1 Udp Good 10.244.1.1:60058 10.244.2.1:5300"],
            engine.Run("param($p) (Read-PcapChecksum $p -Status Bad -First 1).Layers | ForEach-Object { '{0} {1} {2} "
                + "{3} {4}' -f $_.Depth, $_.Protocol, $_.Status, $_.Source, $_.Destination }", s_fault).Values);
    }

    [Fact]
    public void FaultIsNamedWithFoundAndExpected()
    {
        SessionResult result = engine.Run(
            "param($p) Read-PcapChecksum $p -Status Bad | ForEach-Object { '{0:x4} {1:x4} {2}' -f "
            + "$_.WorstLayer.Found, $_.WorstLayer.Expected, $_.Cause }", s_fault);
        Assert.Equal(7, result.Values.Count);
        Assert.Equal("f539 6606 NatLocalChecksum", result.Values[0]);
    }

    [Fact]
    public void SenderCaptureWithOffloadsIsNeverCalledBad() =>
        Assert.All(engine.Run("param($p) Read-PcapChecksum $p", s_sender).Property("Status"),
            status => Assert.Equal("Partial", $"{status}"));

    [Theory]
    [InlineData("-Status Bad", 7)]
    [InlineData("-Status Bad, Good", 21)]
    [InlineData("-Protocol Tcp", 3)]
    [InlineData("-Protocol IcmpV6", 12)]
    [InlineData("-Vni 4096", 21)]
    [InlineData("-Vni 1", 0)]
    [InlineData("-First 5", 5)]
    [InlineData("-Skip 20", 1)]
    [InlineData("-Skip 5 -First 4 -Status Good", 4)]
    [InlineData("-TunnelPort 8472 -Protocol IcmpV6", 0)]
    [InlineData("-Filter 'udp port 4789'", 21)]
    [InlineData("-Filter 'src host 10.0.10.14 and less 133'", 8)]
    public void FiltersActBeforeThePipeline(string parameters, int packets) =>
        Assert.Equal(packets,
            engine.Run($"param($p) @(Read-PcapChecksum $p {parameters}).Count", s_fault).Values.Single());

    [Fact]
    public void WildcardsPipelineAndPropertyNamesNameCaptures()
    {
        Assert.Equal(2,
            engine.Run("param($d) Read-PcapChecksum \"$d/udpcsum-on-[ar]*.pcap\" -First 1000 | ForEach-Object Path | "
                + "ForEach-Object { $seen = @{} } { $seen[$_] = 1 } { $seen.Count }",
                Repository.Data("captures")).Values.Single());
        Assert.Equal(21, engine.Run("param($p) @($p | Read-PcapChecksum).Count", s_fault).Values.Single());
        Assert.Equal(21,
            engine.Run("param($p) @([pscustomobject]@{ PSPath = $p } | Read-PcapChecksum).Count",
                s_fault).Values.Single());
        Assert.Equal(42,
            engine.Run("param($p) @(Read-PcapChecksum -LiteralPath $p, $p).Count", s_fault).Values.Single());
    }

    [Fact]
    public void NamesWithBracketsAreTakenLiterally()
    {
        string folder = Directory.CreateTempSubdirectory("vxlancsum").FullName;
        try
        {
            string name = Path.Combine(folder, "node[1].pcap");
            File.Copy(s_fault, name);
            Assert.Equal(21, engine.Run("param($p) @(Read-PcapChecksum -LiteralPath $p).Count", name).Values.Single());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void TheNextCaptureIsReadAfterABadOne()
    {
        SessionResult result = engine.Run(
            "param($bad, $none, $dir, $good) Read-PcapChecksum -LiteralPath $bad, $none, $dir, $good",
            Repository.Manifest, "/no/such.pcap", Repository.Data("captures"), s_fault);
        Assert.Equal(["CaptureWrongMagic", "CaptureNotFound", "CaptureIsDirectory"], result.ErrorIds);
        Assert.Equal(21, result.Output.Count);
        Assert.Null(result.Terminating);
        Assert.Contains(Repository.Manifest, result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void PacketsBeforeACutAreDelivered()
    {
        string cut = Path.GetTempFileName();
        try
        {
            byte[] bytes = File.ReadAllBytes(s_fault);
            File.WriteAllBytes(cut, bytes[..^10]);
            SessionResult result = engine.Run("param($p) Read-PcapChecksum -LiteralPath $p", cut);
            Assert.Equal(20, result.Output.Count);
            Assert.Equal(["CaptureTruncated"], result.ErrorIds);
            Assert.Matches("byte [0-9]+", result.Errors[0].ToString());
        }
        finally
        {
            File.Delete(cut);
        }
    }

    [Fact]
    public void FilterThatCannotBeReadEndsTheCmdlet()
    {
        SessionResult result = engine.Run("param($p) Read-PcapChecksum -LiteralPath $p, $p -Filter 'vxlan an'",
            s_fault);
        Assert.Equal(["FilterInvalid"], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("Read-PcapChecksum -LiteralPath $p -First 2")]
    [InlineData("foreach ($once in 1) { Read-PcapChecksum -LiteralPath $p | ForEach-Object { $_; if ($_.FrameNumber "
        + "-eq 2) { break } } }")]
    public void ReadingStopsAtOnceWhenEnoughIsRead(string script)
    {
        // A pipe that never ends: whoever asks for more than is in it waits forever.
        string fifo = Path.Combine(Path.GetTempPath(), $"vxlancsum-{Guid.NewGuid():N}");
        using (Process make = Process.Start("mkfifo", [fifo]))
        {
            make.WaitForExit();
        }

        try
        {
            using FileStream writer = new(fifo, FileMode.Open, FileAccess.ReadWrite);
            writer.Write(File.ReadAllBytes(s_fault));
            writer.Flush();
            Assert.Equal(2, engine.Run("param($p) " + script, fifo).Succeeded().Output.Count);
        }
        finally
        {
            File.Delete(fifo);
        }
    }

    [Fact]
    public void IncludePacketAddsTheDecodedPacket()
    {
        SessionResult result = engine.Run(
            "param($p) (Read-PcapChecksum $p -First 1 -IncludePacket).Packet.GetType().FullName; (Read-PcapChecksum "
            + "$p -First 1).Packet", s_fault);
        Assert.Equal("PacketDotNet.EthernetPacket", result.Output[0].BaseObject);
        Assert.Null(result.Output.ElementAtOrDefault(1)?.BaseObject);
    }
}
