using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>How a service answered.</summary>
/// <param name="ChecksumErrors">By how much the receiver's InCsumErrors of UDP grew.</param>
public sealed record FaultTraffic(int Answers, int Datagrams, TimeSpan SlowestConnect, long ChecksumErrors)
{
    public void MustFail()
    {
        Assert.True(Answers == 0, $"{Answers} of {Datagrams} look-ups were answered in spite of the fault");
        Assert.True(SlowestConnect > TimeSpan.FromSeconds(0.9), $"a connection took only {SlowestConnect}");
        Assert.True(ChecksumErrors >= Datagrams, $"only {ChecksumErrors} checksum errors");
    }

    public void MustBeWell()
    {
        Assert.True(Answers == Datagrams, $"only {Answers} of {Datagrams} look-ups were answered");
        Assert.True(SlowestConnect < TimeSpan.FromSeconds(0.9), $"a connection took {SlowestConnect}");
        Assert.True(ChecksumErrors == 0, $"{ChecksumErrors} checksum errors while it is cured");
    }
}
