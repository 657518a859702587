using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>What Watch-MasqueradeMark says without touching a network; what it sees is shown in tests/lab.</summary>
public sealed class WatchMasqueradeMarkTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("Watch-MasqueradeMark -Mark 0 -WhatIf")]
    [InlineData("Watch-MasqueradeMark -First 0 -WhatIf")]
    [InlineData("Watch-MasqueradeMark -Duration 0 -WhatIf")]
    public void WhatWouldNeverSeeOrEndIsRefused(string script) =>
    Assert.Equal(["ParameterArgumentValidationError"], engine.Run(script).ErrorIds);

    [Fact]
    public void AnUnknownMethodIsRefusedAndTheKnownOnesAreNamed()
    {
        SessionResult result = engine.Run("Watch-MasqueradeMark -Method Guess -WhatIf");
        Assert.Equal(["CannotConvertArgumentNoMessage"], result.ErrorIds);
        Assert.Contains("Trace", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANamespaceThatIsNotThereIsSaid()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: network namespaces");
        Assert.Equal(["NetworkNamespaceNotFound"],
            engine.Run("Watch-MasqueradeMark -NetworkNamespace vxlancsum-nowhere").ErrorIds);
    }
}
