using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VxlanCsum.LabTests.Walks;

/// <summary>Random rules in nft's own language: made, loaded, and taken back from what nft lists, as text and as JSON
/// in turn.</summary>
internal sealed partial class NftBackend(bool v6) : IWalkBackend
{
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private IReadOnlyList<RuleTemplate> _matches = [];
    private IReadOnlyList<RuleTemplate> _statements = [];
    private IReadOnlyList<BaseChain> _chains = [];
    private string _family = "ip";
    private int _loads;
    private bool _asksProtocol;

    private sealed record BaseChain(string Name, string Type, string Hook, int Priority, double Chance)
    {
        public string Declared =>
            string.Create(CultureInfo.InvariantCulture, $"type {Type} hook {Hook} priority {Priority}; policy accept;");
    }

    public bool V6 => v6;

    public string Name => v6 ? "nft6" : "nft";

    public IReadOnlyList<string> LeftOut => [.. _refused.Order(StringComparer.Ordinal)];

    private string Sets =>
        $"set walkaddresses {{ type {Address}; elements = {{ {Members(static i => i % 3 == 0, "")} }}; }}\n"
        + $"set walknets {{ type {Address}; flags interval; elements = {{ "
        + $"{(v6 ? "fd09::/121, fd09::200-fd09::280" : "10.9.1.0/25, 10.9.2.20-10.9.2.60")} }}; }}\n"
        + $"set walkpairs {{ type {Address} . inet_service; elements = {{ "
        + $"{Members(static i => i % 2 == 0, " . 8472")} }}; }}\n";

    private string Address => v6 ? "ipv6_addr" : "ipv4_addr";

    public void Prepare(WalkLab lab)
    {
        _matches = [.. NftTemplates.Matches.Where(t => Usable(lab, t))];
        _statements = [.. NftTemplates.Statements.Where(t => Usable(lab, t))];
    }

    /// <summary>Each batch has its chains at other places and in another family.</summary>
    public void Begin(RandomChoice random)
    {
        _family = random.Chance(0.4) ? "inet" : v6 ? "ip6" : "ip";
        _chains =
        [
            new("o1", "filter", "output", random.Of(-300, -300, -250, -201), 0.4),
            new("o2", random.Of("filter", "route"), "output", random.Of(-150, -199, -101), 0.45),
            new("o3", "filter", "output", random.Of(0, -99, 50), 0.2),
            new("no", "nat", "output", -100, 0.2),
            new("p1", "filter", "postrouting", random.Of(-150, 0, 99), 0.4),
            new("np", "nat", "postrouting", random.Of(100, 100, 90), 0.95),
            new("p2", "filter", "postrouting", random.Of(101, 150), 0.2),
        ];
    }

    public WalkCase Make(RandomChoice random, int index)
    {
        WalkPacket packet = random.Packet(index, v6);
        var made = new WalkCase(packet);
        foreach (BaseChain chain in _chains.Where(c => random.Chance(c.Chance)))
        {
            Chain(random, made, chain, chain.Name, 2);
        }

        return made;
    }

