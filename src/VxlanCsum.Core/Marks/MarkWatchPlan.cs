using System.Globalization;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Marks;

/// <summary>The rules that make marked packets known, and what takes them out again.</summary>
internal sealed record MarkWatchPlan
{
    /// <summary>In front of nat POSTROUTING (100), which takes the mark for an order.</summary>
    private const int BeforeSourceNat = 99;

    /// <summary>
    /// The most packets a second that are made known: the kernel's log is not to be flooded. xt_limit counts in
    /// ten-thousandths of a second; what does not divide them is listed as another number than was given.
    /// </summary>
    public const int Rate = 100;
    private const string Kube = "KUBE-POSTROUTING", Hook = "POSTROUTING", NftChain = "postrouting";

    /// <summary>What is done, in order.</summary>
    public required IReadOnlyList<MitigationStep> Steps { get; init; }

    /// <summary>What the log's lines begin with.</summary>
    public required string Prefix { get; init; }

    /// <summary>The table of nf_tables that was made for it; null where rules of iptables do it.</summary>
    public string? Table { get; init; }

    /// <summary>The mark of each family that is watched.</summary>
    public required IReadOnlyList<(NetfilterFamily Family, uint Mark)> Marks { get; init; }

    /// <summary>Rules that log in front of the jump to KUBE-POSTROUTING; a table of its own where masquerading is
    /// nft's.</summary>
    /// <returns>Null where neither can be: no jump, or no program for it.</returns>
    public static MarkWatchPlan? Log(NodeFacts facts, MarkWatchOptions options)
    {
        IReadOnlyList<(NetfilterFamily Family, uint Mark)> marks = MarksOf(facts, options);
        string prefix = PrefixOf(marks, options);
        MitigationStep[] rules = [.. marks.SelectMany(m => Rules(facts, m.Family, m.Mark, prefix, options))];
        return rules.Length > 0 && !facts.HasNativeKube
            ? new MarkWatchPlan { Steps = rules, Prefix = prefix, Marks = marks }
            : options.HasNft ? ByTable(marks, prefix, $"log prefix \"{prefix}\" level debug", options.Token)
            : null;
    }

    /// <summary>A table of its own that has packets traced; null without nft.</summary>
    public static MarkWatchPlan? Trace(NodeFacts facts, MarkWatchOptions options)
    {
        IReadOnlyList<(NetfilterFamily Family, uint Mark)> marks = MarksOf(facts, options);
        return options.HasNft ? ByTable(marks, PrefixOf(marks, options), "meta nftrace set 1", options.Token) : null;
    }

    /// <summary>The mark of each family that kube-proxy serves here; of IPv4 where it serves none.</summary>
    private static IReadOnlyList<(NetfilterFamily, uint)> MarksOf(NodeFacts facts, MarkWatchOptions options)
    {
        NetfilterFamily[] served = [
            .. ((NetfilterFamily[])[NetfilterFamily.IPv4, NetfilterFamily.IPv6]).Where(
                f => facts.KubeBackends(f).Count > 0 || facts.HasNativeKubeOf(f))];
        return [.. (served.Length > 0 ? served
            : [NetfilterFamily.IPv4]).Select(f => (f, options.Mark ?? facts.Mark(f) ?? MasqueradeMark.Default))];
    }

    // xt_LOG keeps 29 characters of it.
    private static string PrefixOf(IReadOnlyList<(NetfilterFamily Family, uint Mark)> marks,
        MarkWatchOptions options) => $"{RuleSpec.Mark(marks[0].Mark)}-marked-{options.Token}: ";

    private static IEnumerable<MitigationStep> Rules(NodeFacts facts, NetfilterFamily family, uint mark, string prefix,
        MarkWatchOptions options)
    {
        foreach (NetfilterBackend backend in facts.KubeBackends(family))
        {
            // In front of the jump, not in the chain: kube-proxy writes its chain anew each time it synchronises all.
            if (facts.Iptables.TryGetValue((backend, family), out string? tool)
                && facts.Chain(backend, family, "nat",
                    Hook)?.Rules.FirstOrDefault(static r => r.Target == Kube) is { } jump)
            {
                string bits = $"{RuleSpec.Mark(mark)}/{RuleSpec.Mark(mark)}",
                    rate = Rate.ToString(CultureInfo.InvariantCulture);
                string[] words =
                [
                    "-m", "mark", "--mark", bits, "-m", "limit", "--limit", rate + "/sec", "--limit-burst", rate,
                    "-m", "comment", "--comment", $"vxlancsum:WatchMasqueradeMark-{options.Token}", "-j", "LOG",
                    "--log-prefix", prefix, "--log-level", "7",
                ];
                string[] start = [tool, "-w", facts.LockSeconds.ToString(CultureInfo.InvariantCulture), "-t", "nat"];
                yield return new MitigationStep
                {
                    Type = MitigationStepType.Rule,
                    Description = $"log {family} packets with the mark {RuleSpec.Mark(mark)}",
                    Command = [.. start, "-I", Hook, jump.Number.ToString(CultureInfo.InvariantCulture), .. words],
                    Inverse = [.. start, "-D", Hook, .. words],
                    Rule = new RuleChange(backend, family, "nat", Hook, jump.Number, words, Removes: false),
                };
            }
        }
    }

    private static MarkWatchPlan ByTable(IReadOnlyList<(NetfilterFamily Family, uint Mark)> marks, string prefix,
        string statement, string token)
    {
        string table = $"vxlancsum-watch-{token}";
        IEnumerable<string> rules = marks.Select(m => string.Create(CultureInfo.InvariantCulture,
            $"meta nfproto {(m.Family == NetfilterFamily.IPv6 ? "ipv6" : "ipv4")} meta mark & 0x{m.Mark:x} == "
            + $"0x{m.Mark:x} limit rate {Rate}/second burst {Rate} packets {statement};"));
        string body = string.Create(CultureInfo.InvariantCulture,
            $"{{ chain {NftChain} {{ type filter hook postrouting priority {BeforeSourceNat}; policy accept; "
            + $"{string.Join(' ', rules)} }} ; }}");
        return new MarkWatchPlan
        {
            Steps =
            [
                new MitigationStep
                {
                    Type = MitigationStepType.Rule,
                    Description =
                        $"a table of nf_tables for packets with the mark "
                            + $"{string.Join(", ", marks.Select(static m => RuleSpec.Mark(m.Mark)).Distinct())}",
                    Command = ["nft", "add", "table", "inet", table, body],
                    Inverse = ["nft", "delete", "table", "inet", table],
                    Table = new TableChange("inet", table),
                },
            ],
            Prefix = prefix,
            Table = table,
            Marks = marks,
        };
    }
}

/// <summary>How marked packets are to be watched.</summary>
/// <param name="Token">Tells this watch's rules and lines from those of others; four characters.</param>
/// <param name="Mark">The mark; null has it derived from the rules.</param>
/// <param name="HasNft">Whether nft(8) is there.</param>
internal sealed record MarkWatchOptions(string Token, uint? Mark, bool HasNft);
