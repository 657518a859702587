namespace VxlanCsum;

/// <summary>One match of a rule.</summary>
/// <param name="Name">The module ("comment", "mark", "tcp"; "ip" for addresses, devices and protocol), or nft's key
/// ("meta mark").</param>
/// <param name="Text">As the rule spells it, control characters escaped.</param>
/// <param name="Understood">False where the walk cannot tell and follows both branches.</param>
public sealed record RuleMatch(string Name, string Text, bool Understood)
{
    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
