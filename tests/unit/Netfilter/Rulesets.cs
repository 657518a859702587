using System.Buffers;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>Rulesets for the tests.</summary>
internal static class Rulesets
{
    public static NetfilterRuleset Recorded(params string[] names)
    {
        var reader = new RulesetReader();
        foreach (string name in names)
        {
            using FileStream stream = File.OpenRead(TestData.PathOf("rules", name));
            reader.Read(stream, name);
        }

        return reader.Build();
    }

    public static NetfilterRuleset Parse(string text, RulesetReadOptions? options = null) =>
        RulesetReader.Read(text, options);

    /// <summary>A nat table of iptables-save around these rules.</summary>
    public static string Nat(string rules, string chains = "") =>
        $"*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT "
        + $"[0:0]\n{chains}{rules.Trim()}\nCOMMIT\n";

    public static RuleTrace Trace(NetfilterRuleset rules, TraceRequest? request = null) =>
        Tracer.Trace(rules, request ?? new TraceRequest(), TestContextCancellation());

    public static RuleTrace Trace(string text, TraceRequest? request = null) => Trace(Parse(text), request);

    public static IEnumerable<NetfilterRule> Rules(this NetfilterTable table) =>
        table.Chains.SelectMany(static c => c.Rules);

    public static byte[] Print(NetfilterRuleset rules)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (NetfilterTable table in rules.Tables)
        {
            RulePrinter.Write(output, table);
        }

        return output.WrittenSpan.ToArray();
    }

    private static CancellationToken TestContextCancellation() => Xunit.TestContext.Current.CancellationToken;
}
