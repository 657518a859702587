using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <content>IPv6 extension headers that change what a checksum covers, or which addresses its pseudo-header
/// holds.</content>
internal sealed unsafe partial class FrameWalker
{
    private const byte OptionPad1 = 0, OptionJumbo = 0xc2, OptionHomeAddress = 0xc9;

    /// <summary>The jumbo payload option (RFC 2675) has the length that the IPv6 header could not hold.</summary>
    private bool Jumbo(int header, int headerEnd, int payloadStart, ref int end, ref bool badLength)
    {
        int option = FindOption(header, headerEnd, OptionJumbo, size: 4);
        if (option < 0)
        {
            return false;
        }

        long jumboEnd = payloadStart + (long)U32(option);
        badLength = jumboEnd > end;
        end = (int)Math.Min(end, jumboEnd);
        return true;
    }

    /// <summary>A mobile node away from home signs with its home address (RFC 6275, 6.3 and 9.3.1).</summary>
    private ulong HomeSum(int ip, int header, int length, ulong sum)
    {
        int home = FindOption(header, header + length, OptionHomeAddress, size: 16);
        return home < 0 ? sum : Replace(sum, ip + 8, SumOfAddress(home));
    }

    /// <summary>With a routing header under way the pseudo-header holds the final destination (RFC 8200,
    /// 8.1).</summary>
    private ulong RoutedSum(int ip, int header, int length, ulong sum)
    {
        int type = _p[header + 2], left = _p[header + 3];
        if (left == 0 || header + length > _captured)
        {
            return sum;
        }

        switch (type)
        {
            case 0 or 2 when length >= 24:
                return Replace(sum, ip + 24, SumOfAddress(header + length - 16));
            case 4 when length >= 24:
                // Segment routing (RFC 8754) lists its segments backwards.
                return Replace(sum, ip + 24, SumOfAddress(header + 8));
            case 3:
                return CompressedRoute(ip, header, length, sum);
            default:
                return sum;
        }
    }

    /// <summary>RFC 6554: the last address leaves out as many leading bytes as CmprE says, which it shares with the
    /// destination.</summary>
    private ulong CompressedRoute(int ip, int header, int length, ulong sum)
    {
        int shared = _p[header + 4] & 15, padding = _p[header + 5] >> 4;
        int rest = header + length - padding - (16 - shared);
        return rest < header + 8
            ? sum
            : Replace(sum, ip + 24, OnesComplement.Accumulate(_p + ip + 24, shared)
                + OnesComplement.AtOffset(OnesComplement.Fold(OnesComplement.Accumulate(_p + rest, 16 - shared)),
                    shared));
    }

    private ulong SumOfAddress(int at) => OnesComplement.Accumulate(_p + at, 16);

    private ulong Replace(ulong sum, int oldAddress, ulong newSum) =>
        sum + newSum + (ushort)~OnesComplement.Fold(SumOfAddress(oldAddress));

    /// <summary>The data of an option in a hop-by-hop or destination options header, or -1.</summary>
    private int FindOption(int header, int headerEnd, byte type, int size)
    {
        int option = header + 2, limit = Math.Min(headerEnd, _captured);
        while (option + 2 <= limit)
        {
            if (_p[option] == OptionPad1)
            {
                option++;
                continue;
            }

            if (_p[option] == type && _p[option + 1] == size && option + 2 + size <= limit)
            {
                return option + 2;
            }

            option += 2 + _p[option + 1];
        }

        return -1;
    }
}
