using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Netfilter.Reading;

namespace VxlanCsum.Completers;

/// <summary>Completes names of chains: those of the file on the command line, if there is one, and those that matter on
/// every node.</summary>
public sealed class ChainCompleter : IArgumentCompleter
{
    private const int LargestFile = 16 << 20, MostChains = 500;

    private static readonly (string Text, string ToolTip)[] s_known =
    [
        ("POSTROUTING", "Where every packet leaves (mangle, nat)"),
        ("OUTPUT", "Where packets of the node itself begin (raw, mangle, nat, filter)"),
        ("KUBE-POSTROUTING", "kube-proxy: masquerades marked service traffic"),
        ("KUBE-MARK-MASQ", "kube-proxy: sets the masquerade mark"),
        ("KUBE-SERVICES", "kube-proxy: one rule a service"),
        ("KUBE-NODEPORTS", "kube-proxy: node ports"),
        ("masquerading", "kube-proxy's nftables mode: masquerades marked service traffic"),
        ("mark-for-masquerade", "kube-proxy's nftables mode: sets the masquerade mark"),
        ("FLANNEL-POSTRTG", "flannel: masquerades what leaves the pod network"),
        ("cali-POSTROUTING", "Calico: masquerades what leaves the pod network or enters a tunnel"),
        ("cali-nat-outgoing", "Calico: pools with natOutgoing"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string? file = Completion.Bound(fakeBoundParameters, "Path")
            ?? Completion.Bound(fakeBoundParameters, "LiteralPath");
        return Completion.Offer(wordToComplete, OfFile(file).Concat(s_known).DistinctBy(static c => c.Text));
    }

    private static IEnumerable<(string Text, string ToolTip)> OfFile(string? file)
    {
        try
        {
            if (file is null || new FileInfo(file) is not { Exists: true, Length: <= LargestFile })
            {
                return [];
            }

            var reader = new RulesetReader();
            using FileStream stream = File.OpenRead(file);
            reader.Read(stream, file);
            return [.. reader.Build().Tables.SelectMany(static t => t.Chains).Take(MostChains)
                .Select(static c => (c.Name, $"{c.Table}, {c.Count} rules"))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
