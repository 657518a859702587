using System.Diagnostics;
using System.Globalization;
using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Nftables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

/// <summary>Number, time, lengths and interface of every frame are what tshark reads out of the same file.</summary>
public sealed class TsharkComparisonTests
{
    public static TheoryData<string> Samples => Captures.Samples.All;

    public static TheoryData<string> Variants =>
        ["le", "be", "le-ns", "be-ns", "le-modified", "be-modified", "pcapng-le", "pcapng-be", "pcapng-sections",
            "pcapng-numbered", "members.gz", "written.pcap", "written.pcapng"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void SampleIsReadAsTsharkReadsIt(string name) => Compare(Path.Combine(Captures.Samples.Folder, name));

    [Theory]
    [MemberData(nameof(Variants))]
    public void VariantIsReadAsTsharkReadsIt(string variant)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}-{variant}");
        try
        {
            File.WriteAllBytes(path, Generate(variant));
            Compare(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Compare(string path)
    {
        List<Line> ours = [];
        using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
        while (reader.TryRead(out CapturedFrame f))
        {
            string time = string.Create(CultureInfo.InvariantCulture,
                $"{f.TimestampNanoseconds / 1_000_000_000}.{f.TimestampNanoseconds % 1_000_000_000:d9}");
            ours.Add(new Line(f.Number, time, f.WireLength, f.CapturedLength, f.Interface.Name ?? "", f.Comment ?? ""));
        }

        // tshark numbers a few blocks that hold no packet; we leave their numbers out.
        Line[] expected = [.. Tshark(path).Select(Parse)];
        HashSet<long> numbers = [.. ours.Select(o => o.Number)];
        Assert.Equal(expected.Where(e => numbers.Contains(e.Number)), ours);
        Assert.Equal(expected[^1].Number, ours[^1].Number);
    }

    // What has no name tshark calls "unknown"; for what has no time (simple packet blocks) we say 0.
    private static Line Parse(string line)
    {
        string[] f = line.Split('|');
        return new Line(
            long.Parse(f[0], CultureInfo.InvariantCulture), f[1].Length == 0 ? "0.000000000" : f[1],
            uint.Parse(f[2], CultureInfo.InvariantCulture),
            int.Parse(f[3], CultureInfo.InvariantCulture), f[4] == "unknown" ? "" : f[4], f[5]);
    }

    private static string[] Tshark(string path)
    {
        ProcessStartInfo start = new("tshark")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["-n", "-r", path, "-T", "fields", "-E", "separator=|", "-E",
            "aggregator=;",
            "-e", "frame.number", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len", "-e",
            "frame.interface_name", "-e", "frame.comment"])
        {
            start.ArgumentList.Add(argument);
        }

        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"tshark is not installed: {e.Message}");
        }

        using (process!)
        {
            Task<string> errors = process!.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors.Result);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private static byte[] Generate(string variant)
    {
        byte[] pcapng = PcapNgReaderTests.Mixed(false, 40, 120);
        switch (variant)
        {
            case "pcapng-le":
                return pcapng;
            case "pcapng-be":
                return PcapNgReaderTests.Mixed(true, 40, 120);
            case "pcapng-sections":
                return [.. pcapng, .. PcapNgReaderTests.Mixed(true, 10, 120), .. pcapng];
            case "pcapng-numbered":
                return new PcapNgBuilder().Section().Interface(name: "eth0").Enhanced(0, 1, new byte[60])
                    .Block(9, b => b.Bytes("__REALTIME_TIMESTAMP=1000000\nMESSAGE=x\n"u8))
                    .Block(0xbad, b => b.Bytes([1, 0, 0, 0, 5, 6, 7, 8]))
                    .Block(0x77, b => b.Bytes(new byte[8]))
                    .Enhanced(0, 2, new byte[60]).ToArray();
            case "members.gz":
                byte[] pcap = PcapReaderTests.Mixed(40, 120);
                return [.. GzipTests.Gzip(pcap[..999]), .. GzipTests.Gzip(pcap[999..])];
            case "written.pcap":
                return Write(Captures.Samples.Read("udpcsum-on-random.pcap"),
                    s => new PcapWriter(s, variant, LinkType.Ethernet));
            case "written.pcapng":
                return Write(pcapng, s => new PcapNgWriter(s));
            default:
                return PcapReaderTests.Mixed(
                    40, 120, variant.StartsWith("be", StringComparison.Ordinal),
                    variant.EndsWith("ns", StringComparison.Ordinal),
                    variant.EndsWith("modified", StringComparison.Ordinal));
        }
    }

    private static byte[] Write(byte[] capture, Func<Stream, CaptureWriter> create)
    {
        MemoryStream target = new();
        using CaptureReader reader = CaptureReaderFactory.Open(new MemoryStream(capture), Reading.Path);
        using (CaptureWriter writer = create(target))
        {
            while (reader.TryRead(out CapturedFrame frame))
            {
                writer.Write(frame);
            }
        }

        return target.ToArray();
    }

    private sealed record Line(long Number, string Time, uint WireLength, int CapturedLength, string Interface,
        string Comment);
}
