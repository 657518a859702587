using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VxlanCsum.LabTests.Walks;

/// <summary>Random rules for one of iptables' programs: made, loaded, and taken back from what the program
/// saves.</summary>
/// <remarks>
/// All cases share the kernel's tables: the hooks' own chains send each case's packets, by destination, to chains of
/// its
/// own. Taken back, these are the hooks' chains again; a return from either ends in the policy.
/// </remarks>
internal sealed partial class IptablesBackend(string tool, bool v6) : IWalkBackend
{
    private static readonly (string Table, string Hook, double Chance)[] s_hooks =
    [
        ("raw", "OUTPUT", 0.35), ("mangle", "OUTPUT", 0.45), ("mangle", "POSTROUTING", 0.4), ("nat", "OUTPUT", 0.2),
        ("nat", "POSTROUTING", 0.95), ("filter", "OUTPUT", 0.2),
    ];

    private static readonly string[] s_tables = ["raw", "mangle", "nat", "filter"];

    private readonly Dictionary<string, bool> _usable = new(StringComparer.Ordinal);
    private IReadOnlyList<RuleTemplate> _matches = [];
    private IReadOnlyList<RuleTemplate> _targets = [];

    private string Program => v6 ? "ip6" + tool[2..] : tool;

    public bool V6 => v6;

    public string Name => Program;

    /// <summary>Tries each template in the kernel; what it or the program lacks is left out.</summary>
    public void Prepare(WalkLab lab)
    {
        string suffix = v6 ? "6" : "";
        string members(bool ports) => string.Concat(Enumerable.Range(0, 400).Where(static i => i % 3 == 0).Select(
            i => $"add WALKIP{(ports ? "PORT" : "")}{suffix} "
                + $"{WalkPacket.Remote(v6, i)}{(ports ? i % 2 == 0 ? ",udp:8472" : ",tcp:4789" : "")}\n"));
        string family = v6 ? "family inet6" : "";
        string sets =
            $"create WALKIP{suffix} hash:ip {family}\ncreate WALKNET{suffix} hash:net {family}\ncreate "
            + $"WALKIPPORT{suffix} hash:ip,port {family}\n"
            + $"create WALKADD{suffix} hash:ip {family}\n{members(false)}{members(true)}add WALKIP{suffix} "
            + $"{WalkPacket.Node(v6, 1)}\n"
            + (v6 ? $"add WALKNET6 fd09::/116\nadd WALKNET6 fd09::80/121 nomatch\nadd WALKNET6 fd08::2/128\n"
                : "add WALKNET 10.9.1.0/24\nadd WALKNET 10.9.1.128/25 nomatch\nadd WALKNET 10.8.0.2/32\n");
        LabCommandResult made = lab.Feed(sets, "ipset", "restore", "-f");
        Assert.True(made.ExitCode == 0, made.Error);
        _matches = [.. IptablesTemplates.Matches.Where(t => Usable(lab, t, isTarget: false))];
        _targets = [.. IptablesTemplates.Targets.Where(t => Usable(lab, t, isTarget: true))];
    }

    public IReadOnlyList<string> LeftOut =>
        [.. _usable.Where(static u => !u.Value).Select(static u => u.Key).Distinct().Order(StringComparer.Ordinal)];

    public WalkCase Make(RandomChoice random, int index)
    {
        WalkPacket packet = random.Packet(index, v6);
        var made = new WalkCase(packet);
        foreach (string table in s_tables)
        {
            foreach ((string _, string hook,
                double chance) in s_hooks.Where(h => h.Table == table && random.Chance(h.Chance)))
            {
                Chain(random, made, table, hook, hook, 2);
            }
        }

        return made;
    }

    public LabCommandResult Load(WalkLab lab, IReadOnlyList<WalkCase> cases)
    {
        var text = new StringBuilder();
        foreach (string table in s_tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"*{table}\n");
            foreach ((string _, string hook, double _) in s_hooks.Where(h => h.Table == table))
            {
                text.Append(CultureInfo.InvariantCulture, $":{hook} ACCEPT [0:0]\n");
            }

            foreach (WalkCase one in cases)
            {
                foreach (WalkChain chain in one.Chains.Where(c => c.Table == table))
                {
                    text.Append(CultureInfo.InvariantCulture, $":K{one.Packet.Index}-{chain.Name} - [0:0]\n");
                }
            }

            foreach (WalkCase one in cases)
            {
                foreach (WalkChain chain in one.Chains.Where(c => c.Table == table))
                {
                    text.Append(chain.Hook is null ? "" : Calls(one, chain));

                    foreach (string rule in chain.Rules)
                    {
                        text.Append(CultureInfo.InvariantCulture, $"-A K{one.Packet.Index}-{chain.Name} {rule}\n");
                    }
                }
            }

            text.Append("COMMIT\n");
        }

