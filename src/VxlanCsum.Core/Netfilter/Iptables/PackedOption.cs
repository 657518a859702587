using System.Runtime.InteropServices;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>
/// An option of a canonical line in four bytes, so that the line need not be divided again: each begins one blank
/// behind the one before it, or behind the "!" there.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct PackedOption
{
    /// <summary>Of one rule; people write fewer.</summary>
    public const int Most = 63;

    private const int NegatedBit = 0x80;

    private readonly byte _id;
    private readonly byte _name;
    private readonly ushort _values;

    private PackedOption(byte id, byte name, ushort values) => (_id, _name, _values) = (id, name, values);

    /// <summary>The options of a canonical line; 0 where they do not fit.</summary>
    public static int Pack(ReadOnlySpan<OptionEntry> options, Span<PackedOption> packed)
    {
        if (options.Length > Math.Min(packed.Length, Most))
        {
            return 0;
        }

        for (int i = 0; i < options.Length; i++)
        {
            OptionEntry option = options[i];
            int name = option.Values - option.Name;
            if (name > byte.MaxValue)
            {
                return 0;
            }

            int negated = (option.Flags & OptionFlags.Negated) != 0 ? NegatedBit : 0;
            packed[i] = new PackedOption((byte)((int)option.Id | negated), (byte)name,
                (ushort)(option.End - option.Values));
        }

        return options.Length;
    }

    /// <summary>The same options again.</summary>
    /// <param name="packed">What was packed.</param>
    /// <param name="position">Behind the chain's name.</param>
    /// <param name="options">What is written, one for each.</param>
    public static void Unpack(ReadOnlySpan<PackedOption> packed, int position, Span<OptionEntry> options)
    {
        for (int i = 0; i < packed.Length && i < options.Length; i++)
        {
            PackedOption option = packed[i];
            bool negated = (option._id & NegatedBit) != 0;
            int name = position + (negated ? 3 : 1), values = name + option._name;
            position = values + option._values;
            options[i] = new OptionEntry(
                (OptionId)(option._id & ~NegatedBit), negated ? OptionFlags.Negated : OptionFlags.None, (ushort)name,
                (ushort)values, (ushort)position);
        }
    }
}
