using System.Globalization;

namespace VxlanCsum;

/// <summary>A change of the packet mark, decoded.</summary>
/// <remarks>
/// iptables saves every one of them as --set-xmark Value/Mask, meaning (mark &amp; ~Mask) ^ Value: 0x4000/0x0 flips a
/// bit, 0x4000/0x4000 sets it, 0x0/0x4000 clears it.
/// </remarks>
public readonly record struct MarkOperation
{
    /// <summary>Makes the operation (mark &amp; ~<paramref name="cleared"/>) ^ <paramref name="flipped"/>.</summary>
    public MarkOperation(uint cleared, uint flipped)
    {
        (Cleared, Flipped) = (cleared, flipped);
        (Kind, Value, Mask) = (cleared, flipped) switch
        {
            (0, _) => (MarkOperationKind.Xor, flipped, 0u),
            (uint.MaxValue, _) => (MarkOperationKind.Set, flipped, uint.MaxValue),
            _ when cleared == flipped => (MarkOperationKind.Or, flipped, cleared),
            (_, 0) => (MarkOperationKind.And, 0u, ~cleared),
            _ => (MarkOperationKind.Set, flipped, cleared),
        };
    }

    /// <summary>What is done.</summary>
    public MarkOperationKind Kind { get; }

    /// <summary>The bits that are set or flipped; 0 for And.</summary>
    public uint Value { get; }

    /// <summary>And: the bits that are kept. Set: the bits that are replaced. Or: the same as Value. Xor: 0.</summary>
    public uint Mask { get; }

    internal uint Cleared { get; }

    internal uint Flipped { get; }

    /// <summary>The mark after the operation.</summary>
    public uint Apply(uint mark) => (mark & ~Cleared) ^ Flipped;

    /// <summary>This operation after an earlier one, as one.</summary>
    internal MarkOperation After(MarkOperation earlier) =>
        new(earlier.Cleared | Cleared, (earlier.Flipped & ~Cleared) ^ Flipped);

    /// <summary>"xor 0x4000", "or 0x4000", "and 0xffffbfff", "set 0x1/0xff".</summary>
    public override string ToString() => Kind switch
    {
        MarkOperationKind.And => string.Create(CultureInfo.InvariantCulture, $"and 0x{Mask:x}"),
        MarkOperationKind.Or => string.Create(CultureInfo.InvariantCulture, $"or 0x{Value:x}"),
        MarkOperationKind.Xor => string.Create(CultureInfo.InvariantCulture, $"xor 0x{Value:x}"),
        _ when Mask == uint.MaxValue => string.Create(CultureInfo.InvariantCulture, $"set 0x{Value:x}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"set 0x{Value:x}/0x{Mask:x}"),
    };
}
