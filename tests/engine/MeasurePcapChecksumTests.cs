using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class MeasurePcapChecksumTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string s_fault = Repository.Data("captures", "udpcsum-on-random.pcap");

    [Fact]
    public void OneSummaryACapture()
    {
        SessionResult result = engine.Run("param($d) Measure-PcapChecksum \"$d/*.pcap\"", Repository.Data("captures"));
        Assert.Equal(Directory.GetFiles(Repository.Data("captures"), "*.pcap").Length, result.Succeeded().Output.Count);
        Assert.All(result.Property("Complete"), complete => Assert.Equal(true, complete));
    }

    [Fact]
    public void CountsEqualWhatReadDelivers()
    {
        foreach (string path in Directory.GetFiles(Repository.Data("captures"), "*.pcap"))
        {
            string read = (string)engine.Run(
                "param($p) $n = @{}; $b = 0; Read-PcapChecksum -LiteralPath $p | ForEach-Object { "
                + "$n[[string]$_.Status]++; $b += $_.WireLength }; '{0} {1} {2} {3}' -f $b, [int]$n.Good, "
                + "[int]$n.Partial, [int]$n.Bad",
                path).Values.Single();
            string measured = (string)engine.Run(
                "param($p) $s = Measure-PcapChecksum -LiteralPath $p; '{0} {1} {2} {3}' -f $s.Bytes, $s.Good, "
                + "$s.Partial, $s.Bad", path).Values.Single();
            Assert.Equal(read, measured);
        }
    }

    [Fact]
    public void FaultsAreCountedByProtocolStatusAndCauseAndByTalker()
    {
        SessionResult result = engine.Run(
            "param($p) $s = Measure-PcapChecksum $p; $s.Checksums | Where-Object Status -eq Bad | ForEach-Object "
            + "ToString; $s.FaultyTalkers | ForEach-Object ToString; $s.Tunnels | ForEach-Object ToString", s_fault);
        Assert.Equal(["Udp Bad (NatLocalChecksum) 7", "10.0.10.14 -> 10.0.10.10: 7",
            "Vxlan 4096: 21 packets, 7 faulty"], result.Values);
    }

    [Fact]
    public void FilteredCountsAreOfWhatPasses() =>
        Assert.Equal(3L,
            engine.Run("param($p) (Measure-PcapChecksum $p -Filter 'src host 10.0.10.14 and greater 140').Packets",
                s_fault).Values.Single());

    [Fact]
    public void DamageIsToldAfterTheCountsUpToIt()
    {
        string cut = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(cut, File.ReadAllBytes(s_fault)[..^10]);
            SessionResult result = engine.Run("param($p) Measure-PcapChecksum -LiteralPath $p", cut);
            Assert.Equal(["CaptureTruncated"], result.ErrorIds);
            Assert.Equal(20L, result.Output.Single().Properties["Packets"].Value);
            Assert.Equal(false, result.Output.Single().Properties["Complete"].Value);
        }
        finally
        {
            File.Delete(cut);
        }
    }

    [Fact]
    public async Task APipeIsCountedToItsEnd()
    {
        string fifo = Path.Combine(Path.GetTempPath(), $"vxlancsum-{Guid.NewGuid():N}");
        using (Process make = Process.Start("mkfifo", [fifo]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        try
        {
            Task write = Task.Run(() => File.WriteAllBytes(fifo, File.ReadAllBytes(s_fault)),
                TestContext.Current.CancellationToken);
            Assert.Equal(21L,
                engine.Run("param($p) (Measure-PcapChecksum -LiteralPath $p).Packets", fifo).Values.Single());
            await write;
        }
        finally
        {
            File.Delete(fifo);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnUnknownLinkTypeIsToldHoweverManyThreadsCount(int threads)
    {
        // Large enough to be counted in pieces.
        const int Records = 300, Length = 65535;
        string path = Path.GetTempFileName();
        try
        {
            using (BinaryWriter file = new(File.Create(path)))
            {
                file.Write(Convert.FromHexString("D4C3B2A1020004000000000000000000FFFF000093000000"));
                for (int i = 0; i < Records; i++)
                {
                    foreach (int field in (int[])[1_760_000_000, 0, Length, Length])
                    {
                        file.Write(field);
                    }

                    file.Write(new byte[Length]);
                }
            }

            SessionResult result = engine.Run("param($p, $n) Measure-PcapChecksum -LiteralPath $p -ThrottleLimit $n",
                path, threads);
            Assert.Equal(["CaptureUnknownLinkType"], result.ErrorIds);
            Assert.Equal((long)Records, result.Output.Single().Properties["Unverified"].Value);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
