using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>The original ports that a direction's bad packets imply, beside those that the sender's connection table
/// has.</summary>
internal sealed class BindingComparison
{
    private readonly KnownBindings _known;
    private readonly DirectionKey _key;
    private readonly int _shift;

    /// <param name="direction">With outer faults.</param>
    /// <param name="outer">How they are explained.</param>
    /// <param name="known">What the table has.</param>
    public BindingComparison(Direction direction, OuterVerdict outer, KnownBindings known)
    {
        (_known, _key) = (known, direction.Key);
        _shift = outer.Mechanism is OuterMechanism.OtherPort or OuterMechanism.TwiceAddress ? outer.Shift : 0;
        Listed = direction.Outer.Bindings.FindAll(b => known.Of(direction.Key, b.SourcePort).Count > 0);
        Confirmed = Listed.Count(Confirms);
    }

    /// <summary>Those that the table has.</summary>
    public IReadOnlyList<Binding> Listed { get; }

    /// <summary>Of so many it has just the port that the packets imply.</summary>
    public int Confirmed { get; }

    /// <summary>For the explanation; empty where the table says nothing.</summary>
    public string Sentence => Listed.Count == 0 ? ""
        : $" The sender's connection table confirms {(Confirmed == 0 ? "none" : $"{Confirmed}")} of the "
            + $"{Phrase.Count(Listed.Count, "original port", "original ports")} that it can be asked for.";

    public bool Confirms(Binding binding) =>
        _known.Of(_key, binding.SourcePort).Any(o => Residue.Of(o.Port) == Implied(binding));

    /// <summary>The port (mod 65535) that its packets imply.</summary>
    public int Implied(Binding binding) => Residue.Of(binding.Implied + _shift);
}
