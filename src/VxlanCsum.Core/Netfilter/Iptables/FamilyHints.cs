namespace VxlanCsum.Netfilter.Iptables;

/// <summary>What in a rule tells IPv4 from IPv6, for texts whose first line does not.</summary>
internal static class FamilyHints
{
    public static NetfilterFamily? Of(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        foreach (OptionEntry option in options)
        {
            NetfilterFamily? hint = option.Id switch
            {
                OptionId.Protocol => OfProtocol(IptablesCompiler.First(line, option)),
                OptionId.Source or OptionId.Destination => OfAddress(IptablesCompiler.First(line, option)),
                OptionId.ToSource or OptionId.ToDestination => OfTranslation(IptablesCompiler.First(line, option)),
                _ => null,
            };
            if (hint is not null)
            {
                return hint;
            }
        }

        return null;
    }

    private static NetfilterFamily? OfProtocol(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("ipv6-icmp"u8) || name.SequenceEqual("icmpv6"u8) ? NetfilterFamily.IPv6 : null;

    private static NetfilterFamily? OfAddress(ReadOnlySpan<byte> address) =>
        address.Contains((byte)':') ? NetfilterFamily.IPv6 : address.Contains((byte)'.') ? NetfilterFamily.IPv4 : null;

    private static NetfilterFamily? OfTranslation(ReadOnlySpan<byte> to) =>
        to.IsEmpty ? null : to.Contains((byte)'[') ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;
}
