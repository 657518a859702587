using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Rules;

/// <summary>Reads the counters of two backends twice, to see which of them the kernel asks first.</summary>
internal static class NatOrderReader
{
    private const string Chain = "POSTROUTING";

    /// <summary>What is seen of the families in which both backends hold rules, and a walk depends on it.</summary>
    /// <param name="facts">Rules, walks and programs.</param>
    /// <param name="interval">Between the readings.</param>
    /// <param name="timeout">For each program.</param>
    /// <param name="cancellation">Ends it.</param>
    public static IReadOnlyList<SeenOrder> Look(NodeFacts facts, TimeSpan interval, TimeSpan timeout,
        CancellationToken cancellation)
    {
        NetfilterFamily[] families = [.. facts.Walks.SelectMany(static w => (NetfilterFamily[])[w.Family,
            w.TunnelFamily ?? w.Family]).Distinct()
            .Where(f => facts.Has(NetfilterBackend.IptablesLegacy, f, "nat", Chain)
                && facts.Has(NetfilterBackend.IptablesNft, f, "nat", Chain))];
        return families.Length == 0
            || !facts.Walks.Any(w => Tracer.Trace(facts.Rules!, w, cancellation).DependsOnOrder) ? []
            : [.. families.Select(f => Look(facts, f, interval, timeout, cancellation)).OfType<SeenOrder>()];
    }

    private static SeenOrder? Look(NodeFacts facts, NetfilterFamily family, TimeSpan interval, TimeSpan timeout,
        CancellationToken cancellation)
    {
        if (!facts.Iptables.TryGetValue((NetfilterBackend.IptablesLegacy, family), out string? legacy)
            || !facts.Iptables.TryGetValue((NetfilterBackend.IptablesNft, family), out string? nft))
        {
            return null;
        }

        ChainCount? Read(string program) => Count(program, timeout, cancellation);
        ChainCount?[] legacyCounts = new ChainCount?[4], nftCounts = new ChainCount?[2];
        for (int i = 0; i < 2; i++)
        {
            if (i > 0 && cancellation.WaitHandle.WaitOne(interval))
            {
                cancellation.ThrowIfCancellationRequested();
            }

            (legacyCounts[2 * i], nftCounts[i], legacyCounts[(2 * i) + 1]) = (Read(legacy), Read(nft), Read(legacy));
        }

        return legacyCounts.Concat(nftCounts).Contains(null) ? null
            : SeenOrder.Of(family, NetfilterBackend.IptablesLegacy, legacyCounts!, NetfilterBackend.IptablesNft,
                nftCounts!);
    }

    private static ChainCount? Count(string program, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            CommandResult printed = CommandRunner.Run(program, ["-t", "nat", "-v", "-S", Chain], timeout,
                cancellation: cancellation);
            if (!printed.Succeeded)
            {
                return null;
            }

            var reader = new RulesetReader(new RulesetReadOptions { Cancellation = cancellation });
            using var text = new MemoryStream([.. "*nat\n"u8, .. printed.Output, .. "COMMIT\n"u8]);
            reader.Read(text, program);
            return reader.Build().Tables.Select(static t => t.Find(Chain)).FirstOrDefault() is { } chain
                ? ChainCount.Of(chain) : null;
        }
        catch (NodeException)
        {
            // The order stays unknown, as it was.
            return null;
        }
    }
}
