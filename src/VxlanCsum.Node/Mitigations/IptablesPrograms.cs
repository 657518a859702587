using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;
using VxlanCsum.Node.Rules;

namespace VxlanCsum.Node.Mitigations;

/// <summary>The iptables programs of this machine.</summary>
internal static class IptablesPrograms
{
    private static readonly (NetfilterBackend Backend, NetfilterFamily Family, string Program)[] s_programs =
    [
        (NetfilterBackend.IptablesNft, NetfilterFamily.IPv4, "iptables-nft"),
        (NetfilterBackend.IptablesNft, NetfilterFamily.IPv6, "ip6tables-nft"),
        (NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv4, "iptables-legacy"),
        (NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv6, "ip6tables-legacy"),
    ];

    /// <summary>The iptables programs that are installed. Where only "iptables" is (RHEL, Alpine), it says itself which
    /// one it is.</summary>
    public static IReadOnlyDictionary<(NetfilterBackend, NetfilterFamily), string> Find()
    {
        var found = s_programs.Where(static p => CommandRunner.Find(p.Program) is not null)
            .ToDictionary(static p => (p.Backend, p.Family), static p => p.Program);
        foreach ((NetfilterFamily family,
            string program) in (ReadOnlySpan<(NetfilterFamily, string)>)[(NetfilterFamily.IPv4, "iptables"),
                (NetfilterFamily.IPv6, "ip6tables")])
        {
            if (!found.Keys.Any(k => k.Family == family) && CommandRunner.Find(program) is not null)
            {
                string version = CommandRunner.Run(program, ["--version"]).Text;
                found[(version.Contains("nf_tables", StringComparison.Ordinal) ? NetfilterBackend.IptablesNft
                    : NetfilterBackend.IptablesLegacy, family)] = program;
            }
        }

        return found;
    }

    /// <summary>Those of them that work here: where there is a choice, one that has no kernel for it, or cannot be
    /// started, is none.</summary>
    public static IReadOnlyDictionary<(NetfilterBackend, NetfilterFamily), string> FindWorking()
    {
        IReadOnlyDictionary<(NetfilterBackend Backend, NetfilterFamily Family), string> found = Find();
        return found.Where(p => p.Key.Backend != NetfilterBackend.IptablesNft
                || !found.ContainsKey((NetfilterBackend.IptablesLegacy, p.Key.Family)) || Works(p.Value))
            .ToDictionary(static p => p.Key, static p => p.Value);
    }

    /// <summary>It starts, and the kernel answers for it. The program is asked for no table: on a node of 10,000 services
    /// it takes 117 MB for the smallest one.</summary>
    private static bool Works(string program)
    {
        try
        {
            using var kernel = new NftKernel();
            _ = kernel.Tables();
            return CommandRunner.Run(program, ["--version"]).Succeeded;
        }
        catch (NodeException)
        {
            return false;
        }
    }
}
