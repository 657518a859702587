using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>Rules in both backends: which of them the kernel asks first is seen by their counters, and not
/// guessed.</summary>
public sealed class BackendOrderTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    /// <summary>The one that is made later is asked first. What the kernel then does settles who was right.</summary>
    [Theory]
    [InlineData("iptables-legacy", "g1", "iptables-nft", "g2", DiagnosisVerdict.Healthy)]
    [InlineData("iptables-legacy", "g2", "iptables-nft", "g1", DiagnosisVerdict.FaultActive)]
    [InlineData("iptables-nft", "g1", "iptables-legacy", "g2", DiagnosisVerdict.Healthy)]
    [InlineData("iptables-nft", "g2", "iptables-legacy", "g1", DiagnosisVerdict.FaultActive)]
    public async Task WhileServicesAreAskedTheCountersTell(string tool, string scenario, string later,
        string laterScenario, DiagnosisVerdict verdict)
    {
        using KubeLab lab = Load(tool, scenario, later, laterScenario);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<long> traffic = Task.Factory.StartNew(() => Send(lab, end.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        NodeDiagnosis diagnosis = Diagnose(lab, seconds: 3);
        await end.CancelAsync();
        long errors = await traffic;
        Assert.True(verdict == diagnosis.Verdict,
            $"{diagnosis.Verdict}: {diagnosis.Explanation}\n{string.Join('\n', diagnosis.Findings)}");
        Assert.Equal(verdict == DiagnosisVerdict.FaultActive, errors > 0);
        Assert.Contains(diagnosis.Findings, f => f.Id == "BackendOrderSeen"
            && f.Message.StartsWith($"The kernel asks IPv4 nat rules of {later} first", StringComparison.Ordinal));
        Assert.DoesNotContain(diagnosis.Traces, static t => t.DependsOnOrder);
    }

    [Fact]
    public void WhereNobodyAsksItIsARiskThatNamesTheRuleAndItsCures()
    {
        using KubeLab lab = Load("iptables-legacy", "g1", "iptables-nft", "g2");
        NodeDiagnosis diagnosis = Diagnose(lab, seconds: 0);
        Assert.True(diagnosis.Verdict == DiagnosisVerdict.AtRisk, diagnosis.Explanation);
        Assert.Equal(NetfilterBackend.IptablesLegacy, diagnosis.OffendingRule?.Backend);
        Assert.Equal(MitigationKind.UnmarkTunnel, diagnosis.Mitigations[0].Kind);
        Assert.Contains("while services are asked", diagnosis.Explanation, StringComparison.Ordinal);
        Assert.DoesNotContain(diagnosis.Findings, static f => f.Id == "BackendOrderSeen");
    }

    private static KubeLab Load(string tool, string scenario, string later, string laterScenario)
    {
        KubeLab lab = KubeLab.Create();
        lab.Load($"{scenario}.{tool}-save.txt", tool);
        lab.Load($"{laterScenario}.{later}-save.txt", later);
        return lab;
    }

    /// <summary>Sends until the end; how many packets were dropped for their checksum.</summary>
    private static long Send(KubeLab lab, CancellationToken end)
    {
        long errors = 0;
        do
        {
            errors += lab.Send().ChecksumErrors;
        }
        while (!end.IsCancellationRequested);
        return errors;
    }

    private NodeDiagnosis Diagnose(KubeLab lab, int seconds) =>
        (NodeDiagnosis)engine.Run("param($n, $s) Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds $s",
            lab.Node.Name, seconds).OnlyOutput.BaseObject;
}
