namespace VxlanCsum.Netfilter.Rules;

/// <summary>Where the kernel calls the built-in chains of iptables' tables (enum nf_ip_hook_priorities).</summary>
internal static class IptablesHooks
{
    public const int Raw = -300, Conntrack = -200, Mangle = -150, DestinationNat = -100, Filter = 0, Security = 50,
        SourceNat = 100;

    /// <summary>The chain's place, if it is a built-in one of its table.</summary>
    public static bool TryFind(string table, string chain, out int priority)
    {
        (int place, bool isBuiltIn) = (table, chain) switch
        {
            ("nat", "PREROUTING" or "OUTPUT") => (DestinationNat, true),
            ("nat", "INPUT" or "POSTROUTING") => (SourceNat, true),
            ("mangle", "PREROUTING" or "INPUT" or "FORWARD" or "OUTPUT" or "POSTROUTING") => (Mangle, true),
            ("raw", "PREROUTING" or "OUTPUT") => (Raw, true),
            ("filter", "INPUT" or "FORWARD" or "OUTPUT") => (Filter, true),
            ("security", "INPUT" or "FORWARD" or "OUTPUT") => (Security, true),
            _ => (0, false),
        };
        priority = place;
        return isBuiltIn;
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

        if (Has("POSTROUTING") || Has("KUBE-POSTROUTING") || Has("KUBE-MARK-MASQ") || Has("KUBE-SERVICES"))
        {
            return "nat";
        }

        return Has("PREROUTING") ? (Has("INPUT") ? "nat" : "raw") : HasNatTarget(table) ? "nat" : "filter";
    }

    private static bool HasNatTarget(NetfilterTable table) => table.Chains.SelectMany(static c => c.Rules)
        .Any(static r => r.Target is "MASQUERADE" or "SNAT" or "DNAT" or "REDIRECT");
}
