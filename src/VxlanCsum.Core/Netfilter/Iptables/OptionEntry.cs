using System.Runtime.InteropServices;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>Where one option of a rule stands in the rule's text: eight bytes, so that millions can be kept.</summary>
/// <param name="Id">What it is.</param>
/// <param name="Flags">How it is written.</param>
/// <param name="Name">Offset of its name ("--dport") in the rule's text.</param>
/// <param name="Values">Offset behind the name; with --opt=value, of the equals sign.</param>
/// <param name="End">Offset behind its last value.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct OptionEntry(OptionId Id, OptionFlags Flags, ushort Name, ushort Values, ushort End);

/// <summary>How an option is written.</summary>
[Flags]
internal enum OptionFlags : byte
{
    None = 0,

    /// <summary>"! --opt value", or in the old spelling "--opt ! value".</summary>
    Negated = 1,

    /// <summary>The old spelling: a lone "!" stands among the values.</summary>
    NegatedInside = 2,
}
