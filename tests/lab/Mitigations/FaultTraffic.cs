using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>How a service answered.</summary>
/// <param name="ChecksumErrors">By how much the receiver's InCsumErrors of UDP grew.</param>
public sealed record FaultTraffic(int Answers, int Datagrams, TimeSpan SlowestConnect, long ChecksumErrors)
{
    public void MustFail()
    {
        Assert.Equal(0, Answers);
        Assert.True(SlowestConnect > TimeSpan.FromSeconds(0.9), $"a connection took only {SlowestConnect}");
        Assert.True(ChecksumErrors >= Datagrams, $"only {ChecksumErrors} checksum errors");
    }

    public void MustBeWell()
    {
        Assert.Equal(Datagrams, Answers);
        Assert.True(SlowestConnect < TimeSpan.FromSeconds(0.9), $"a connection took {SlowestConnect}");
        Assert.Equal(0, ChecksumErrors);
    }
}
