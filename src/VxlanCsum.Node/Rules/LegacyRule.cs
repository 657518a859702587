using System.Globalization;
using System.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>An entry of a table of iptables-legacy.</summary>
/// <param name="layout">Of an entry.</param>
/// <param name="entry">Its bytes.</param>
internal readonly ref struct LegacyRule(LegacyLayout layout, ReadOnlySpan<byte> entry)
{
    private const int InterfaceLength = 16, Udp = 17;
    private const byte Goto = 2, ProtocolAsked6 = 1, Goto6 = 4;

    // IPT_INV_...: what the entry negates.
    private const byte InvertIn = 1, InvertOut = 2, InvertSource = 8, InvertDestination = 16, InvertFragment = 32,
        InvertProtocol = 64;

    private static readonly Dictionary<int, string> s_verdicts = new()
    {
        [-1] = "DROP",
        [-2] = "ACCEPT",
        [-4] = "QUEUE",
        [-5] = "RETURN",
    };

    private static readonly Dictionary<ushort, string> s_protocols = new()
    {
        [1] = "icmp",
        [6] = "tcp",
        [17] = "udp",
        [33] = "dccp",
        [47] = "gre",
        [50] = "esp",
        [51] = "ah",
        [58] = "ipv6-icmp",
        [132] = "sctp",
        [136] = "udplite",
    };

    private readonly LegacyLayout _layout = layout;
    private readonly ReadOnlySpan<byte> _entry = entry;

    public int Length => _entry.Length;

    /// <summary>Packets and bytes, as iptables-save prints them.</summary>
    public string Counters => string.Create(CultureInfo.InvariantCulture,
        $"[{_entry.Long(_layout.Counters)}:{_entry.Long(_layout.Counters + sizeof(ulong))}]");

    /// <summary>It asks for one protocol, and that is not UDP.</summary>
    public bool IsOfOtherProtocol => Protocol is not (0 or Udp) && (Inverted & InvertProtocol) == 0;

    /// <summary>Of a target that is a verdict or a jump: below 0 a verdict, else the place of the entry that is next.
    /// </summary>
    public int? Verdict => Target.PartName().IsEmpty ? (int)Target.Number(LegacyBytes.PartHeader) : null;

    private ushort Protocol => _entry.Short(_layout.Protocol);

    private byte Flags => _entry[_layout.Flags];

    private byte Inverted => _entry[_layout.Inverted];

    private bool IsIPv6 => _layout.Family == NetfilterFamily.IPv6;

    private ReadOnlySpan<byte> Target => _entry[_entry.Short(_layout.TargetOffset)..];

    /// <summary>Writes it as a line of iptables-save; false where something of it is not known.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="chain">It stands in.</param>
    /// <param name="isNone">It has no target: the next rule follows.</param>
    /// <param name="jump">The chain it leads to, if to one.</param>
    /// <param name="setName">The name of a set of ipset.</param>
    public bool Write(StringBuilder text, string chain, bool isNone, string? jump, Func<ushort, string?> setName)
    {
        text.Append(Counters).Append(" -A ").Append(chain);
        if (!WritePacket(text) || !WriteMatches(text, setName) || !(isNone || WriteTarget(text, jump)))
        {
            return false;
        }

        text.Append('\n');
        return true;
    }

    private bool WritePacket(StringBuilder text)
    {
        int length = _layout.AddressLength;
        Address(text, 0, " -s ", InvertSource);
        Address(text, length, " -d ", InvertDestination);
        Interface(text, 0, " -i ", InvertIn);
        Interface(text, InterfaceLength, " -o ", InvertOut);
        if (Protocol > 0)
        {
            Negation(text, InvertProtocol).Append(" -p ").Append(s_protocols.TryGetValue(Protocol, out string? name)
                ? name : Protocol.ToString(CultureInfo.InvariantCulture));
        }

        // Fragments of IPv4, and the traffic class of IPv6, are asked for by no rule of a node that was ever seen.
        int known = IsIPv6 ? ProtocolAsked6 | Goto6 : Goto;
        return (Flags & ~known) == 0 && (Inverted & InvertFragment) == 0;
    }

    private void Address(StringBuilder text, int place, string option, byte inverted)
    {
        ReadOnlySpan<byte> address = _entry.Slice(place, _layout.AddressLength),
            mask = _entry.Slice((2 * _layout.AddressLength) + place, _layout.AddressLength);
        if (!mask.IsZero() || !address.IsZero() || (Inverted & inverted) != 0)
        {
            Negation(text, inverted).Append(option).Append(LegacyLayout.Address(address, mask));
        }
    }

    private void Interface(StringBuilder text, int place, string option, byte inverted)
    {
        ReadOnlySpan<byte> name = _entry.Slice(_layout.Interfaces + place, InterfaceLength),
            mask = _entry.Slice(_layout.Interfaces + (2 * InterfaceLength) + place, InterfaceLength);
        if (mask.IsZero())
        {
            return;
        }

        // Of a name all is compared, its 0 as well; of "eth+" only what stands before the plus.
        int compared = mask.IndexOf((byte)0) is var end and >= 0 ? end : mask.Length;
        ReadOnlySpan<byte> asked = name[..compared].Name();
        Negation(text, inverted).Append(option).Append(Encoding.UTF8.GetString(asked));
        text.Append(asked.Length == compared ? "+" : string.Empty);
    }

    private StringBuilder Negation(StringBuilder text, byte inverted) =>
        text.Append((Inverted & inverted) != 0 ? " !" : string.Empty);

    private bool WriteMatches(StringBuilder text, Func<ushort, string?> setName)
    {
        int end = _entry.Short(_layout.TargetOffset);
        for (int at = _layout.Length; at < end;)
        {
            ReadOnlySpan<byte> rest = _entry[at..end];
            int size = rest.Length >= LegacyBytes.PartHeader ? rest.Short(0) : 0;
            if (size < LegacyBytes.PartHeader || size > rest.Length || !LegacyMatches.Write(text, rest[..size], setName))
            {
                return false;
            }

            at += size;
        }

        return true;
    }

    private bool WriteTarget(StringBuilder text, string? jump)
    {
        if (Verdict is not { } verdict)
        {
            return LegacyTargets.Write(text, Target, IsIPv6);
        }

        bool isGoto = (Flags & (IsIPv6 ? Goto6 : Goto)) != 0;
        text.Append(isGoto ? " -g " : " -j ");
        if (verdict >= 0 ? jump is null : !s_verdicts.TryGetValue(verdict, out jump))
        {
            return false;
        }

        text.Append(jump);
        return true;
    }
}
