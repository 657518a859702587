using System.Buffers.Binary;
using System.Globalization;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Simulation;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>A capture that is read in stretches, by one thread or several, gives what its packets give one by
/// one.</summary>
public sealed class ShardTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"shards-{Guid.NewGuid():N}.pcap");

    public static TheoryData<int> Stretches => [1, 2, 7, 100, int.MaxValue];

    [Theory]
    [MemberData(nameof(Stretches))]
    public void TheCapturesOfThisRepository(int frames)
    {
        foreach (string path in SampleCaptures.All)
        {
            Assert.Equal(Dump.Of(OneByOne(path)), Dump.Of(InStretches(path, frames, ahead: frames % 2 == 1)));
        }
    }

    [Fact]
    public void PublicCaptures()
    {
        foreach (string path in Directory.EnumerateFiles(TestData.Corpus("pcap")).Order(StringComparer.Ordinal))
        {
            int frames = 1 + (path.Length % 37);
            Assert.Equal(Dump.Of(OneByOne(path)), Dump.Of(InStretches(path, frames, ahead: frames % 2 == 1)));
        }
    }

    [Theory]
    [InlineData(1, 30_000)]
    [InlineData(1_000, 60_000)]
    [InlineData(200_000, 260_000)]
    public void AnyNumberOfThreads(int flows, int frames)
    {
        Write(Frames(flows, frames, new Random(flows)));
        string expected = Dump.Of(OneByOne(_path));
        foreach ((int threads, long piece) in ((int, long)[])[(1, 1 << 20), (2, 1 << 14), (5, 1 << 18), (3, 1 << 22)])
        {
            Assert.Equal(expected, Dump.Of(OnThreads(threads, piece)));
        }
    }

    /// <summary>Few flows in many short stretches: what a thread learnt of a flow in one counts in the next.</summary>
    [Fact]
    public void ManyCapturesInShortStretches()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            Random random = new(seed);
            Write(Frames(1 + random.Next(1 << random.Next(10)), 200 + random.Next(3000), random));
            string expected = Dump.Of(OneByOne(_path));
            Assert.Equal(expected, Dump.Of(OnThreads(1 + random.Next(4), 1 << (10 + random.Next(6)))));
            int frames = 1 + random.Next(200);
            Assert.Equal(expected, Dump.Of(InStretches(_path, frames, ahead: seed % 2 == 0)));
        }
    }

    /// <summary>A packet that carries a capture is taken for records where a piece begins in it. What a thread reads there is
    /// read again, and what it learnt there is nothing that anybody else knows.</summary>
    [Fact]
    public void CapturesInPackets()
    {
        TunnelFrame usual = new(), other = usual with { Vni = 77, InnerSourcePort = 40077, SourcePort = 50077 };
        byte[] Carried(int records)
        {
            using MemoryStream inside = new();
            Write(inside, Enumerable.Repeat(other.Healthy(), records));
            byte[] carrier = new byte[42 + inside.Length];
            Convert.FromHexString("02000000000102000000000208004500").CopyTo(carrier, 0);
            BinaryPrimitives.WriteUInt16BigEndian(carrier.AsSpan(16), (ushort)(carrier.Length - 14));
            carrier[23] = 17;
            inside.ToArray().CopyTo(carrier, 42);
            return carrier;
        }

        Write([.. Enumerable.Repeat(usual.Healthy(), 40), Carried(300), .. Enumerable.Repeat(usual.Healthy(), 40),
            Carried(300), .. Enumerable.Repeat(other.Healthy(), 40)]);
        string expected = Dump.Of(OneByOne(_path));
        Assert.Contains("77", expected, StringComparison.Ordinal);
        for (int threads = 1; threads <= 4; threads++)
        {
            Assert.Equal(expected, Dump.Of(OnThreads(threads, 1 << 13)));
        }
    }

    /// <summary>More directions than are told apart, faulty ones among those that come too late.</summary>
    [Fact]
    public void MoreDirectionsThanAreToldApart()
    {
        Random random = new(9);
        Write(Enumerable.Range(0, 40_000).Select(i =>
        {
            int direction = random.Next(i < 2000 ? 900 : 4000);
            TunnelFrame frame = new()
            {
                Source = string.Create(CultureInfo.InvariantCulture, $"10.{direction >> 8}.{direction & 255}.7"),
                SourcePort = random.Next(1024, 65536),
                Vni = direction % 300,
                InnerSourcePort = 1024 + random.Next(5),
                Ttl = random.Next(10) == 0 ? 60 : 64,
            };
            return (direction % 97, random.Next(20)) switch
            {
                (5, < 2) => frame.WithOuterChecksum(0x1234),
                (6, _) => frame.LocalOffload(),
                (7, 0) => frame.DefectB("10.0.0.9", 5000),
                _ => frame.Healthy(),
            };
        }));
        string expected = Dump.Of(OneByOne(_path));
        Assert.Contains("Of many directions together", expected, StringComparison.Ordinal);
        Assert.Equal(expected, Dump.Of(InStretches(_path, 211, ahead: false)));
        Assert.Equal(expected, Dump.Of(OnThreads(2, 1 << 20)));
        Assert.Equal(expected, Dump.Of(OnThreads(4, 1 << 15)));
    }

    /// <summary>Every budget is hit: faults, flows that break, evidence.</summary>
    [Fact]
    public void MoreFaultsThanAreRemembered()
    {
        Random random = new(11);
        Write(Enumerable.Range(0, 60_000).Select(i => new TunnelFrame
        {
            Source = string.Create(CultureInfo.InvariantCulture, $"10.0.10.{random.Next(20)}"),
            SourcePort = random.Next(1024, 65536),
            InnerSource = string.Create(CultureInfo.InvariantCulture, $"10.244.1.{i % 3}"),
            InnerSourcePort = random.Next(1024, 60000),
            Protocol = random.Next(2) == 0 ? 6 : 17,
            Seed = i,
        }).Select((frame, i) => (i % 4) switch
        {
            0 => frame.DefectB("10.0.10.99", 1024 + (i % 60000)),
            1 => frame.InnerLeftAlone("10.244.2.9", 53),
            2 => frame.WithOuterChecksum(i & 0xffff),
            _ => frame.Healthy(),
        }));
        string expected = Dump.Of(OneByOne(_path));
        Assert.Contains("not followed", expected, StringComparison.Ordinal);
        Assert.Contains("not weighed", expected, StringComparison.Ordinal);
        Assert.Equal(expected, Dump.Of(OnThreads(3, 1 << 17)));
    }

    /// <summary>A capture that ends in the middle of a record: what came before counts, however it was read.</summary>
    [Fact]
    public void DamageEndsItWhereItIs()
    {
        Write(Frames(50, 20_000, new Random(3)));
        using (FileStream file = File.OpenWrite(_path))
        {
            file.Position = file.Length * 2 / 3;
            file.Write(Enumerable.Repeat((byte)0xff, 4000).ToArray());
        }

        string expected = Dump.Of(OneByOne(_path));
        Assert.Equal(expected, Dump.Of(OnThreads(4, 1 << 15, damaged: true)));
    }

    public void Dispose() => File.Delete(_path);

    /// <summary>A bit of everything that depends on what came before: flows that break and heal, after address translation
    /// or not, unfinished packets and their answers, TTLs, fragments, cut frames, errors that quote a packet.</summary>
    private static IEnumerable<byte[]> Frames(int flows, int count, Random random)
    {
        for (int i = 0; i < count; i++)
        {
            int flow = flows == 1 ? 0 : random.Next(flows);
            TunnelFrame frame = new()
            {
                Source = (flow % 7) switch { 5 => "fd00::14", 6 => "10.0.10.77", _ => $"10.0.10.{14 + (flow % 3)}" },
                Destination = flow % 7 == 5 ? "fd00::10" : "10.0.10.10",
                SourcePort = 32768 + (flow % 28000),
                TunnelPort = flow % 50 == 9 ? 8472 : flow % 50 == 10 ? 6081 : 4789,
                Vni = 1 + (flow % 5),
                InnerSource = string.Create(CultureInfo.InvariantCulture, $"10.244.{flow >> 16}.{flow % 200}"),
                InnerSourcePort = 1024 + (flow & 0x7fff),
                Protocol = (flow % 11) switch { 9 => 1, 10 => 0, < 5 => 6, _ => 17 },
                Payload = random.Next(4) == 0 ? 4 : 40,
                Ttl = flow % 13 == 3 ? 61 : 64,
                Seed = i,
            };
            yield return Variant(frame, flow, random);
        }
    }

    private static byte[] Variant(TunnelFrame frame, int flow, Random random)
    {
        int kind = random.Next(120);
        if (frame.Protocol is 0 or 1)
        {
            byte[] plain = frame.Healthy();
            return kind > 110 ? plain[..(plain.Length - 3)] : plain;
        }

        switch (kind)
        {
            case 0: return frame.DefectB("10.0.10.99", 1024 + (flow % 60000));
            case 1: return frame.DefectA("10.0.10.99", 1024 + (flow % 60000));
            case 2: return frame.InnerLeftAlone("10.244.2.9", 5300);
            case 3: return frame.WithOuterChecksum(flow & 0xffff);
            case 4: return frame.OuterOverSeed();
            case 5: return frame.SeedOnly();
            case 6: return frame.Healthy()[..80];
            case 7: return (frame with { Source = "10.0.10.99", Destination = "10.0.10.10", SourcePort = 2000 }).Healthy();
            case 8:
                return (frame with
                {
                    InnerSource = frame.InnerDestination,
                    InnerDestination = frame.InnerSource,
                    InnerSourcePort = 53,
                    InnerDestinationPort = frame.InnerSourcePort,
                    Source = "10.0.10.10",
                    Destination = "10.0.10.14"
                }).Healthy();
            case 9:
                byte[] fragment = (frame with { Source = "10.0.10.14", Destination = "10.0.10.10" }).Healthy();
                fragment[20] = 0x20;
                return fragment;
            case < 20: return frame.WithoutOuter();
            case < 35: return flow % 3 == 0 ? frame.LocalOffload() : frame.Healthy();
            default: return frame.Healthy();
        }
    }

    private static unsafe IReadOnlyList<VxlanChecksumResult> OneByOne(string path)
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        FrameWalker walker = new(new TunnelPorts());
        try
        {
            using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
            while (reader.TryRead(out CapturedFrame frame))
            {
                analyzer.Add(walker.Walk(in frame), in frame);
            }
        }
        catch (CaptureException)
        {
            // What came before counts.
        }

        return analyzer.Complete();
    }

    /// <summary>As two threads would: with <paramref name="ahead"/> a stretch is begun before the one before it is
    /// joined.</summary>
    private static IReadOnlyList<VxlanChecksumResult> InStretches(string path, int frames, bool ahead)
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        int number = analyzer.PathIndex(path);
        CauseShard[] shards = [new(analyzer, new TunnelPorts(), number), new(analyzer, new TunnelPorts(), number)];
        try
        {
            using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
            shards[0].Begin();
            bool more = true;
            for (int i = 0; more; i++)
            {
                CauseShard own = shards[i % 2], next = shards[(i + 1) % 2];
                if (ahead)
                {
                    next.Begin();
                }

                try
                {
                    more = own.Read(reader, frames);
                }
                finally
                {
                    if (!own.Join(0))
                    {
                        Assert.Fail("a stretch that cannot be read again");
                    }
                }

                if (!ahead)
                {
                    next.Begin();
                }
            }
        }
        catch (CaptureException)
        {
            // What came before counts.
        }

        return analyzer.Complete();
    }

    private IReadOnlyList<VxlanChecksumResult> OnThreads(int threads, long pieceSize, bool damaged = false)
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        int number = analyzer.PathIndex(_path);
        using FileStream file = File.OpenRead(_path);
        byte[] start = new byte[PcapHeader.Size];
        file.ReadExactly(start);
        Assert.True(PcapHeader.TryParse(start, _path, out PcapHeader? header));
        CaptureScanner scanner = new(TestContext.Current.CancellationToken) { PieceSize = pieceSize };
        Exception? ended = scanner.Scan(header, file.SafeFileHandle, file.Length, threads,
            () => new CauseShard(analyzer, new TunnelPorts(), number),
            task => task.Wait(TestContext.Current.CancellationToken));
        Assert.Equal(damaged, ended is CaptureException);
        return analyzer.Complete();
    }

    private void Write(IEnumerable<byte[]> frames)
    {
        using FileStream file = new(_path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write(Convert.FromHexString("D4C3B2A1020004000000000000000000FFFF000001000000"));
        Write(file, frames);
    }

    private static void Write(Stream file, IEnumerable<byte[]> frames)
    {
        Span<byte> header = stackalloc byte[16];
        uint n = 0;
        foreach (byte[] frame in frames)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header, 1_760_000_000 + (n / 1000));
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], n % 1000 * 1000);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], frame.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[12..], frame.Length);
            file.Write(header);
            file.Write(frame);
            n++;
        }
    }
}
