using VxlanCsum.Offloads;
using Xunit;

namespace VxlanCsum.UnitTests.Offloads;

public sealed class OffloadJsonTests
{
    [Fact]
    public void SeveralOutputsAfterOneAnotherAreRead()
    {
        string one = File.ReadAllText(TestData.PathOf("ethtool", "veth.json"));
        string two = File.ReadAllText(TestData.PathOf("ethtool", "vxlan.json"));
        (IReadOnlyList<OffloadFeature> rows,
            List<OffloadProblem> problems) = OffloadReading.Json("\ufeff\n" + one + two);
        Assert.Empty(problems);
        Assert.Equal(["v0", "vx0"], rows.Select(r => r.Interface).Distinct());
    }

    [Fact]
    public void WhatFixedFeaturesAreRequestedToBeIsKept()
    {
        (IReadOnlyList<OffloadFeature> rows,
            _) = OffloadReading.Json(File.ReadAllText(TestData.PathOf("ethtool", "lo.json")));
        OffloadFeature row = rows.Single(r => r.Name == "rx-checksum");
        Assert.Equal((true, (bool?)true), (row.Active, row.Fixed));
        Assert.NotNull(row.Requested);
    }

    [Theory]
    [InlineData("[{\"ifname\":\"v0\",\"rx-all\":{\"active\":true}},\n{\"ifname\":", 2)]
    [InlineData("[{\"ifname\":\"v0\",\"rx-all\":{\"active\":true}},{\"ifname\":7,\"rx-fcs\":{\"active\":\"yes\"}}]", 1)]
    [InlineData("[{\"ifname\":\"v0\",\"rx-all\":{\"active\":true}}]\n\n[42]", 3)]
    [InlineData("[{\"ifname\":\"v0\",\"rx-all\":{\"active\":true}}]\n[{\"ifname\":\"\\ud800\"}]", 2)]
    public void DamageIsNamedAndWhatStoodBeforeItIsRead(string text, int line)
    {
        (IReadOnlyList<OffloadFeature> rows, List<OffloadProblem> problems) = OffloadReading.Json(text);
        Assert.Equal(line, Assert.Single(problems).Line);
        if (!text.Contains("{\"ifname\":", StringComparison.Ordinal) || !text.EndsWith(':'))
        {
            Assert.Equal("rx-all", Assert.Single(rows).Name);
        }
    }

    [Theory]
    [InlineData("[ {\n", true)]
    [InlineData("[", true)]
    [InlineData("{\"ifname\"", true)]
    [InlineData("[root@n1 ~]# ethtool -k eth0", false)]
    [InlineData("Features for eth0:", false)]
    [InlineData("", false)]
    public void JsonIsToldFromAPrompt(string text, bool json) => Assert.Equal(json, OffloadJsonParser.Recognises(text));
}