    public LabCommandResult Load(WalkLab lab, IReadOnlyList<WalkCase> cases)
    {
        _loads++;
        var text = new StringBuilder(
            $"table ip walk\ndelete table ip walk\ntable ip6 walk\ndelete table ip6 walk\ntable inet walk\ndelete "
            + $"table inet walk\ntable {_family} walk {{\n{Sets}");
        foreach (WalkCase one in cases)
        {
            foreach (WalkChain chain in Enumerable.Reverse(one.Chains))
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"chain K{one.Packet.Index}-{chain.Name} "
                    + $"{{\n{string.Concat(chain.Rules.Select(static r => r + "\n"))}}}\n");
            }
        }

        foreach (BaseChain chain in _chains)
        {
            string Calls(Func<WalkPacket, string> address) =>
                string.Join(", ", cases.Where(c => c.Chains.Exists(k => k.Name == chain.Name))
                .Select(c => $"{address(c.Packet)} : jump K{c.Packet.Index}-{chain.Name}"));
            string ip = v6 ? "ip6" : "ip";
            string here = Calls(static p => p.Destination);
            text.Append(CultureInfo.InvariantCulture, $"chain {chain.Name} {{\n{chain.Declared}\n");
            text.Append(here.Length == 0 ? ""
                : $"{ip} daddr vmap {{ {here}, {Calls(static p => p.NewDestination)} }}\n{ip} daddr "
                    + $"{(v6 ? "::1" : "127.0.0.1")} ct original {ip} daddr vmap {{ {here} }}\n");
            text.Append("}\n");
        }

        return Feed(lab, text.Append("}\n").ToString().Split('\n'));
    }

    /// <summary>What nft finds contradictory in itself is left out.</summary>
    private static LabCommandResult Feed(WalkLab lab, string[] lines)
    {
        for (int attempt = 0; ; attempt++)
        {
            LabCommandResult result = lab.Feed(string.Join('\n', lines), "nft", "-f");
            MatchCollection wrong = ErrorLine().Matches(result.Error);
            if (result.ExitCode == 0 || wrong.Count == 0 || attempt > 20)
            {
                return result;
            }

            foreach (Match one in wrong)
            {
                lines[int.Parse(one.Groups["line"].Value, CultureInfo.InvariantCulture) - 1] = "";
            }
        }
    }

    public Dictionary<int, string> Save(WalkLab lab) => _loads % 2 == 0
        ? FromJson(lab.Node.Run("nft", "-j", "list", "table", _family, "walk"))
        : FromText(lab.Node.Run("nft", "list", "table", _family, "walk"));

    private Dictionary<int, string> FromText(string listed)
    {
        var sets = new StringBuilder();
        var chains = new Dictionary<int, Dictionary<string, string>>();
        foreach (Match block in Block().Matches(listed))
        {
            string name = block.Groups["name"].Value;
            if (block.Groups["kind"].Value == "set")
            {
                sets.Append(block.Value);
            }
            else if (OwnName().Match(name) is { Success: true } own)
            {
                int index = int.Parse(own.Groups["index"].Value, CultureInfo.InvariantCulture);
                chains.TryAdd(index, new Dictionary<string, string>(StringComparer.Ordinal));
                chains[index][own.Groups["chain"].Value] = block.Groups["body"].Value;
            }
        }

        return chains.ToDictionary(static c => c.Key, c =>
        {
            string rules = string.Concat(c.Value.Select(k => _chains.FirstOrDefault(b => b.Name == k.Key) is { } hook
                ? $"\tchain {k.Key} {{\n\t\t{hook.Declared}\n{k.Value}\t}}\n"
                : $"\tchain K{c.Key}-{k.Key} {{\n{k.Value}\t}}\n"));
            return $"table {_family} walk "
                + $"{{\n{(rules.Contains("@walk", StringComparison.Ordinal) ? sets : "")}{rules}}}\n";
        });
    }

    private Dictionary<int, string> FromJson(string listed)
    {
        var common = new List<JsonNode>();
        var own = new Dictionary<int, List<JsonNode>>();
        foreach (JsonNode? item in JsonNode.Parse(listed)!["nftables"]!.AsArray())
        {
            (string kind, JsonNode? value) = item!.AsObject().First();
            JsonNode? name = value![kind == "rule" ? "chain" : "name"];
            if (name is not null && OwnName().Match(name.GetValue<string>()) is { Success: true } found)
            {
                string chain = found.Groups["chain"].Value;
                if (_chains.Any(b => b.Name == chain))
                {
                    if (kind == "chain")
                    {
                        continue;
                    }

                    value["chain"] = chain;
                }

                int index = int.Parse(found.Groups["index"].Value, CultureInfo.InvariantCulture);
                own.TryAdd(index, []);
                own[index].Add(item);
            }
            else if (kind != "rule")
            {
                common.Add(item);
            }
        }

        string before = string.Join(",\n", common.Select(static c => c.ToJsonString()));
        return own.ToDictionary(static o => o.Key,
            o => $"{{\"nftables\": "
                + $"[{before},\n{string.Join(",\n", o.Value.Select(static v => v.ToJsonString()))}]}}\n");
    }

    private void Chain(RandomChoice random, WalkCase made, BaseChain hook, string name, int depth)
    {
        var rules = new List<string>();
        made.Chains.Add(new WalkChain("walk", name, hook.Name == name ? hook.Hook : null, rules));
        int count = 1 + random.Below(hook.Name == name ? 4 : 3);
        for (int i = 0; i < count; i++)
        {
            rules.Add(Rule(random, made, hook, depth));
        }
    }

    private string Rule(RandomChoice random, WalkCase made, BaseChain hook, int depth)
    {
        var words = new List<string>();
        _asksProtocol = false;
        Conditions(random, made, words, random.Of(0, 1, 1, 1, 2, 2, 3));
        words.Add("counter");
        if (random.Chance(0.15))
        {
            // A statement in the middle: what is asked behind it is asked of what it made.
            words.Add(random.Of($"meta mark set meta mark ^ {RandomChoice.Hex(random.Bits())}",
                $"ct mark set meta mark | {RandomChoice.Hex(random.Bits())}"));
            Conditions(random, made, words, random.Below(2));
        }

        if (depth > 0 && random.Chance(0.2))
        {
            string called = $"{hook.Name}-{(char)('a' + made.Chains.Count)}";
            Chain(random, made, hook, called, depth - 1);
            string call = $"{random.Of("jump", "jump", "goto")} K{made.Packet.Index}-{called}";
            string ip = NftTemplates.Ip(made.Packet);
            words.Add(random.Chance(0.3) ? $"{ip} daddr vmap {{ {made.Packet.Destination} : {call} }}" : call);
        }
        else
        {
            RuleTemplate statement = Pick(random, _statements,
                t => Fits(t, hook) && (t.Tells || random.Chance(0.3)) && (t.Protocol is null || !_asksProtocol));
            words.Add(statement.Make(random, made.Packet));
            made.Tells &= statement.Tells;
        }

        return string.Join(' ', words.Where(static w => w.Length > 0));
    }

    private void Conditions(RandomChoice random, WalkCase made, List<string> words, int count)
    {
        for (int i = 0; i < count; i++)
        {
            RuleTemplate match = Pick(random, _matches,
                t => (t.Tells || random.Chance(0.12)) && (t.Protocol is null || !_asksProtocol));
            _asksProtocol |= match.Protocol is not null;
            words.Add(match.Make(random, made.Packet));
            made.Tells &= match.Tells;
        }
    }

    private static bool Fits(RuleTemplate template, BaseChain hook)
    {
        string kind = hook.Type == "nat" ? "nat" : "filter";
        return template.Tables is not { } place || place == kind || place == $"{kind}-{hook.Hook}";
    }

    private static RuleTemplate Pick(RandomChoice random, IReadOnlyList<RuleTemplate> templates,
        Predicate<RuleTemplate> fits)
    {
        while (true)
        {
            int at = random.Below(templates.Sum(static t => t.Weight));
            RuleTemplate picked = templates.First(t => (at -= t.Weight) < 0);
            if (fits(picked))
            {
                return picked;
            }
        }
    }

    private bool Usable(WalkLab lab, RuleTemplate template)
    {
        var random = new RandomChoice(template.Name.Length);
        string[] place = (template.Tables ?? "filter-output").Split('-');
        string chain =
            $"chain c {{ type {place[0]} hook {(place.Length > 1 ? place[1] : "output")} priority "
            + $"{(place[0] == "nat" ? 100 : -150)}; {template.Make(random, random.Packet(0, v6))}\n }}\n";
        LabCommandResult result = lab.Feed(
            $"table {(v6 ? "ip6" : "ip")} walktry {{\n{Sets}{chain}}}\ndelete table {(v6 ? "ip6" : "ip")} walktry\n",
            "nft", "-f");
        if (result.ExitCode != 0)
        {
            _refused.Add(template.Name);
        }

        return result.ExitCode == 0;
    }

    private string Members(Predicate<int> wanted, string behind) =>
        string.Join(", ",
            Enumerable.Range(0, 400).Where(i => wanted(i)).Select(i => WalkPacket.Remote(v6, i) + behind));

    [GeneratedRegex(@"^\t(?<kind>chain|set) (?<name>\S+) \{\n(?<body>.*?)^\t\}\n",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"input:(?<line>\d+):\d+-\d+: Error")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"^K(?<index>\d+)-(?<chain>.+)$")]
    private static partial Regex OwnName();
}
