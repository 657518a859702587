namespace VxlanCsum.Netfilter.Rules;

/// <summary>What conntrack says of a packet, as iptables and nft name it.</summary>
[Flags]
internal enum ConnectionStates : byte
{
    None = 0,
    Invalid = 1,
    New = 2,
    Established = 4,
    Related = 8,
    Untracked = 16,
    Snat = 32,
    Dnat = 64,
}

internal static class ConnectionStateNames
{
    /// <summary>The state of that name, in any case; None where there is none.</summary>
    public static ConnectionStates Parse(ReadOnlySpan<char> name) =>
        Enum.TryParse(name, ignoreCase: true, out ConnectionStates state) && char.IsAsciiLetter(name[0]) ? state
            : ConnectionStates.None;
}
