namespace VxlanCsum.Netfilter.Rules;

/// <summary>Where the kernel calls the built-in chains of iptables' tables (enum nf_ip_hook_priorities).</summary>
internal static class IptablesHooks
{
    public const int Raw = -300, Conntrack = -200, Mangle = -150, DestinationNat = -100, Filter = 0, Security = 50,
        SourceNat = 100;

    private static readonly (string Table, int Priority, string[] Chains)[] s_builtIn =
    [
        ("nat", DestinationNat, ["PREROUTING", "OUTPUT"]),
        ("nat", SourceNat, ["INPUT", "POSTROUTING"]),
        ("mangle", Mangle, ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]),
        ("raw", Raw, ["PREROUTING", "OUTPUT"]),
        ("filter", Filter, ["INPUT", "FORWARD", "OUTPUT"]),
        ("security", Security, ["INPUT", "FORWARD", "OUTPUT"]),
    ];

    private static readonly string[] s_ofNat = ["POSTROUTING", "KUBE-POSTROUTING", "KUBE-MARK-MASQ", "KUBE-SERVICES"];

    /// <summary>The chain's place, if it is a built-in one of its table.</summary>
    public static bool TryFind(string table, string chain, out int priority)
    {
        foreach ((string of, int place, string[] chains) in s_builtIn)
        {
            if (of == table && Array.IndexOf(chains, chain) >= 0)
            {
                priority = place;
                return true;
            }
        }

        priority = 0;
        return false;
    }

    /// <summary>A name that is a built-in chain's in some table.</summary>
    public static bool IsBuiltIn(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 => name.SequenceEqual("INPUT"u8),
        6 => name.SequenceEqual("OUTPUT"u8),
        7 => name.SequenceEqual("FORWARD"u8),
        10 => name.SequenceEqual("PREROUTING"u8),
        11 => name.SequenceEqual("POSTROUTING"u8),
        _ => false,
    };

    /// <summary>Gives a built-in chain its hook, priority and default policy.</summary>
    public static void Apply(NetfilterChain chain)
    {
        if (TryFind(chain.Table.Name, chain.Name, out int priority))
        {
            HookPlace place = chain.Place() ?? new HookPlace();
            chain.Place(place with
            {
                Hook = chain.Name,
                Priority = priority,
                IsNat = chain.Table.Name == "nat",
                Policy = place.Policy ?? "ACCEPT",
            });
        }
    }

    /// <summary>The table of which a text without its name (iptables -S) is, from the chains and targets in
    /// it.</summary>
    public static string Guess(NetfilterTable table)
    {
        bool Has(string chain) => table.Find(chain) is not null;
        if (Has("FORWARD"))
        {
            return Has("PREROUTING") || Has("POSTROUTING") ? "mangle" : "filter";
        }

        if (Array.Exists(s_ofNat, Has))
        {
            return "nat";
        }

        return Has("PREROUTING") ? (Has("INPUT") ? "nat" : "raw") : HasNatTarget(table) ? "nat" : "filter";
    }

    private static bool HasNatTarget(NetfilterTable table) => table.Chains.SelectMany(static c => c.Rules)
        .Any(static r => r.Target is "MASQUERADE" or "SNAT" or "DNAT" or "REDIRECT");
}
