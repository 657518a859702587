namespace VxlanCsum.LabTests.Walks;

/// <summary>A random ruleset and the packet that is walked through it.</summary>
internal sealed class WalkCase(WalkPacket packet)
{
    public WalkPacket Packet { get; } = packet;

    public List<WalkChain> Chains { get; } = [];

    /// <summary>Some rule may give it another destination.</summary>
    public bool IsRedirected =>
        Chains.Exists(
            static c => c.Rules.Exists(
                static r => r.Contains("DNAT", StringComparison.OrdinalIgnoreCase)
                    || r.Contains("REDIRECT", StringComparison.OrdinalIgnoreCase)));

    public override string ToString() =>
        string.Join('\n',
            Chains.SelectMany(static c => c.Rules.Select(r => $"# made: {c.Table} {c.Name}: {r}"))
                .Prepend(Packet.ToString()));

    /// <summary>Nothing in its text depends on what no text tells.</summary>
    public bool Tells { get; set; } = true;
}

/// <summary>A chain of a case.</summary>
/// <param name="Table">Its table, or what stands for it.</param>
/// <param name="Name">Within the case.</param>
/// <param name="Hook">The hook that calls it; null for a chain that rules call.</param>
/// <param name="Rules">Its rules, without the chain's name.</param>
internal sealed record WalkChain(string Table, string Name, string? Hook, List<string> Rules);

/// <summary>A language of rules and the program that takes it.</summary>
internal interface IWalkBackend
{
    bool V6 { get; }

    string Name { get; }

    /// <summary>What this machine's kernel or program does not have.</summary>
    IReadOnlyList<string> LeftOut { get; }

    void Prepare(WalkLab lab);

    /// <summary>Before each batch.</summary>
    void Begin(RandomChoice random)
    {
    }

    WalkCase Make(RandomChoice random, int index);

    LabCommandResult Load(WalkLab lab, IReadOnlyList<WalkCase> cases);

    /// <summary>Each case's rules by themselves, as the program shows them, with what they counted.</summary>
    Dictionary<int, string> Save(WalkLab lab);
}
