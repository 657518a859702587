using System.Text.Json;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Rules;

/// <summary>The rules of the calling thread's network namespace, of every backend that holds any.</summary>
internal static class NodeRules
{
    private const int Attempts = 5;

    /// <summary>Reads them. A backend that cannot be read is a failure and the others are read; one that is not installed is nothing.</summary>
    /// <param name="options">How the texts are read.</param>
    /// <param name="backends">Only these; all where empty.</param>
    /// <param name="timeout">For each program.</param>
    /// <param name="installed">Which programs may be used; null: those that are there.</param>
    /// <param name="keep">Given each text as it was printed, in the order in which they are read.</param>
    /// <exception cref="NodeException">This is not Linux, or no program that shows rules is installed.</exception>
    public static (NetfilterRuleset Rules, IReadOnlyList<NodeException> Failures) Read(
        RulesetReadOptions options, IReadOnlyCollection<NetfilterBackend> backends, TimeSpan timeout, Predicate<string>? installed = null,
        Action<RuleText>? keep = null)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NodeException(NodeErrorId.NotLinux, NodeFailure.Unsupported, "rules", "Reading a node's rules needs Linux.", "Give -Path what iptables-save or nft printed there.");
        }

        bool Wanted(NetfilterBackend backend) => backends.Count == 0 || backends.Contains(backend);
        bool Installed(string program) => CommandRunner.Find(program) is not null && installed?.Invoke(program) != false;
        var run = new Run(options, timeout, keep);
        List<RuleTool> tools = [.. RuleTool.Flavoured.Where(t => Installed(t.Program))];
        if (tools.Count == 0)
        {
            tools.AddRange(RuleTool.Plain.Where(t => Installed(t.Program)));
        }

        bool nft = Installed("nft");
        if (tools.Count == 0 && !nft)
        {
            throw RuleErrors.NothingInstalled();
        }

        foreach (RuleTool tool in tools.Where(t => t.Backend == NetfilterBackend.Unknown || Wanted(t.Backend)))
        {
            run.Read(tool.Program, ["-c"], tool.Backend, tool.Family);
        }

        if (nft && Wanted(NetfilterBackend.Nftables))
        {
            run.Tables([.. tools.Where(static t => t.Backend != NetfilterBackend.IptablesLegacy)]);
        }

        if (Wanted(NetfilterBackend.IptablesLegacy) && !tools.Exists(static t => t.Backend is NetfilterBackend.IptablesLegacy or NetfilterBackend.Unknown) && LegacyTable() is { } hidden)
        {
            run.Failures.Add(RuleErrors.HiddenLegacyRules(hidden));
        }

        if (Installed("ipset"))
        {
            // Without the kernel's part there are no sets, and no rule can ask for one.
            run.Read("ipset", ["save"], NetfilterBackend.Unknown, null, ignoreFailure: static said => said.Contains("Cannot open session", StringComparison.Ordinal));
        }

        NetfilterRuleset rules = run.Build();
        return (backends.Count == 0 && run.Failures.Count == 0 ? rules.AsWholeNode() : rules, run.Failures);
    }

    /// <summary>A table that iptables-legacy made, if there is one; the file is the main thread's namespace's elsewhere in /proc.</summary>
    private static string? LegacyTable()
    {
        try
        {
            return File.ReadLines("/proc/thread-self/net/ip_tables_names").FirstOrDefault(static l => l.Length > 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class Run(RulesetReadOptions options, TimeSpan timeout, Action<RuleText>? keep)
    {
        private readonly RulesetReader _reader = new(options);

        public List<NodeException> Failures { get; } = [];

        public NetfilterRuleset Build() => _reader.Build();

        public void Read(string program, IReadOnlyList<string> arguments, NetfilterBackend backend, NetfilterFamily? family, Predicate<string>? ignoreFailure = null)
        {
            try
            {
                for (int attempt = 1; ; attempt++)
                {
                    RulesetMark before = _reader.Mark();
                    byte[]? kept = null;
                    (int exitCode, string said) = CommandRunner.Run(
                        program, arguments, stream => _reader.Read(keep is null ? stream : Kept(stream, out kept), program, backend, family), timeout, null, options.Cancellation);
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

                    if (ignoreFailure?.Invoke(said) != true)
                    {
                        Failures.Add(RuleErrors.Failed(program, exitCode, said.Length > 0 ? said : $"exit code {exitCode}"));
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

        /// <summary>
        /// nft's own tables, each by itself: those that iptables-nft showed are left out, since nft takes minutes over
        /// them on a large node and loses most of their arguments. What is kept of them is the order in which tables were made.
        /// </summary>
        public void Tables(IReadOnlyList<RuleTool> iptables)
        {
            try
            {
                CommandResult list = CommandRunner.Run("nft", ["-j", "list", "tables"], timeout, null, options.Cancellation);
                if (!list.Succeeded)
                {
                    Failures.Add(RuleErrors.Failed("nft", list.ExitCode, list.Complaint));
                    return;
                }

                _reader.Read(new MemoryStream(list.Output), "nft", NetfilterBackend.Nftables);
                keep?.Invoke(new RuleText("nft", NetfilterBackend.Nftables, null, list.Output));
                foreach ((string family, string name) in Names(list.Output))
                {
                    bool shown = _reader.Has(NetfilterBackend.IptablesNft, family == "ip6" ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4, name);
                    if (family is "ip" or "ip6" or "inet" && !(family != "inet" && iptables.Count > 0 && shown))
                    {
                        Read("nft", ["-j", "list", "table", family, name], NetfilterBackend.Nftables, null);
                    }
                }
            }
            catch (NodeException e)
            {
                Failures.Add(e);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                Failures.Add(new NodeException(NodeErrorId.RulesUnreadable, NodeFailure.Failed, "nft", "nft printed JSON that cannot be read.", null, e));
            }
        }

        private static List<(string Family, string Name)> Names(byte[] json)
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var names = new List<(string, string)>();
            foreach (JsonElement item in document.RootElement.GetProperty("nftables").EnumerateArray())
            {
                // nft reads its arguments as its language: only what is a name there is passed on.
                if (item.TryGetProperty("table", out JsonElement table) && table.GetProperty("name").GetString() is { Length: > 0 } name
                    && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/') && char.IsAsciiLetter(name[0]))
                {
                    names.Add((table.GetProperty("family").GetString()!, name));
                }
            }

            return names;
        }
    }
}
