using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>The targets of iptables-legacy that stand on the way of tunnel packets, as iptables-legacy-save prints
/// them. Any other is told as not known.</summary>
internal static class LegacyTargets
{
    // NF_NAT_RANGE_...: what of a range is given, and how a port is chosen.
    private const uint ByAddress = 1, ByPort = 2, Random = 4, Persistent = 8, FullyRandom = 16,
        Known = ByAddress | ByPort | Random | Persistent | FullyRandom;

    private delegate bool Writer(StringBuilder text, ReadOnlySpan<byte> data, bool isIPv6);

    private static readonly FrozenDictionary<(string, byte), Writer> s_writers =
        new Dictionary<(string, byte), Writer>
        {
            [("MARK", 2)] = Mark,
            [("MASQUERADE", 0)] = static (text, data, isIPv6) => Range(text, NatRange.Old(data, isIPv6), null),
            [("SNAT", 0)] = static (text, data, isIPv6) =>
                !isIPv6 && Range(text, NatRange.Old(data, false), " --to-source "),
            [("SNAT", 1)] = static (text, data, isIPv6) => Range(text, NatRange.New(data, isIPv6), " --to-source "),
            [("DNAT", 0)] = static (text, data, isIPv6) =>
                !isIPv6 && Range(text, NatRange.Old(data, false), " --to-destination "),
            [("DNAT", 1)] = static (text, data, isIPv6) => Range(text, NatRange.New(data, isIPv6), " --to-destination "),
            [("DNAT", 2)] = static (text, data, isIPv6) => Range(text, NatRange.New(data, isIPv6), " --to-destination "),
        }.ToFrozenDictionary();

    /// <summary>Writes the target; false where it is not known.</summary>
    public static bool Write(StringBuilder text, ReadOnlySpan<byte> target, bool isIPv6)
    {
        (string name, byte revision) = target.Kind();
        if (!s_writers.TryGetValue((name, revision), out Writer? write))
        {
            return false;
        }

        text.Append(" -j ").Append(name);
        return write(text, target[LegacyBytes.PartHeader..], isIPv6);
    }

    // struct xt_mark_tginfo2
    private static bool Mark(StringBuilder text, ReadOnlySpan<byte> data, bool isIPv6)
    {
        text.Append(CultureInfo.InvariantCulture, $" --set-xmark 0x{data.Number(0):x}/0x{data.Number(4):x}");
        return true;
    }

    private static bool Range(StringBuilder text, NatRange range, string? to)
    {
        bool hasAddress = (range.Flags & ByAddress) != 0, hasPort = (range.Flags & ByPort) != 0;
        if ((range.Flags & ~Known) != 0 || range.Count != 1 || (to is null && hasAddress))
        {
            return false;
        }

        if (hasAddress || hasPort)
        {
            text.Append(to ?? " --to-ports ");
            text.Append(hasAddress ? range.Addresses(hasPort) : string.Empty);
            text.Append(hasPort && to is not null ? ":" : string.Empty).Append(hasPort ? range.Ports : string.Empty);
        }

        text.Append((range.Flags & Random) != 0 ? " --random" : string.Empty);
        text.Append((range.Flags & FullyRandom) != 0 ? " --random-fully" : string.Empty);
        text.Append((range.Flags & Persistent) != 0 ? " --persistent" : string.Empty);
        return true;
    }

    /// <summary>The addresses and ports that a translation may choose from.</summary>
    private readonly record struct NatRange(uint Count, uint Flags, IPAddress From, IPAddress To, ushort FirstPort,
        ushort LastPort)
    {
        private const int IPv4Length = 4, IPv6Length = 16;

        public string Ports => FirstPort == LastPort ? $"{FirstPort}" : $"{FirstPort}-{LastPort}";

        /// <summary>struct nf_nat_ipv4_multi_range_compat; of IPv6 there is none, and it is the other.</summary>
        public static NatRange Old(ReadOnlySpan<byte> data, bool isIPv6)
        {
            if (isIPv6)
            {
                return New(data, isIPv6);
            }

            const int FlagsAt = 4, FromAt = 8, ToAt = 12, FirstAt = 16, LastAt = 18;
            return new NatRange(data.Number(0), data.Number(FlagsAt), new IPAddress(data.Slice(FromAt, IPv4Length)),
                new IPAddress(data.Slice(ToAt, IPv4Length)), data.Port(FirstAt), data.Port(LastAt));
        }

        /// <summary>struct nf_nat_range, and nf_nat_range2, which has more behind it: an offset of ports, which a flag
        /// tells.</summary>
        public static NatRange New(ReadOnlySpan<byte> data, bool isIPv6)
        {
            const int FromAt = 4, ToAt = 20, FirstAt = 36, LastAt = 38;
            int length = isIPv6 ? IPv6Length : IPv4Length;
            return new NatRange(1, data.Number(0), new IPAddress(data.Slice(FromAt, length)),
                new IPAddress(data.Slice(ToAt, length)), data.Port(FirstAt), data.Port(LastAt));
        }

        public string Addresses(bool hasPort)
        {
            string both = From.Equals(To) ? $"{From}" : $"{From}-{To}";
            return hasPort && From.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? $"[{both}]" : both;
        }
    }
}