        return lab.Feed(text.ToString(), $"{Program}-restore");
    }

    public Dictionary<int, string> Save(WalkLab lab)
    {
        string saved = lab.Node.Run($"{Program}-save", "-c");
        string sets = lab.Node.Run("ipset", "save");
        var texts = new Dictionary<int, StringBuilder>();
        string table = string.Empty;
        var chains = new Dictionary<int, StringBuilder>();
        foreach (string line in saved.Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                table = line;
                chains.Clear();
            }
            else if (OwnChain().Match(line) is { Success: true } own)
            {
                int index = int.Parse(own.Groups["index"].Value, CultureInfo.InvariantCulture);
                if (!chains.TryGetValue(index, out StringBuilder? text))
                {
                    string hooks = string.Concat(s_hooks.Where(h => "*" + h.Table == table)
                        .Select(static h => $":{h.Hook} ACCEPT [0:0]\n"));
                    chains[index] = text = new StringBuilder($"{table}\n{hooks}");
                }

                string renamed = BaseChain().Replace(line, "${lead}${hook}");
                text.Append(
                    renamed.StartsWith(":OUTPUT", StringComparison.Ordinal)
                        || renamed.StartsWith(":POSTROUTING", StringComparison.Ordinal) ? "" : renamed + "\n");
            }
            else if (line == "COMMIT")
            {
                foreach ((int index, StringBuilder text) in chains)
                {
                    texts.TryAdd(index, new StringBuilder());
                    texts[index].Append(text).Append("COMMIT\n");
                }
            }
        }

        string generated = saved.Split('\n')[0] + "\n";
        return texts.ToDictionary(static t => t.Key, t =>
        {
            string rules = t.Value.ToString();
            return generated + rules + (rules.Contains("WALK", StringComparison.Ordinal) ? sets : "");
        });
    }

    /// <summary>From the hook's own chain to the case's, also where its packet has been sent elsewhere on the
    /// way.</summary>
    private string Calls(WalkCase one, WalkChain chain)
    {
        string call = $"-j K{one.Packet.Index}-{chain.Name}\n",
            calls = $"-A {chain.Hook} -d {one.Packet.Destination} {call}";
        return one.IsRedirected && chain.Table is not "raw"
            ? $"{calls}-A {chain.Hook} -d {one.Packet.NewDestination} {call}-A {chain.Hook} -d "
                + $"{(v6 ? "::1" : "127.0.0.1")} -m conntrack --ctorigdst {one.Packet.Destination} {call}"
            : calls;
    }

    private void Chain(RandomChoice random, WalkCase made, string table, string name, string? hook, int depth)
    {
        var rules = new List<string>();
        made.Chains.Add(new WalkChain(table, name, hook, rules));
        int count = 1 + random.Below(hook is null ? 3 : 4);
        for (int i = 0; i < count; i++)
        {
            rules.Add(Rule(random, made, table, name, hook ?? name.Split('-')[0], depth));
        }
    }

    private string Rule(RandomChoice random, WalkCase made, string table, string name, string hook, int depth)
    {
        RuleTemplate? target = depth > 0 && random.Chance(0.2) ? null
            : Pick(random, _targets, t => Fits(t, table, hook));
        string protocol = target?.Protocol
            ?? (random.Chance(0.4) ? "udp"
                : random.Chance(0.1) ? random.Of("tcp", "sctp", "dccp", "icmp", "esp", "ah") : "");
        protocol = v6 && protocol == "icmp" ? "ipv6-icmp" : protocol;
        var words = new List<string> { protocol.Length > 0
            ? $"{(target?.Protocol is null ? random.Not(0.05) : "")}-p {protocol}" : "" };
        string asked = words[0].StartsWith('!') ? "" : protocol;
        int matches = random.Of(0, 1, 1, 1, 2, 2, 3);
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < matches; i++)
        {
            RuleTemplate match = Pick(random, _matches,
                t => Fits(t, table, hook) && (t.Protocol is null || t.Protocol == asked)
                    && (t.Tells || random.Chance(0.12)));
            if (used.Add(match.Name))
            {
                words.Add(match.Make(random, made.Packet));
                made.Tells &= match.Tells;
            }
        }

        if (target is null)
        {
            string called = $"{hook}-{(char)('a' + made.Chains.Count)}";
            Chain(random, made, table, called, null, depth - 1);
            words.Add($"{random.Of("-j", "-j", "-g")} K{made.Packet.Index}-{called}");
        }
        else
        {
            words.Add(target.Make(random, made.Packet));
            made.Tells &= target.Tells;
        }

        return string.Join(' ', words.Where(static w => w.Length > 0));
    }

    private static bool Fits(RuleTemplate template, string table, string hook) => template.Tables is not { } tables
        || tables.Split(' ').Any(t => t == table || t == $"{table}-{hook}");

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

    private bool Usable(WalkLab lab, RuleTemplate template, bool isTarget)
    {
        var random = new RandomChoice(template.Name.Length);
        string table = template.Tables?.Split(' ')[0].Split('-')[0] ?? "mangle";
        string hook = template.Tables is { } tables && tables.Contains("-POSTROUTING", StringComparison.Ordinal)
            ? "POSTROUTING" : "OUTPUT";
        string protocol = template.Protocol is { } named ? $"-p {(v6 && named == "icmp" ? "ipv6-icmp" : named)} " : "";
        string rule = protocol + template.Make(random, random.Packet(0, v6)) + (isTarget ? "" : " -j RETURN");
        LabCommandResult result = lab.Feed($"*{table}\n:WALK - [0:0]\n-A WALK {rule}\n-A {hook} -j WALK\nCOMMIT\n",
            $"{Program}-restore");
        _usable[template.Name] = _usable.GetValueOrDefault(template.Name) | result.ExitCode == 0;
        return result.ExitCode == 0;
    }

    [GeneratedRegex(@"^(:|(\[\d+:\d+\] )?-A )K(?<index>\d+)-")]
    private static partial Regex OwnChain();

    [GeneratedRegex(@"^(?<lead>:|(\[\d+:\d+\] )?-A )K\d+-(?<hook>OUTPUT|POSTROUTING)(?= |$)")]
    private static partial Regex BaseChain();
}
