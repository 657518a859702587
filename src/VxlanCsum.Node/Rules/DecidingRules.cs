using System.Globalization;
using System.Text;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Rules;

/// <summary>
/// Of a table with thousands of chains, those that a tunnel packet of this node can come to: the chains of the kernel,
/// and from output
/// and postrouting on every chain that a rule leads to which does not ask for another protocol than UDP. The chains of
/// services and
/// endpoints, of which there are tens of thousands, are passed over; a walk that came to one all the same would say
/// that it was not read.
/// </summary>
/// <param name="kernel">Tells them.</param>
/// <param name="table">The table.</param>
/// <param name="chains">Its chains.</param>
internal sealed class DecidingRules(NftKernel kernel, NftTableHead table, NftChains chains)
{
    /// <summary>More than any node is known to have, and few enough to stay small.</summary>
    public const int MostChains = 2_000;

    /// <summary>Chains of services that are looked at, to know the pod network.</summary>
    private const int Services = 3;

    private static readonly string[] s_ofOne = ["KUBE-SEP-", "KUBE-SVL-", "KUBE-EXT-", "KUBE-XLB-", "KUBE-FW-",
        "endpoint-", "external-", "firewall-"];

    private readonly StringBuilder _chains = new(), _sets = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal), _knownSets = new(StringComparer.Ordinal);
    private readonly Queue<string> _waiting = new();
    private readonly Dictionary<string, string> _inline = new(StringComparer.Ordinal);

    /// <summary>Chains to be read beside those on the way, of a table whose names are asked for in turn: those that tell
    /// of the mark and the pod network, and those of the first services.</summary>
    public static Predicate<string> Telling()
    {
        int services = 0;
        return chain => IsTelling(chain) || (IsOfService(chain) && services++ < Services);
    }

    /// <summary>Chains whose rules say of kube-proxy's mark and of the pod network what no rule on the way
    /// does.</summary>
    private static bool IsTelling(string chain) =>
        chain is "KUBE-MARK-MASQ" or "KUBE-POSTROUTING" or "mark-for-masquerade" or "masquerading" or "FLANNEL-POSTRTG";

    /// <summary>One of a service's own chains: any of them says what the pod network is.</summary>
    private static bool IsOfService(string chain) =>
        chain.StartsWith("KUBE-SVC-", StringComparison.Ordinal)
            || chain.StartsWith("service-", StringComparison.Ordinal);

    /// <summary>The chains of one service or endpoint, to which a rule leads that asks for its address and
    /// port.</summary>
    public static bool IsOfOne(string chain) =>
        IsOfService(chain) || Array.Exists(s_ofOne, lead => chain.StartsWith(lead, StringComparison.Ordinal));

    /// <summary>The table in nft's language.</summary>
    /// <exception cref="NodeException">The kernel does not tell, or there are too many.</exception>
    public string Text()
    {
        Collect(write: true);
        return string.Create(CultureInfo.InvariantCulture,
            $"table {table.Family} {table.Name} {{ # handle {table.Handle}\n{_sets}{_chains}}}\n");
    }

    /// <summary>The names of the chains, for another program to print.</summary>
    /// <exception cref="NodeException">The kernel does not tell, or there are too many.</exception>
    public IReadOnlyCollection<string> Names()
    {
        Collect(write: false);
        return _known;
    }

    private void Collect(bool write)
    {
        foreach (string chain in chains.Called.Select(static c => c.Name).Concat(chains.Named))
        {
            Want(chain);
        }

        while (_waiting.TryDequeue(out string? chain))
        {
            Read(chain, chains.Called.FirstOrDefault(c => c.Name == chain), write);
        }
    }

    private void Want(string chain)
    {
        if (_known.Add(chain))
        {
            _waiting.Enqueue(chain);
        }

        if (_known.Count > MostChains)
        {
            throw new NodeException(NodeErrorId.RulesUnreadable, NodeFailure.Failed, table.Name,
                $"More than {MostChains:N0} chains of the table {table.Name} lie on the way of a tunnel packet: they "
                + $"are not read.", "Read them with Trace-KubePostrouting, which needs more memory.");
        }
    }

    private void Read(string chain, NftChainHead? head, bool write)
    {
        var rules = new List<NftRuleText>();
        var jumps = new List<string>();
        var sets = new List<(string Set, IReadOnlyList<NftField> Key, bool Follow)>();
        void Begin()
        {
            rules.Clear();
            jumps.Clear();
            sets.Clear();
        }

        kernel.Rules(table, chain, Begin, expressions =>
        {
            NftRuleText rule = NftRuleText.Read(expressions);
            if (write)
            {
                rules.Add(rule);
            }

            if (!rule.IsOfOtherProtocol)
            {
                jumps.AddRange(rule.Jumps);
            }

            if (write || !rule.IsOfOtherProtocol)
            {
                sets.AddRange(rule.Sets.Select(s => (s.Set, s.Key, !rule.IsOfOtherProtocol)));
            }
        });

        // What only other packets come by leads to chains that do not matter; a service's chain leads to its endpoints.
        bool follow = head is null ? !IsOfOne(chain) : head.IsOnTheWay;
        foreach (string next in jumps.Where(j => follow && !IsOfOne(j)))
        {
            Want(next);
        }

        sets.ForEach(s => ReadSet(s.Set, s.Key, follow && s.Follow));
        if (write)
        {
            Write(chain, head, rules);
        }
    }

    private void ReadSet(string set, IReadOnlyList<NftField> key, bool follow)
    {
        if (!_knownSets.Add(set))
        {
            return;
        }

        var text = new NftSetText(set, key);
        kernel.Elements(table, set, text.Clear, text.Add);
        if (text.IsAnonymous)
        {
            _inline[set] = text.Elements();
        }
        else
        {
            text.Write(_sets);
        }

        foreach (string chain in text.Jumps.Where(j => follow && !IsOfOne(j)))
        {
            Want(chain);
        }
    }

    private void Write(string chain, NftChainHead? head, List<NftRuleText> rules)
    {
        _chains.Append("chain ").Append(chain).Append(" {\n");
        if (head is not null)
        {
            _chains.Append(CultureInfo.InvariantCulture,
                $"type {head.Type} hook {head.Hook} priority {head.Priority}; policy "
                + $"{(head.Drops ? "drop" : "accept")};\n");
        }

        foreach (NftRuleText rule in rules)
        {
            _chains.Append(rule.Text(_inline) is { Length: > 0 } text ? text : "continue").Append('\n');
        }

        _chains.Append("}\n");
    }
}

/// <summary>What iptables-nft prints of some chains of a table.</summary>
internal static class DecidingIptables
{
    /// <summary>Prints them as one table of iptables-save.</summary>
    /// <exception cref="NodeException">The program fails.</exception>
    public static MemoryStream Print(string program, string table, IReadOnlyCollection<string> chains, TimeSpan timeout,
        CancellationToken cancellation)
    {
        var text = new MemoryStream();
        text.Write(Encoding.UTF8.GetBytes($"*{table}\n"));
        foreach (string chain in chains)
        {
            CommandResult printed =
                CommandRunner.Run(program, ["-t", table, "-S", chain], timeout, cancellation: cancellation);
            if (!printed.Succeeded)
            {
                throw RuleErrors.Failed(program, printed.ExitCode, printed.Complaint);
            }

            text.Write(printed.Output);
        }

        text.Write("COMMIT\n"u8);
        text.Position = 0;
        return text;
    }
}
