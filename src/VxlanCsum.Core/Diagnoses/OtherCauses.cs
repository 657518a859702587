using VxlanCsum.Verdicts;

namespace VxlanCsum.Diagnoses;

/// <summary>
/// A service that does not answer while rules, packets and counters are right: not this fault. What was ruled out, what
/// is left, and what to look at next. "No checksum fault" never means that all is well.
/// </summary>
internal static class OtherCauses
{
    /// <summary>The finding's id.</summary>
    public const string Id = "OtherCause";

    /// <summary>Says so where a look-up was lost or refused and nothing here explains it; whether it was said.</summary>
    public static bool Add(FindingList findings, NodeEvidence evidence, IReadOnlyList<TunnelState> tunnels)
    {
        DnsProbeResult[] failed = [.. evidence.Probes.Where(static p => p.Symptom != DnsSymptom.Healthy)],
            lost = [.. failed.Where(static p => p.Symptom != DnsSymptom.Refused)];
        bool isClean = tunnels.Count > 0 && tunnels.All(static t =>
            t.Trace is { Verdict: TraceVerdict.Safe, HarmlessSnatRule: null }
            && t.Translated.Count == 0)
            && !evidence.Counters.Any(static c => c is { Counter: "InCsumErrors", Delta: > 0 })
            && evidence.Capture?.Results.Any(static r => r.IsFault || r.UnfinishedOnArrival) != true
            && evidence.Drops is not { Packets: > 0 };
        if (!isClean)
        {
            return false;
        }

        if (failed.Length == 0)
        {
            return AddSize(findings, evidence);
        }

        if (lost.Length == 0)
        {
            findings.Add(Id, FindingSeverity.Warning, DiagnosisSource.Probe,
                "The service refuses at once, and it is not this fault: of a packet that is lost nobody says a word. "
                    + "Left are no ready pod behind the service, so that kube-proxy rejects; a pod in which nothing "
                    + "listens; a policy or a firewall that rejects.", Next(failed, evidence));
            return true;
        }

        string packets = evidence.Capture is { Packets: > 0 } ? ", no captured packet is wrong" : "";
        findings.Add(Id, FindingSeverity.Warning, DiagnosisSource.Probe,
            $"The service does not answer as it should, and it is not this fault: the rules leave the tunnel's "
                + $"packets alone, this node drops none for its checksum{packets}. "
            + $"Left are {string.Join("; ", Left(lost, evidence))}.", Next(lost, evidence));
        return true;
    }

    /// <summary>Small questions are answered, and only large packets lost.</summary>
    private static bool AddSize(FindingList findings, NodeEvidence evidence)
    {
        if (SizeFindings.Lost(evidence) is not { } lost)
        {
            return false;
        }

        string name = evidence.Facts.Tunnels is [{ } first, ..] ? first.Name : "TUNNEL";
        findings.Add(Id, FindingSeverity.Warning, DiagnosisSource.Probe,
            "Large packets are lost on the way to the service, and it is not this fault: small ones pass, and rules "
            + $"and counters are right. Seen: {SizeFindings.Describe(lost)}. Left are an MTU on the way that is "
            + "smaller than the tunnel's packets, with nothing that says so to the sender; a firewall that drops by "
            + "size or fragments.",
            $"ip -d link show {name} and its device, here and on the pod's node: the tunnel's MTU is 50 smaller (over "
                + "IPv6 70) than the smallest on the way.",
            Phrase.Text($"ping -M do -s {lost.Bytes} POD, then smaller: the largest that passes tells the MTU to set."));
        return true;
    }

    /// <summary>What was said so of a diagnosis; null where it was not.</summary>
    public static DiagnosisFinding? Of(NodeDiagnosis diagnosis) =>
        diagnosis.Findings.FirstOrDefault(static f => f.Id == Id);

    /// <summary>What conntrack counts of two packets that raced for one entry: look-ups lost without any
    /// checksum.</summary>
    public static void AddRaces(FindingList findings, long? insertFailed)
    {
        if (insertFailed is > 0 and var count)
        {
            findings.Add("InsertFailed", FindingSeverity.Information, DiagnosisSource.Connections,
                $"Connection tracking dropped {Phrase.Packets(count)} since the node was booted, because two raced for "
                    + $"one entry (insert_failed)."
                + " Resolvers that ask for A and AAAA from one port at once lose every now and then a look-up to "
                    + "that, and "
                + "wait 5 s; NodeLocal DNSCache or `options single-request-reopen` cure it.");
        }
    }

    private static IEnumerable<string> Left(DnsProbeResult[] lost, NodeEvidence evidence)
    {
        bool udp = lost.Any(static p => p.Transport == DnsTransport.Udp), tcp =
            lost.Any(static p => p.Transport == DnsTransport.Tcp);
        if (udp && !tcp)
        {
            yield return evidence.InsertFailed is > 0 ? "a race in connection tracking, which did drop packets "
                + "(insert_failed)"
                : "a race in connection tracking (insert_failed)";
        }

        yield return "the service's pods (none ready, down, busy)";
        yield return "a network policy or a firewall on either node";
        yield return "the tunnel itself (another port, a wrong address behind a pod's network, a smaller MTU on the "
            + "way)";
        yield return "the other node, whose rules and cards this diagnosis did not see";
    }

    /// <summary>The commands, in the order in which they settle most.</summary>
    private static IEnumerable<string> Next(DnsProbeResult[] lost, NodeEvidence evidence)
    {
        VxlanInterface? tunnel = evidence.Facts.Tunnels is [{ } first, ..] ? first : null;
        string name = tunnel?.Name ?? "TUNNEL", port = Phrase.Text($"{tunnel?.Port ?? (ushort)8472}");
        yield return "kubectl -n kube-system get endpointslices,pods -o wide: is a pod ready, and on which node?";
        yield return $"tcpdump -ni any -c 20 'udp port {port}' on that node: do the packets arrive? If not: bridge "
            + $"fdb show dev {name}, and a firewall for port {port}.";
        yield return "Get-ChecksumDiagnosis on that node: the answers come from there.";
        if (lost.Any(static p => p.Transport == DnsTransport.Udp && p.Symptom != DnsSymptom.Refused))
        {
            yield return "conntrack -S | grep -o 'insert_failed=[0-9]*' twice: does it rise with the lost look-ups?";
        }

        yield return "ping -M do -s 1372 POD from a pod: do large packets pass?";
    }
}
