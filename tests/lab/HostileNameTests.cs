using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests;

/// <summary>The kernel lets a device's name hold what commands a terminal; what is shown of it does not.</summary>
public sealed class HostileNameTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Device = "d\u001b[2J\u0007\u202ex";

    [Fact]
    public void ADeviceWithAnEvilNameIsShownEscaped()
    {
        using LabNamespace place = LabNamespace.Create();
        place.Ip("link", "add", Device, "type", "vxlan", "id", "1", "dstport", "4789", "local", "127.0.0.1");
        SessionResult result = engine.Run("""
            param($n, $d)
            Get-VxlanInterface -NetworkNamespace $n | ForEach-Object { "$_ $($_.Name) $($_.Interface)" }
            Get-OffloadFeature -NetworkNamespace $n -Interface $d | ForEach-Object { "$_ $($_.Interface)" }
            $found = Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0
            "$found $($found.Explanation) $($found.Recommendation) $($found.Findings) $($found.Brief.Lines) $($found.Interfaces)"
            $found.Findings.Evidence; $found.Features.Interface
            "$Error"
            """, place.Name, Device);
        string shown = string.Concat(result.Output.Select(static o => $"{o}"));
        Assert.Contains("d\\x1b[2J\\x07\\u202ex", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(shown, static c => c is '\u0007' or '\u202e');
        Assert.DoesNotContain("\u001b[2J", shown, StringComparison.Ordinal);
    }
}
