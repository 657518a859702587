namespace VxlanCsum.Netfilter.Rules;

/// <summary>How a text of rules is read.</summary>
internal sealed record RulesetReadOptions
{
    /// <summary>Which chains to keep, by table and chain; null keeps all. The table is empty where the text does not
    /// name it.</summary>
    public Func<string, string, bool>? Keep { get; init; }

    /// <summary>The table of a text that does not name it (iptables -S); null has it guessed from the chains.</summary>
    public string? Table { get; init; }

    /// <summary>Stops the reading.</summary>
    public CancellationToken Cancellation { get; init; }
}
