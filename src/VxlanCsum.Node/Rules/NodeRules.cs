using System.Text;
using System.Text.Json;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Rules;

/// <summary>The rules of the network namespace within which they are read, of every backend that holds any.</summary>
internal static class NodeRules
{
    private const int Attempts = 5;

    private static readonly string[] s_iptables = ["raw", "mangle", "nat", "filter", "security"];

    /// <summary>Reads them. A backend that cannot be read is a failure and the others are read; one that is not
    /// installed is nothing.</summary>
    /// <param name="options">How the texts are read.</param>
    /// <param name="backends">Only these; all where empty.</param>
    /// <param name="timeout">For each program.</param>
    /// <param name="installed">Which programs may be used; null: those that are there.</param>
    /// <param name="keep">Given each text as it was printed, in the order in which they are read.</param>
    /// <param name="onlyDeciding">Of tables with thousands of chains only those that decide on tunnel packets: it takes a
    /// tenth of the memory.</param>
    /// <exception cref="NodeException">This is not Linux, or no program that shows rules is installed.</exception>
    public static (NetfilterRuleset Rules, IReadOnlyList<NodeException> Failures) Read(
        RulesetReadOptions options, IReadOnlyCollection<NetfilterBackend> backends, TimeSpan timeout,
        Predicate<string>? installed = null,
        Action<RuleText>? keep = null, bool onlyDeciding = false)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NodeException(NodeErrorId.NotLinux, NodeFailure.Unsupported, "rules",
                "Reading a node's rules needs Linux.", "Give -Path what iptables-save or nft printed there.");
        }

        bool Wanted(NetfilterBackend backend) => IsOneOf(backends, backend);
        bool Installed(string program) => IsInstalled(installed, program);
        RuleTool[] tools = RuleTool.Among(Installed);
        bool nft = Installed("nft");
        if (tools.Length == 0 && !nft)
        {
            throw RuleErrors.NothingInstalled();
        }

        using LargeTables? large = onlyDeciding ? LargeTables.Find() : null;
        var run = new Run(options, timeout, keep, large, onlyDeciding);
        run.Read(tools.Where(t => t.Backend == NetfilterBackend.Unknown || Wanted(t.Backend)));
        if (nft && Wanted(NetfilterBackend.Nftables))
        {
            run.Tables([.. tools.Where(static t => t.Backend != NetfilterBackend.IptablesLegacy)]);
        }

        if (Wanted(NetfilterBackend.IptablesLegacy) && HiddenTable(tools) is { } hidden)
        {
            run.Failures.Add(RuleErrors.HiddenLegacyRules(hidden));
        }

        run.NoteChanges();
        (NetfilterRuleset rules, int failed) = run.WithSets(Installed("ipset"));

        // Sets that could not be read leave open what rules ask of them, and nothing else.
        return (failed > 0 ? rules.Lacking([.. run.Failures.Take(failed).Select(static f => f.Message)])
            : backends.Count == 0 ? rules.AsWholeNode() : rules, run.Failures);
    }

    private static bool IsOneOf(IReadOnlyCollection<NetfilterBackend> backends, NetfilterBackend backend) =>
        backends.Count == 0 || backends.Contains(backend);

    private static bool IsInstalled(Predicate<string>? installed, string program) =>
        CommandRunner.Find(program) is not null && installed?.Invoke(program) != false;

    /// <summary>A table of iptables-legacy that no program of those installed shows, if there is one.</summary>
    private static string? HiddenTable(RuleTool[] tools) =>
        Array.Exists(tools, static t => t.Backend is NetfilterBackend.IptablesLegacy or NetfilterBackend.Unknown)
            ? null : LargeLegacyTables.Names(NetfilterFamily.IPv4).FirstOrDefault();

    private sealed class Run(RulesetReadOptions options, TimeSpan timeout, Action<RuleText>? keep, LargeTables? large,
        bool onlyDeciding)
    {
        private readonly RulesetReader _reader = new(options);

        public List<NodeException> Failures { get; } = [];

        public void Read(IEnumerable<RuleTool> tools)
        {
            foreach (RuleTool tool in tools)
            {
                if (large is not null && tool.Backend == NetfilterBackend.IptablesNft)
                {
                    ReadDeciding(tool);
                }
                else if (onlyDeciding && tool.Backend == NetfilterBackend.IptablesLegacy)
                {
                    ReadLegacy(tool);
                }
                else
                {
                    Read(tool.Program, ["-c"], tool.Backend, tool.Family);
                }
            }
        }

        public void NoteChanges()
        {
            if (large is { HasChanged: true })
            {
                Failures.Add(RuleErrors.Changed());
            }
        }

        /// <summary>All that was read, with the kernel's sets; and how many failures are the rules' own.</summary>
        public (NetfilterRuleset Rules, int Failed) WithSets(bool isInstalled)
        {
            int failed = Failures.Count;
            if (isInstalled)
            {
                Read("ipset", ["save"], NetfilterBackend.Unknown, null);
            }

            NetfilterRuleset rules = _reader.Build();
            if (Failures.Count > failed && !rules.Rules.Any(static r => r.MatchSet is not null))
            {
                // Without the kernel's part there are no sets. Where no rule asks for one, it does not matter either.
                Failures.RemoveRange(failed, Failures.Count - failed);
            }

            return (rules, failed);
        }

        public void Read(string program, IReadOnlyList<string> arguments, NetfilterBackend backend,
            NetfilterFamily? family)
        {
            try
            {
                for (int attempt = 1; ; attempt++)
                {
                    RulesetMark before = _reader.Mark();
                    byte[]? kept = null;
                    (int exitCode, string said) = CommandRunner.Run(
                        program, arguments,
                        stream => _reader.Read(keep is null ? stream : Kept(stream, out kept), program, backend,
                            family), timeout, cancellation: options.Cancellation);
                    if (exitCode == 0)
                    {
                        keep?.Invoke(new RuleText(program, backend, family, kept ?? []));
                        return;
                    }

                    // Half a listing is worse than none.
                    _reader.Forget(before);
                    if (attempt < Attempts && RuleErrors.IsPassing(exitCode, said))
                    {
                        continue;
                    }

                    // A program that is installed may have no kernel for it, and then there is nothing to show.
                    if (backend != NetfilterBackend.IptablesNft || !HasNone(family))
                    {
                        Failures.Add(
                            RuleErrors.Failed(program, exitCode, said.Length > 0 ? said : $"exit code {exitCode}"));
                    }

                    return;
                }
            }
            catch (NodeException e)
            {
                Failures.Add(e);
            }
        }

        private static MemoryStream Kept(Stream stream, out byte[] kept)
        {
            var all = new MemoryStream();
            stream.CopyTo(all);
            kept = all.ToArray();
            return new MemoryStream(kept, writable: false);
        }

        /// <summary>Of each table of iptables-nft the chains that decide.</summary>
        public void ReadDeciding(RuleTool tool) => Try(() =>
        {
            string family = tool.Family == NetfilterFamily.IPv6 ? "ip6" : "ip";
            foreach (NftTableHead table in large!.Tables.Where(t => t.Family == family && s_iptables.Contains(t.Name)))
            {
                using MemoryStream text = DecidingIptables.Print(tool.Program[..^"-save".Length], table.Name,
                    large.Of(table).Names(), timeout, options.Cancellation);
                ReadPart(text, tool.Program, tool.Backend, tool.Family);
            }
        });

        /// <summary>Of large tables the chains that decide, from the kernel itself; the others from the
        /// program.</summary>
        private void ReadLegacy(RuleTool tool)
        {
            List<(string Table, string? Text)> tables = LargeLegacyTables.Read(tool.Family);
            if (tables.TrueForAll(static t => t.Text is null))
            {
                Read(tool.Program, ["-c"], tool.Backend, tool.Family);
                return;
            }

            foreach ((string table, string? text) in tables)
            {
                if (text is null)
                {
                    Read(tool.Program, ["-c", "-t", table], tool.Backend, tool.Family);
                    continue;
                }

                using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
                ReadPart(stream, tool.Program, tool.Backend, tool.Family);
            }
        }

        /// <summary>
        /// nft's own tables, each by itself: those that iptables-nft showed are left out, since nft takes minutes over
        /// them on a large node and loses most of their arguments. What is kept of them is the order in which tables
        /// were made.
        /// </summary>
        public void Tables(IReadOnlyList<RuleTool> iptables) => Try(() =>
        {
            IReadOnlyList<NftTableHead> tables = large?.Tables ?? Heads();
            byte[] list = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
                new
                {
                    nftables = tables.Select(
                    static t => new { table = new { family = t.Family, name = t.Name, handle = t.Handle } })
                }));
            _reader.Read(new MemoryStream(list), "nft", NetfilterBackend.Nftables);
            keep?.Invoke(new RuleText("nft", NetfilterBackend.Nftables, null, list));
            foreach (NftTableHead table in tables)
            {
                bool shown = _reader.Has(NetfilterBackend.IptablesNft,
                    table.Family == "ip6" ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4, table.Name);
                if (table.Family != "inet" && iptables.Count > 0 && shown)
                {
                    continue;
                }

                if (large is not null)
                {
                    using var text = new MemoryStream(Encoding.UTF8.GetBytes(large.Of(table).Text()));
                    ReadPart(text, "nft", NetfilterBackend.Nftables, null);
                }
                else if (IsName(table.Name))
                {
                    Read("nft", ["-j", "list", "table", table.Family, table.Name], NetfilterBackend.Nftables, null);
                }
            }
        });

        private void Try(Action read)
        {
            try
            {
                read();
            }
            catch (NodeException e)
            {
                Failures.Add(e);
            }
        }

        private void ReadPart(Stream text, string program, NetfilterBackend backend, NetfilterFamily? family)
        {
            RulesetMark before = _reader.Mark();
            _reader.Read(text, program, backend, family);
            _reader.MarkPartial(before);
        }

        /// <summary>Whether the kernel has none of the tables that iptables-nft shows.</summary>
        private static bool HasNone(NetfilterFamily? family)
        {
            string name = family == NetfilterFamily.IPv6 ? "ip6" : "ip";
            try
            {
                return !Heads().Exists(t => t.Family == name && s_iptables.Contains(t.Name));
            }
            catch (NodeException)
            {
                return false;
            }
        }

        private static List<NftTableHead> Heads()
        {
            try
            {
                using var kernel = new NftKernel();
                return kernel.Tables();
            }
            catch (NodeException e) when (e.SystemError is Errno.Invalid or Errno.NotSupported or Errno.NoProtocol)
            {
                // A kernel without nf_tables.
                return [];
            }
            catch (NodeException e) when (e.Reason == NodeFailure.Permission)
            {
                throw RuleErrors.Failed("nft", 1, "Operation not permitted");
            }
        }

        // nft reads its arguments as its language: only what is a name there is passed on.
        private static bool IsName(string name) =>
            name.Length > 0 && char.IsAsciiLetter(name[0])
                && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');
    }
}
