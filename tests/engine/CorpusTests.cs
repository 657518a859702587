using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>A thousand public captures, many of them odd or damaged, through the cmdlets as an operator calls
/// them.</summary>
public sealed class CorpusTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string[] s_documented =
        ["CaptureEmpty", "CaptureWrongMagic", "CaptureTruncated", "CaptureBadLength", "CaptureBadBlock",
            "CaptureUnknownLinkType", "CaptureBadCompression"];

    [Theory]
    [InlineData("Read-PcapChecksum")]
    [InlineData("Measure-PcapChecksum")]
    [InlineData("Test-VxlanChecksum")]
    public void NoErrorButTheDocumentedOnes(string cmdlet)
    {
        string[] captures = PublicSamples.CapturesOrSkip();
        SessionResult result = engine.Run($"param($c) {cmdlet} -LiteralPath $c", [captures]);
        Assert.True(result.Terminating is null, $"{result.Terminating?.Exception}");
        Assert.Empty(result.ErrorIds.Except(s_documented));
        Assert.NotEmpty(result.Output);
        Assert.All(result.Errors, error => Assert.DoesNotContain(error.ToString(), c => char.IsControl(c)));
        Assert.All(result.Errors, error => Assert.Contains((string)error.TargetObject, captures));
    }

    [Fact]
    public void MeasureCountsWhatReadDelivers()
    {
        string[] captures = PublicSamples.CapturesOrSkip();
        SessionResult read = engine.Run(
            """
            param($captures)
            $n = @{}
            Read-PcapChecksum -LiteralPath $captures | ForEach-Object {
                $p = $_.Path
                $n["$p packets"]++; $n["$p bytes"] += $_.WireLength; $n["$p captured"] += $_.CapturedLength; $n["$p $($_.Status)"]++
                $n["$p cause $($_.Cause)"]++
                if ($_.TunnelType -ne 'None') { $n["$p tunnel $($_.TunnelType) $($_.Vni)"]++ }
                foreach ($l in $_.Layers) { $n["$p $($l.Protocol) $($l.Status)"]++ }
            }
            foreach ($k in $n.Keys) { "$k = $($n[$k])" }
            """,
            [captures]);
        SessionResult measured = engine.Run(
            """
            param($captures)
            $n = @{}
            Measure-PcapChecksum -LiteralPath $captures | ForEach-Object {
                $p = $_.Path
                $n["$p packets"] = $_.Packets; $n["$p bytes"] = $_.Bytes; $n["$p captured"] = $_.CapturedBytes
                foreach ($s in 'Good', 'NotPresent', 'Partial', 'Unverified', 'Illegal', 'Bad') { $n["$p $s"] = $_.$s }
                foreach ($c in $_.Causes) { $n["$p cause $($c.Cause)"] = $c.Packets }
                foreach ($t in $_.Tunnels) { $n["$p tunnel $($t.TunnelType) $($t.Vni)"] = $t.Packets }
                foreach ($c in $_.Checksums) { $n["$p $($c.Protocol) $($c.Status)"] += $c.Count }
            }
            foreach ($k in $n.Keys) { if ($n[$k] -ne 0) { "$k = $($n[$k])" } }
            """,
            [captures]);
        Assert.True(read.Output.Count > 5000, $"{read.Output.Count} counts");
        Assert.Equal(Lines(read), Lines(measured));
    }

    private static string[] Lines(SessionResult result) =>
        [.. result.Output.Select(o => (string)o.BaseObject).Order(StringComparer.Ordinal)];
}
