using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Diagnoses;
using VxlanCsum.KernelLogs;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>What a ticket lacks, and what would bring it: first what would decide most.</summary>
/// <param name="ticket">What was read.</param>
/// <param name="evidence">What was made of it.</param>
/// <param name="diagnosis">What that came to.</param>
internal sealed partial class TicketGaps(TicketContent ticket, NodeEvidence evidence, NodeDiagnosis diagnosis)
{
    private const string AllRules = "iptables-save; nft list ruleset", Receiver = "the receiving node", Sender =
        "the sending node";

    private readonly List<MissingEvidence> _missing = [];

    private string Node => diagnosis.NodeName == TicketEvidence.Nameless ? "the node" : diagnosis.NodeName;

    private string Port => string.Create(CultureInfo.InvariantCulture,
        $"{(evidence.Facts.Tunnels is [{ Port: { } port }, ..] ? port : SeenPort ?? (ushort)8472)}");

    private ushort? SeenPort => ticket.Packets.TunnelPort;

    private string Tunnel => evidence.Facts.Tunnels.Select(static t => t.Name)
        .FirstOrDefault(TicketEvidence.IsTunnelName)
        ?? "TUNNEL";

    private string Uplink => evidence.Facts.Tunnels.Select(static t => t.UnderlyingDevice).FirstOrDefault(static d =>
        d is not null)
        ?? ticket.Packets.Devices.FirstOrDefault(static d => !TicketEvidence.IsTunnelName(d)) ?? "any";

    private string PrintPackets => $"tcpdump -ni {Uplink} -vv -s 0 -c 50 'udp port {Port}'";

    public static IReadOnlyList<MissingEvidence> Of(TicketContent ticket, NodeEvidence evidence,
        NodeDiagnosis diagnosis)
    {
        var gaps = new TicketGaps(ticket, evidence, diagnosis);
        gaps.Packets();
        gaps.Drops();
        gaps.Rules();
        gaps.Proof();
        gaps.Devices();
        return [.. gaps._missing.DistinctBy(static m => (m.Command, m.Where))];
    }

    private void Add(string what, string command, string where) =>
        _missing.Add(new MissingEvidence(what, command, where));

    /// <summary>Packets that say a cause ask for the rule on their sender; those without a verdict for one.</summary>
    private void Packets()
    {
        foreach (VxlanChecksumResult fault in diagnosis.CaptureResults.Where(static r => r.IsFault).Take(1))
        {
            string sender = fault.OuterSource is { } source ? $"the node that owns {source}" : Sender;
            switch (fault.Cause)
            {
                case ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum when ticket.Rules is null:
                    Add("which rule translates the tunnel's packets", AllRules, sender);
                    break;
                case ChecksumCause.OffloadForgotten:
                    Add("which card forgets the inner checksums", "ethtool -i UPLINK; ethtool -k UPLINK", sender);
                    break;
                case ChecksumCause.StaleAfterNat or ChecksumCause.Corrupted:
                    Add("whether the packets are wrong already where they leave", PrintPackets, sender);
                    break;
            }
        }

        if (diagnosis.CaptureResults.Any(static r => r.IsFault) || ticket.Packets.Lacking.Count == 0)
        {
            return;
        }

        // What a name hides or a header line tells is asked for first: what else lacks may come with it.
        (LayerReason most, _) = ticket.Packets.Lacking.OrderByDescending(static r => r.Key
            is LayerReason.AddressUnknown or LayerReason.LengthUnknown).ThenByDescending(static r => r.Value).First();
        (string what, string command) = LackWords.Missing(most, ticket.Packets.Printed.Form,
            diagnosis.CaptureResults.SelectMany(static r => (string?[])[r.OuterSource, r.OuterDestination])
                .OfType<string>(),
            Uplink, Port);
        Add(what, command, Node);
    }

