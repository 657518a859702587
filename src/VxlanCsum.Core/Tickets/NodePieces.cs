using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Clusters;
using VxlanCsum.Counters;
using VxlanCsum.KernelLogs;
using VxlanCsum.Pasting;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>Reads the pieces of a ticket that tell of a node as a whole: counters, its kernel's log, the table of its
/// cluster. Each says what was read; null for nothing.</summary>
internal sealed partial class NodePieces(TicketContent content)
{
    /// <summary>What nstat, netstat and /proc/net/snmp print.</summary>
    public string? Counters(IEnumerable<string> lines)
    {
        content.Counters.EndReading();
        foreach (string line in lines)
        {
            content.Counters.Add(line);
        }

        ChecksumErrorCounter[] all = [.. content.Counters.Counters().Where(static c => c.Counter == "InCsumErrors")];
        return all.Length == 0 ? "no counter of checksums" : string.Join(", ",
            all.Take(3).Select(static c => c.ToString()));
    }

    /// <summary>What `conntrack -S` prints.</summary>
    public string? ConnectionCounters(IEnumerable<string> lines)
    {
        long failed = lines.Sum(static l => InsertFailed().Match(l) is { Success: true } m
            && long.TryParse(m.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture,
                out long count) ? count : 0);
        content.InsertFailed = (content.InsertFailed ?? 0) + failed;
        return string.Create(CultureInfo.InvariantCulture, $"insert_failed {failed}");
    }

    /// <summary>What dmesg and journalctl print.</summary>
    public string? Log(IEnumerable<string> lines, int first)
    {
        KernelLogText log = content.KernelLog;
        int complaints = log.Complaints.Count, marked = log.Marked.Count, line = first;
        foreach (string text in lines)
        {
            log.Add(text, ++line);
        }

        (complaints, marked) = (log.Complaints.Count - complaints, log.Marked.Count - marked);
        string[] said =
        [
            .. complaints > 0 ? [Phrase.Count(complaints, "complaint of a checksum", "complaints of checksums")]
                : Array.Empty<string>(),
            .. marked > 0 ? [Phrase.Count(marked, "logged packet", "logged packets")] : Array.Empty<string>(),
        ];
        return said.Length == 0 ? null : string.Join(", ", said);
    }

    /// <summary>What `kubectl get` prints as a table.</summary>
    public string? Table(IEnumerable<string> lines)
    {
        var table = new KubeTable();
        var paste = new PasteStripper(static _ => false);
        foreach (string line in lines)
        {
            table.Add(PasteStripper.Unquote(paste.Strip(line)));
        }

        content.Nodes.AddRange(table.Nodes);
        content.FailingPods.AddRange(table.Failing);
        return table.Nodes.Count > 0 ? Phrase.Count(table.Nodes.Count, "node", "nodes")
            : $"{Phrase.Count(table.Failing.Count, "pod", "pods")} not running";
    }

    [GeneratedRegex(@"\binsert_failed=(?<count>\d{1,18})", RegexOptions.CultureInvariant)]
    private static partial Regex InsertFailed();
}
