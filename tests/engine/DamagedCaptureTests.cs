using System.Globalization;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>Sample captures cut and with bits flipped, through the cmdlets; the unit tests do the same everywhere
/// without them.</summary>
public sealed class DamagedCaptureTests : IClassFixture<EngineFixture>, IDisposable
{
    private const int Cuts = 15, Flips = 25, HeaderSize = 24, RecordHeaderSize = 16;

    private static readonly string[] s_documented =
        ["CaptureEmpty", "CaptureWrongMagic", "CaptureTruncated", "CaptureBadLength", "CaptureBadBlock",
            "CaptureUnknownLinkType", "CaptureBadCompression"];

    private readonly EngineFixture _engine;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vxlancsum-");

    /// <summary>For each damaged file how many packets stand whole before the damage, and whether those are
    /// all.</summary>
    private readonly Dictionary<string, (int Before, bool All)> _files = [];

    public DamagedCaptureTests(EngineFixture engine)
    {
        _engine = engine;
        Random random = new(11);
        foreach (string sample in Directory.EnumerateFiles(Repository.Data("captures"), "*.pcap*")
            .Order(StringComparer.Ordinal))
        {
            byte[] capture = File.ReadAllBytes(sample);
            for (int i = 0; i < Cuts; i++)
            {
                int length = i == 0 ? 0 : random.Next(capture.Length);
                Write(sample, $"cut{length}", capture[..length], Before(capture, length), all: true);
            }

            for (int i = 0; i < Flips; i++)
            {
                int bit = random.Next(Math.Min(capture.Length, 1024) * 8);
                byte[] flipped = [.. capture];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                Write(sample, $"flip{bit}", flipped, Before(capture, bit / 8), all: false);
            }
        }
    }

    [Theory]
    [InlineData("Read-PcapChecksum")]
    [InlineData("Measure-PcapChecksum")]
    [InlineData("Test-VxlanChecksum")]
    public void OnlyDocumentedErrors(string cmdlet)
    {
        SessionResult result = _engine.Run($"param($c) {cmdlet} -LiteralPath $c", [_files.Keys.ToArray()]);
        Assert.True(result.Terminating is null, $"{result.Terminating?.Exception}");
        Assert.Empty(result.ErrorIds.Except(s_documented));
        Assert.True(result.Errors.Count > Cuts, $"{result.Errors.Count} errors");
        Assert.All(result.Errors, error => Assert.Contains((string)error.TargetObject, _files.Keys));
        Assert.All(result.Errors, error => Assert.DoesNotContain(error.ToString(), c => char.IsControl(c)));
    }

    [Theory]
    [InlineData("Read-PcapChecksum -LiteralPath $c | ForEach-Object { $n[$_.Path]++ }")]
    [InlineData("Measure-PcapChecksum -LiteralPath $c | ForEach-Object { $n[$_.Path] = $_.Packets }")]
    public void ThePacketsBeforeTheDamageAreDelivered(string pipeline)
    {
        SessionResult result = _engine.Run(
            $"param($c) $n = @{{}}; {pipeline}; foreach ($f in $c) {{ \"$f=$([long]$n[$f])\" }}",
            [_files.Keys.ToArray()]);
        Assert.Equal(_files.Count, result.Output.Count);
        foreach (string line in result.Output.Select(o => (string)o.BaseObject))
        {
            int equals = line.LastIndexOf('=');
            (int before, bool all) = _files[line[..equals]];
            int delivered = int.Parse(line[(equals + 1)..], CultureInfo.InvariantCulture);
            Assert.True(all ? delivered == before : delivered >= before,
                $"{line}, but {before} stood before the damage");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string sample, string damage, byte[] bytes, int? before, bool all)
    {
        string path = Path.Combine(_folder.FullName, $"{Path.GetFileName(sample)}.{damage}");
        File.WriteAllBytes(path, bytes);
        _files[path] = (before ?? 0, all && before is not null);
    }

    /// <summary>Records that end before an offset; null where the format is not a plain pcap file.</summary>
    private static int? Before(byte[] capture, int offset)
    {
        if (BitConverter.ToUInt32(capture) is not (0xa1b2c3d4 or 0xa1b23c4d))
        {
            return null;
        }

        int count = 0;
        for (int at = HeaderSize; at < capture.Length; count++)
        {
            at += RecordHeaderSize + BitConverter.ToInt32(capture, at + 8);
            if (at > offset)
            {
                break;
            }
        }

        return count;
    }
}
