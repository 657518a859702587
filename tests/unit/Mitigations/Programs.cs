namespace VxlanCsum.UnitTests.Mitigations;

/// <summary>The iptables of a node that has all of them.</summary>
internal static class Programs
{
    public static IReadOnlyDictionary<(NetfilterBackend Backend, NetfilterFamily Family),
        string> OfBothEngines
    { get; } = new Dictionary<(NetfilterBackend, NetfilterFamily), string>
    {
        [(NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv4)] = "iptables-legacy",
        [(NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv6)] = "ip6tables-legacy",
        [(NetfilterBackend.IptablesNft, NetfilterFamily.IPv4)] = "iptables-nft",
        [(NetfilterBackend.IptablesNft, NetfilterFamily.IPv6)] = "ip6tables-nft",
    };
}
