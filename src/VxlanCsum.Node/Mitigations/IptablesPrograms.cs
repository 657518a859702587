using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;
using VxlanCsum.Node.Rules;

namespace VxlanCsum.Node.Mitigations;

/// <summary>The iptables programs of this machine, and single chains of the network namespace within which they are
/// read.</summary>
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

    /// <summary>One chain as it is now; null where there is none. Unlike iptables -S, it brings no table in.</summary>
    /// <exception cref="NodeException">The program is missing or fails.</exception>
    public static NetfilterChain? ReadChain(string program, NetfilterBackend backend, NetfilterFamily family,
        string table, string chain)
    {
        var reader = new RulesetReader(new RulesetReadOptions { Keep = (t, c) => t == table && c == chain });
        CommandResult saved = CommandRunner.Run(program + "-save", []);
        if (!saved.Succeeded)
        {
            throw RuleErrors.Failed(program + "-save", saved.ExitCode, saved.Complaint);
        }

        using var stream = new MemoryStream(saved.Output);
        reader.Read(stream, program + "-save", backend, family);
        return reader.Build().Tables.LastOrDefault(t => t.Name == table)?.Find(chain);
    }
}
