namespace VxlanCsum.Netfilter.Iptables;

/// <summary>What in a rule tells IPv4 from IPv6, for texts whose first line does not.</summary>
internal static class FamilyHints
{
    public static NetfilterFamily? Of(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        foreach (OptionEntry option in options)
        {
            if (option.Id is not (OptionId.Source or OptionId.Destination or OptionId.ToDestination or OptionId.ToSource
                or OptionId.Protocol or OptionId.Jump))
            {
                continue;
            }

            var words = new RuleWords(line, option);
            while (words.Next(out ReadOnlySpan<byte> word))
            {
                if (option.Id is OptionId.Protocol)
                {
                    if (word.SequenceEqual("ipv6-icmp"u8) || word.SequenceEqual("icmpv6"u8))
                    {
                        return NetfilterFamily.IPv6;
                    }
                }
                else if (option.Id is OptionId.Source or OptionId.Destination)
                {
                    return word.Contains((byte)':') ? NetfilterFamily.IPv6
                        : word.Contains((byte)'.') ? NetfilterFamily.IPv4 : null;
                }
                else if (option.Id is not OptionId.Jump)
                {
                    return word.Contains((byte)'[') ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;
                }
            }
        }

        return null;
    }
}
