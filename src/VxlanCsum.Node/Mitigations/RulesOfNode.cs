using VxlanCsum.Netfilter;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Mitigations;

/// <summary>The rules of the calling thread's network namespace, read without bringing in a table that is not there.</summary>
internal static class RulesOfNode
{
    private static readonly (NetfilterBackend Backend, NetfilterFamily Family, string Program)[] s_programs =
    [
        (NetfilterBackend.IptablesNft, NetfilterFamily.IPv4, "iptables-nft"),
        (NetfilterBackend.IptablesNft, NetfilterFamily.IPv6, "ip6tables-nft"),
        (NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv4, "iptables-legacy"),
        (NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv6, "ip6tables-legacy"),
    ];

    private static readonly string[] s_ofIptables = ["filter", "nat", "mangle", "raw", "security"];

    /// <summary>The iptables programs that are installed. Where only "iptables" is (RHEL, Alpine), it says itself which one it is.</summary>
    public static IReadOnlyDictionary<(NetfilterBackend, NetfilterFamily), string> Programs()
    {
        var found = s_programs.Where(static p => CommandRunner.Find(p.Program) is not null).ToDictionary(static p => (p.Backend, p.Family), static p => p.Program);
        foreach ((NetfilterFamily family, string program) in (ReadOnlySpan<(NetfilterFamily, string)>)[(NetfilterFamily.IPv4, "iptables"), (NetfilterFamily.IPv6, "ip6tables")])
        {
            if (!found.Keys.Any(k => k.Family == family) && CommandRunner.Find(program) is not null)
            {
                string version = CommandRunner.Run(program, ["--version"]).Text;
                found[(version.Contains("nf_tables", StringComparison.Ordinal) ? NetfilterBackend.IptablesNft : NetfilterBackend.IptablesLegacy, family)] = program;
            }
        }

        return found;
    }

    /// <summary>All rules of all engines.</summary>
    /// <exception cref="NodeException">A program is missing or fails.</exception>
    public static NetfilterRuleset Read(IReadOnlyDictionary<(NetfilterBackend Backend, NetfilterFamily Family), string> programs, CancellationToken cancellation)
    {
        var reader = new RulesetReader(new RulesetReadOptions { Cancellation = cancellation });
        foreach (((NetfilterBackend backend, NetfilterFamily family), string program) in programs.OrderBy(static p => p.Key))
        {
            Save(reader, program, backend, family, cancellation);
        }

        ReadNative(reader, cancellation);
        return reader.Build();
    }

    /// <summary>One chain as it is now; null where there is none.</summary>
    /// <exception cref="NodeException">The program is missing or fails.</exception>
    public static NetfilterChain? ReadChain(string program, NetfilterBackend backend, NetfilterFamily family, string table, string chain)
    {
        var reader = new RulesetReader(new RulesetReadOptions { Keep = (t, c) => t == table && c == chain });
        Save(reader, program, backend, family, CancellationToken.None);
        return reader.Build().Tables.LastOrDefault(t => t.Name == table)?.Find(chain);
    }

    private static void Save(RulesetReader reader, string program, NetfilterBackend backend, NetfilterFamily family, CancellationToken cancellation)
    {
        CommandResult saved = CommandRunner.Run(program + "-save", [], cancellation: cancellation);
        if (!saved.Succeeded)
        {
            throw new NodeException(
                NodeErrorId.CommandFailed,
                saved.Error.Contains("ermission denied", StringComparison.Ordinal) || saved.Error.Contains("must be root", StringComparison.Ordinal) || saved.Error.Contains("not permitted", StringComparison.Ordinal)
                    ? NodeFailure.Permission : NodeFailure.Failed,
                program, $"The rules could not be read: {program}-save: {saved.Complaint}", "Run PowerShell as root, for example with sudo.");
        }

        using var stream = new MemoryStream(saved.Output);
        reader.Read(stream, $"{program}-save", backend, family);
    }

    // nft -j loses the arguments of iptables' own extensions, so its tables are left to iptables-nft-save.
    private static void ReadNative(RulesetReader reader, CancellationToken cancellation)
    {
        if (CommandRunner.Find("nft") is null || CommandRunner.Run("nft", ["list", "tables"], cancellation: cancellation) is not { Succeeded: true } tables)
        {
            return;
        }

        foreach (string line in tables.Text.Split('\n'))
        {
            if (line.Split(' ') is ["table", var family, var name] && (family is "ip" or "ip6" or "inet") && (family == "inet" || !s_ofIptables.Contains(name)))
            {
                CommandResult listed = CommandRunner.Run("nft", ["-j", "list", "table", family, name], cancellation: cancellation);
                if (listed.Succeeded)
                {
                    using var stream = new MemoryStream(listed.Output);
                    reader.Read(stream, $"nft list table {family} {name}", NetfilterBackend.Nftables);
                }
            }
        }
    }
}
