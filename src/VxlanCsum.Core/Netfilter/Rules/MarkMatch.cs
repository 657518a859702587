using System.Globalization;

namespace VxlanCsum;

/// <summary>A test of the packet mark: (mark &amp; Mask) == Value, or its opposite.</summary>
/// <param name="Value">What the masked mark is compared with.</param>
/// <param name="Mask">Which bits count.</param>
/// <param name="Negated">The rule wants the comparison to fail.</param>
public readonly record struct MarkMatch(uint Value, uint Mask, bool Negated)
{
    /// <summary>As iptables writes it: "! 0x4000/0x4000".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Negated ? "! " : "")}0x{Value:x}{(Mask == uint.MaxValue ? "" : $"/0x{Mask:x}")}");
}
