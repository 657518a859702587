using System.Collections;
using System.Reflection;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

/// <summary>
/// What a result lists can be indexed. To PowerShell a list whose class has no public indexer, such as the compiler's
/// own for
/// <c>IReadOnlyList&lt;T&gt; x = [.. y]</c>, is a single thing: <c>$result.List[0]</c> is the whole list, without a
/// word.
/// </summary>
public sealed class ListTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("Read-PcapChecksum $args[0]", "captures/b-*.pcap", "PacketChecksum.Layers")]
    [InlineData("Measure-PcapChecksum $args[0]", "captures/udp*.pcap", "CaptureSummary.Checksums")]
    [InlineData("Measure-PcapChecksum $args[0] | Merge-PcapChecksum", "captures/udp*.pcap", "CaptureSummary.Checksums")]
    [InlineData("Test-VxlanChecksum $args[0]", "captures/*.pcap", "VxlanChecksumResult.Evidence")]
    [InlineData("ConvertFrom-TcpdumpText -Path $args[0]", "tcpdump/udpcsum-on-random.vv.txt", "PacketChecksum.Layers")]
    [InlineData("Resolve-NatChecksum 0 Partial -Kernel BeforeFix -OldAddress 10.244.1.0 -NewAddress 192.168.56.10", "",
        "NatChecksumResult.Steps")]
    [InlineData("Get-KubePostroutingRule -Path $args[0]", "rules/g1.iptables-legacy-save.txt", "IptablesRule.Matches")]
    [InlineData("Get-KubePostroutingRule -Path $args[0]", "rules/nft-gen2.nft.txt", "NftRule.Matches")]
    [InlineData("Trace-KubePostrouting -Path $args[0]", "rules/g1.iptables-legacy-save.txt", "RuleTrace.Steps")]
    [InlineData("Get-ChecksumAdvisory 5.4.0 -Kubelet v1.18.2", "", "Advisory.Sources")]
    [InlineData("Get-ChecksumMitigation", "", "ChecksumMitigation.Commands")]
    [InlineData("Get-ChecksumDiagnosis -CounterSeconds 0 -Capture $args[0]", "captures/udpcsum-on-random.pcap",
        "NodeDiagnosis.Findings")]
    public void It_can_be_indexed(string script, string data, string expected)
    {
        Dictionary<string, Type> lists = [];
        foreach (object value in engine.Run(script, Repository.Data(data)).Output.Select(item => item.BaseObject))
        {
            Find(value, lists, depth: 0);
        }

        Assert.Contains(expected, lists.Keys);
        Assert.Empty(
            lists.Where(
                list => !list.Value.IsArray
                    && list.Value.GetProperties().All(property => property.GetIndexParameters().Length == 0))
                    .Select(list => $"{list.Key} is a {list.Value}"));
    }

    private static void Find(object value, Dictionary<string, Type> lists, int depth)
    {
        Type type = value.GetType();
        if (depth > 4 || type.IsEnum || type.Namespace?.StartsWith("VxlanCsum", StringComparison.Ordinal) != true)
        {
            return;
        }

        foreach (PropertyInfo property in type.GetProperties()
            .Where(property => property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike))
        {
            object? held = property.GetValue(value);
            if (held is IEnumerable list and not string)
            {
                lists.TryAdd($"{type.Name}.{property.Name}", list.GetType());
                held = list.Cast<object?>().FirstOrDefault();
            }

            if (held is not null)
            {
                Find(held, lists, depth + 1);
            }
        }
    }
}
