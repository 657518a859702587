namespace VxlanCsum.Netfilter.Rules;

/// <summary>How a text of rules is read.</summary>
internal sealed record RulesetReadOptions
{
    /// <summary>Which chains to keep, by table and chain; null keeps all. The table is empty where the text does not
    /// name it.</summary>
    public Func<string, string, bool>? Keep { get; init; }

    /// <summary>The table of a text that does not name it (iptables -S); null has it guessed from the chains.</summary>
    public string? Table { get; init; }

    /// <summary>Bytes of rules, chains and tables together, as they are held; the text is read no further. Ten times
    /// what the largest node had, of which 97,000 rules are 15 MB.</summary>
    public long Most { get; init; } = 160 << 20;

    /// <summary>Stops the reading.</summary>
    public CancellationToken Cancellation { get; init; }
}