    /// <summary>A receiver that drops says who sends; who counts only, does not.</summary>
    private void Drops()
    {
        ChecksumComplaint? complaint = ticket.KernelLog.Complaints.FirstOrDefault(c => c.From is not null
            && ticket.Ports.Contains(c.ToPort));
        if (complaint is not null && ticket.Rules is null)
        {
            Add("what the sender's rules do to its tunnel packets", AllRules, $"the node that owns {complaint.From}");
        }
        else if (complaint is null && ticket.KernelLog.Complaints.Any(static c => c.Device is not null))
        {
            Add("whether packets are wrong, or the card's sum: whether the kernel counts drops",
                "nstat -az UdpInCsumErrors TcpInCsumErrors; sleep 10; nstat -az UdpInCsumErrors TcpInCsumErrors", Node);
        }
        else if (complaint is null && diagnosis.CaptureResults.Count == 0
            && diagnosis.Counters.Any(static c => c is { Counter: "InCsumErrors", Value: > 0 }))
        {
            Add("who sends the packets that this node drops", PrintPackets, Node);
        }
    }

    private void Rules()
    {
        RuleTrace? open = diagnosis.Traces.FirstOrDefault(static t => t.Verdict == TraceVerdict.Undecided
            || t.LacksRules);
        if (ticket.Rules is null)
        {
            if (!_missing.Exists(static m => m.Command == AllRules))
            {
                Add("the rules, which decide whether the tunnel's packets are translated", AllRules, Node);
            }
        }
        else if (open is not null)
        {
            string command = Quoted().Match(open.Explanation) is { Success: true } said ? said.Groups["command"].Value
                : AllRules;
            Add(ToSentence(open.Explanation), command, Node);
        }
        else if (diagnosis.OffendingRule is null
            && evidence.NotGiven.FirstOrDefault(static l => l.Source == DiagnosisSource.Rules) is { } lack)
        {
            Add("the other engine's rules, which the kernel asks as well",
                Quoted().Match(lack.Because).Groups["command"].Value, Node);
        }
    }

    /// <summary>What makes a fault of a double NAT: the tunnel's own settings.</summary>
    private void Devices()
    {
        foreach (SourceFailure lack in evidence.NotGiven)
        {
            if (lack.Source is not (DiagnosisSource.Devices or DiagnosisSource.Features))
            {
                continue;
            }

            Add(lack.Source == DiagnosisSource.Devices ? "whether the tunnel sends outer checksums"
                : "whether the tunnel leaves checksums to be completed later",
                lack.Source == DiagnosisSource.Devices ? $"ip -d link show "
                    + $"{(Tunnel == "TUNNEL" ? "type vxlan" : Tunnel)}" : $"ethtool -k {Tunnel}", Node);
        }

        if (diagnosis.Versions.KernelRelease is null && diagnosis.Verdict != DiagnosisVerdict.Healthy)
        {
            Add("the kernel, which has one of the two defects or not", "uname -rv", Node);
        }
    }

    /// <summary>Packets where they arrive settle it, whatever else is known.</summary>
    private void Proof()
    {
        if (diagnosis.Verdict != DiagnosisVerdict.Healthy && !diagnosis.CaptureResults.Any(static r => r.IsFault))
        {
            Add("packets where they arrive, with their checksums", PrintPackets, Receiver);
        }
    }

    /// <summary>What the walk lacks, without what it says before and behind.</summary>
    private static string ToSentence(string explanation)
    {
        const string Cannot = "Cannot be decided: ";
        int start = explanation.IndexOf(Cannot, StringComparison.Ordinal);
        string rest = start < 0 ? explanation : explanation[(start + Cannot.Length)..];
        int end = rest.IndexOf("; `", StringComparison.Ordinal);
        return "the rest of the rules" + (start >= 0 && end > 0 && end < 160 ? $": {rest[..end]}" : "");
    }

    [GeneratedRegex("`(?<command>[^`]{1,80})`", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
