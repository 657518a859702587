using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum;

/// <summary>A table of chains of one engine and family.</summary>
public sealed class NetfilterTable
{
    private const int MostKeptRules = 10_000;

    private readonly List<NetfilterChain> _chains = [];
    private readonly ChainTable _index;
    private NetfilterChain[]? _base;
    private int _keptRules;
    private readonly Dictionary<string, NftSet> _sets = new(StringComparer.Ordinal);

    internal NetfilterTable(RuleArena arena, NetfilterBackend backend, NetfilterFamily family, string name, string path)
    {
        Arena = arena;
        Backend = backend;
        Family = family;
        Name = name;
        Path = path;
        _index = new ChainTable(_chains);
    }

    /// <summary>The engine that holds it.</summary>
    public NetfilterBackend Backend { get; internal set; }

    /// <summary>Which packets it sees.</summary>
    public NetfilterFamily Family { get; internal set; }

    /// <summary>"nat", "mangle", "raw", "filter"; in nftables any name.</summary>
    public string Name { get; internal set; }

    /// <summary>The file it was read from, or what stands for it.</summary>
    public string Path { get; }

    /// <summary>Its chains, in the order of the text.</summary>
    public IReadOnlyList<NetfilterChain> Chains => _chains;

    /// <summary>The chains that the kernel itself calls: a handful among what may be hundreds of thousands.</summary>
    internal IReadOnlyList<NetfilterChain> BaseChains => _base ??= [.. _chains.Where(static c => c.Hook is not null)];

    /// <summary>What its rules are made of when they are asked for.</summary>
    internal RuleArena Arena { get; }

    /// <summary>nf_tables' number, which grows with each table made; 0 where the text does not say.</summary>
    internal long Handle { get; set; }

    /// <summary>Lines of comment before the table's first line, kept so that the text can be written again.</summary>
    internal List<string> Preamble { get; } = [];

    /// <summary>Lines of comment after COMMIT.</summary>
    internal List<string> Postamble { get; } = [];

    /// <summary>The text has counters before each rule (iptables-save -c).</summary>
    internal bool HasCounters { get; set; }

    /// <summary>All that was read with it.</summary>
    internal NetfilterRuleset? Ruleset { get; set; }

    /// <summary>Only some chains were asked for and kept.</summary>
    internal bool IsPartial { get; set; }

    /// <summary>Why rules of it may be missing from the text; null where nothing says so.</summary>
    internal string? Missing { get; set; }

    /// <summary>The command that shows it whole.</summary>
    internal string SaveCommand => Backend switch
    {
        NetfilterBackend.Nftables => "nft list ruleset",
        NetfilterBackend.IptablesLegacy =>
            Family == NetfilterFamily.IPv6 ? "ip6tables-legacy-save" : "iptables-legacy-save",
        NetfilterBackend.IptablesNft => Family == NetfilterFamily.IPv6 ? "ip6tables-nft-save" : "iptables-nft-save",
        _ => Family == NetfilterFamily.IPv6 ? "ip6tables-save" : "iptables-save",
    };

    internal IReadOnlyDictionary<string, NftSet> Sets => _sets;

    /// <summary>The chain of that name, or null.</summary>
    public NetfilterChain? Find(string chain) => _index.Find(chain);

    internal NetfilterChain? Find(ReadOnlySpan<byte> chain) => _index.Find(chain);

    /// <summary>The chain that was declared behind another one, or behind that, if it has this name.</summary>
    internal NetfilterChain? Follower(NetfilterChain? chain, ReadOnlySpan<byte> name)
    {
        const int LookedAt = 2;
        int next = chain is null ? 0 : chain.Index + 1;
        for (int i = next; i < Math.Min(next + LookedAt, _chains.Count); i++)
        {
            if (name.SequenceEqual(_chains[i].Name8))
            {
                return _chains[i];
            }
        }

        return null;
    }

    internal NetfilterChain Add(NetfilterChain chain)
    {
        _base = null;
        chain.Index = _chains.Count;
        _chains.Add(chain);
        _index.Add(chain);
        return chain;
    }

    /// <summary>Whether one more rule that was made is kept: what a walk made of most rules it needs once.</summary>
    internal bool MayKeepRule()
    {
        bool may = _keptRules < MostKeptRules;
        _keptRules += may ? 1 : 0;
        return may;
    }

    internal void Add(NftSet set) => _sets[set.Name] = set;

    /// <summary>What is in the set is not known any more.</summary>
    internal void Forget(NftSet set) => _sets.Remove(set.Name);

    /// <summary>"iptables-nft IPv4 nat".</summary>
    public override string ToString() => $"{BackendName} {Family} {Name}";

    internal string BackendName => NameOf(Backend);

    /// <summary>"iptables-nft".</summary>
    internal static string NameOf(NetfilterBackend backend) => backend switch
    {
        NetfilterBackend.IptablesLegacy => "iptables-legacy",
        NetfilterBackend.IptablesNft => "iptables-nft",
        NetfilterBackend.Nftables => "nftables",
        _ => "iptables",
    };
}
