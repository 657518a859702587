using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>What the cmdlets about mitigations say without touching a network; what they do is shown in
/// tests/lab.</summary>
public sealed class ChecksumMitigationTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void AnUnknownKindIsRefusedAndTheKnownOnesAreNamed()
    {
        SessionResult result = engine.Run("Invoke-ChecksumMitigation Reboot -Confirm:$false");
        Assert.Equal(["CannotConvertArgumentNoMessage"], result.ErrorIds);
        Assert.Contains("UnmarkTunnel", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheKindsAreCompleted()
    {
        SessionResult result = engine.Run("(TabExpansion2 'Invoke-ChecksumMitigation -Kind ').CompletionMatches");
        Assert.Equal(11, result.Output.Count);
        Assert.Equal(["DisableRxTxOffload"],
            engine.Run("(TabExpansion2 'Get-ChecksumMitigation disabler').CompletionMatches")
                .Property("CompletionText"));
    }

    [Fact]
    public void WithoutAKindNothingIsDone() =>
    Assert.Equal(["MitigationKindMissing"], engine.Run("Invoke-ChecksumMitigation -Confirm:$false").ErrorIds);

    [Theory]
    [InlineData("Get-ChecksumMitigation -ServiceNetwork 10.96.0.0/99", "ServiceNetworkInvalid")]
    [InlineData("Get-ChecksumMitigation -ServiceNetwork 'ten; rm -rf /'", "ServiceNetworkInvalid")]
    public void WhatIsNoNetworkIsRefused(string script, string id) => Assert.Equal([id], engine.Run(script).ErrorIds);

    [Fact]
    public void AProbeThatIsNoAddressIsRefusedBeforeAnythingIsRead() =>
        Assert.Equal(["ServiceAddressInvalid"],
            engine.Run("Invoke-ChecksumMitigation UnmarkTunnel -Probe kube-dns -Confirm:$false").ErrorIds);

    [Fact]
    public void AnIdThatTheJournalDoesNotKnowIsSaid()
    {
        string journal = Path.Combine(Path.GetTempPath(), $"vxlancsum-{Guid.NewGuid():N}.jsonl");
        Assert.Equal(["MitigationUnknown"],
            engine.Run("param($j) Undo-ChecksumMitigation -Id nothing -JournalPath $j", journal).ErrorIds);
        Assert.Empty(
            engine.Run("param($j) Undo-ChecksumMitigation -All -JournalPath $j; Undo-ChecksumMitigation -Pending "
                + "-JournalPath $j", journal).Succeeded().Output);
        Assert.Empty(engine.Run("param($j) Undo-ChecksumMitigation -Id $null -JournalPath $j", journal)
            .Succeeded().Output);
        Assert.False(File.Exists(journal));
    }

    [Fact]
    public void AFindingThatAsksForNothingChangesNothing()
    {
        string capture = Repository.Data("captures");
        Assert.SkipUnless(Directory.Exists(capture), "needs the sample captures");
        SessionResult result = engine.Run(
            "param($p) Test-VxlanChecksum $p | Where-Object { -not $_.Mitigations } | Invoke-ChecksumMitigation "
            + "-Confirm:$false", Path.Combine(capture, "*.pcap"));
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
    }
}
