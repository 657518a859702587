using VxlanCsum.Advisories;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Diagnoses;

/// <summary>From evidence to a diagnosis. Touches nothing, and asks no clock.</summary>
internal sealed class DiagnosisJudge
{
    private readonly NodeEvidence _evidence;
    private readonly FindingList _findings = new();
    private readonly IReadOnlyList<Advisory> _advisories;
    private readonly IReadOnlyList<TunnelState> _tunnels;
    private readonly IReadOnlyList<RuleTrace> _traces;

    private DiagnosisJudge(NodeEvidence evidence, CancellationToken cancellation)
    {
        _evidence = evidence;
        _advisories = AdvisoryCatalog.Advise(evidence.Versions);
        NodeFacts facts = evidence.Facts;
        (TraceRequest Walk, RuleTrace Trace)[] walked = facts.Rules is not { } rules ? []
            : [.. facts.Walks.Select(w => (w, Tracer.Trace(rules, w, cancellation)))];
        _traces = [.. walked.Select(static w => w.Trace)];
        _tunnels =
        [
            .. facts.Tunnels.Where(static t => t.Up)
                .SelectMany(
                    t => walked.Where(w => (w.Walk.TunnelDevice ?? evidence.AssumedTunnel) == t.Name).Select(static w =>
                        (RuleTrace?)w.Trace)
                .DefaultIfEmpty().Select(trace => StateOf(t, trace))),
        ];
    }

    public static NodeDiagnosis Judge(NodeEvidence evidence, CancellationToken cancellation = default) =>
        new DiagnosisJudge(evidence, cancellation).Judge();

    private NodeDiagnosis Judge()
    {
        foreach (IGrouping<DiagnosisSource, SourceFailure> failures in _evidence.Failures.GroupBy(static f => f.Source))
        {
            // No version decides anything, the table of connections only adds to what the rules say, and what others
            // spoil is no fault of this node: one of these that could not be read leaves nothing open.
            string[] because = [.. failures.Select(static f => f.Because)];
            FindingSeverity severity = failures.Key is DiagnosisSource.Versions or DiagnosisSource.Drops
                or DiagnosisSource.Connections or DiagnosisSource.Mitigations
                ? FindingSeverity.Information : FindingSeverity.NotLooked;
            _findings.Add("CouldNotLook", severity, failures.Key,
                $"Could not look at {Of(failures.Key)}, because {because[0]}", because.Skip(1));
        }

        foreach (SourceFailure lack in _evidence.NotGiven)
        {
            _findings.Add("NotInTicket", FindingSeverity.NotLooked, lack.Source, lack.Because);
        }

        TunnelFindings.Add(_findings, _evidence, _tunnels);
        BindingFindings.Add(_findings, _evidence, _tunnels);
        CureFindings.Add(_findings, _evidence);
        CaptureJudgement capture = CaptureFindings.Add(_findings, _evidence),
            drops = DropFindings.Add(_findings, _evidence);
        capture = capture with { Own = capture.Own ?? drops.Own, Foreign = capture.Foreign ?? drops.Foreign };
        KernelLogFindings.Add(_findings, _evidence);
        SymptomFindings.Add(_findings, _evidence, _advisories);
        OtherCauses.AddRaces(_findings, _evidence.InsertFailed);
        SizeFindings.Add(_findings, _evidence.Facts.Tunnels);
        foreach (TicketRemark remark in _evidence.Remarks)
        {
            _findings.Add(remark.Id, FindingSeverity.Information, remark.Source, remark.Message, remark.Evidence);
        }

        if (capture is { Own: null, Foreign: null } && SuspectCard() is { } card)
        {
            capture = capture with { Suspect = ChecksumCause.OffloadForgotten };
            _findings.Add("CardSuspected", FindingSeverity.Warning, DiagnosisSource.Devices,
                $"Look-ups through a service get no answer, the rules leave tunnel packets alone, and the card below "
                + $"is one ({card.Version}) of those that are known to forget inner checksums. {card.Message}",
                card.Sources);
        }

        bool isOther = capture is { Own: null, Foreign: null, Suspect: null }
            && OtherCauses.Add(_findings, _evidence, _tunnels);
        if (!isOther)
        {
            SizeFindings.AddLost(_findings, _evidence);
        }

        TunnelState? worst = _tunnels.FirstOrDefault(static t => t.IsFault)
            ?? _tunnels.FirstOrDefault(static t => t.IsTranslated) ?? _tunnels.FirstOrDefault(static t => t.IsRisk);
        ChecksumCause cause = capture.Own?.Cause ?? worst?.Cause ?? capture.Suspect ?? capture.Foreign?.Cause
            ?? ChecksumCause.None;
        IReadOnlyList<ChecksumMitigation> mitigations = MitigationChoice.For(_evidence, _tunnels, capture);

        // Arrays: what a collection expression makes of a read-only list, PowerShell cannot index.
        var diagnosis = new NodeDiagnosis
        {
            NodeName = _evidence.NodeName,
            NodeId = _evidence.NodeId,
            Origin = _evidence.Origin,
            Timestamp = _evidence.Timestamp,
            Verdict = VerdictOf(isOther),
            Cause = cause,
            Findings = _findings.Sorted().ToArray(),
            Mitigations = mitigations.ToArray(),
            OffendingRule = worst?.Trace?.OffendingRule ?? worst?.Trace?.HarmlessSnatRule,
            Versions = _evidence.Versions,
            Advisories = _advisories.ToArray(),
            Interfaces = _evidence.Facts.Tunnels.ToArray(),
            Features = _evidence.Facts.Features.Values.SelectMany(static f => f).ToArray(),
            Traces = _traces.ToArray(),
            Counters = _evidence.Counters.ToArray(),
            CaptureResults = _evidence.Capture?.Results.ToArray() ?? [],
            DropResults = _evidence.Drops?.Results.ToArray() ?? [],
            NatBindings = _evidence.Bindings?.Translated.ToArray() ?? [],
            ProbeResults = _evidence.Probes.ToArray(),
            KernelDefects = _evidence.KernelDefects.ToArray(),
            NetworkNamespace = _evidence.NetworkNamespace,
            Pieces = _evidence.Pieces.ToArray(),
        };
        diagnosis = diagnosis with
        {
            Explanation = DiagnosisNarrative.Explain(diagnosis, worst, capture),
            Recommendation = DiagnosisNarrative.Recommend(diagnosis, worst, capture),
        };
        return diagnosis with { Brief = DiagnosisBriefWriter.Write(diagnosis, worst, capture) };
    }

    /// <summary>A service that fails for another reason is no risk of this fault, and its node is not said to be
    /// well.</summary>
    private DiagnosisVerdict VerdictOf(bool isOther) =>
        _findings.Has(FindingSeverity.Fault) ? DiagnosisVerdict.FaultActive
        : _findings.Has(FindingSeverity.Warning, except: isOther ? DiagnosisSource.Probe : null) && !IsHalf
            ? DiagnosisVerdict.AtRisk
        : isOther || IsHalf || _findings.Has(FindingSeverity.NotLooked) ? DiagnosisVerdict.Undecided
        : DiagnosisVerdict.Healthy;

    /// <summary>Where nothing comes through and NAT is not to blame: a card below that is known to forget inner
    /// checksums.</summary>
    private Advisory? SuspectCard() =>
        _evidence.Probes.Any(static p => p.Symptom == DnsSymptom.NoAnswer)
            && _tunnels.All(static t => t.Trace?.Verdict == TraceVerdict.Safe)
            ? _advisories.FirstOrDefault(
                static a => a is
                {
                    Subject: AdvisorySubject.Driver,
                    Defects: ChecksumDefect.C,
                    Suggests: AdvisorySuggestion.Affected
                }) : null;

    private TunnelState StateOf(VxlanInterface tunnel, RuleTrace? trace)
    {
        bool six = tunnel.Local?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            || tunnel.Remote?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        bool? outer = six ? !tunnel.UdpZeroChecksum6Tx : tunnel.UdpChecksum;
        bool? offload = _evidence.Facts.Features.TryGetValue(tunnel.Name, out IReadOnlyList<OffloadFeature>? features)
            ? features.Any(
                static f => !f.IsGroup && f.Active
                    && f.Name is "tx-checksum-ip-generic" or "tx-checksum-ipv4" or "tx-checksum-ipv6") : null;
        VxlanNatBinding[] translated = [.. _evidence.Bindings?.Of(tunnel) ?? []];
        return new TunnelState(tunnel, trace)
        {
            OuterChecksum = outer,
            Offload = offload,
            KernelHasDefect = outer is null && KernelHas(ChecksumDefect.A) != KernelHas(ChecksumDefect.B) ? null
                : KernelHas(outer == false ? ChecksumDefect.A : ChecksumDefect.B),
            Translated = translated,
            IsSettled = translated.Length > 0
                || (_evidence.Bindings is { ShowNoTranslation: true } && trace is not { VariesByPacket: true }),
        };
    }

    /// <summary>
    /// Rules or devices could not be read, because a program failed or was killed: what else was seen may be a sign,
    /// but no level is made from half the evidence. Only packets that are seen to be spoilt outweigh it.
    /// </summary>
    private bool IsHalf =>
        _evidence.Failures.Any(static f => f.Source is DiagnosisSource.Rules or DiagnosisSource.Devices);

    /// <summary>What was tried is known. A version can say that a defect is there, but never that it is not.</summary>
    private bool? KernelHas(ChecksumDefect defect) =>
        _evidence.KernelDefects.FirstOrDefault(k => k.Defect == defect)?.Present
        ?? (_advisories.Any(
            a => a.Subject == AdvisorySubject.Kernel && a.Defects == defect
                && a is { Suggests: AdvisorySuggestion.Affected, Certainty: AdvisoryCertainty.Certain }) ? true : null);

    private static string Of(DiagnosisSource source) => source switch
    {
        DiagnosisSource.Devices => "the tunnel devices",
        DiagnosisSource.Features => "the offload features",
        DiagnosisSource.Rules => "the rules",
        DiagnosisSource.Counters => "the counters",
        DiagnosisSource.Versions => "the versions",
        DiagnosisSource.Capture => "the packets",
        DiagnosisSource.Probe => "how a service answers",
        DiagnosisSource.Drops => "the packets that the kernel drops",
        DiagnosisSource.Connections => "the connection table",
        DiagnosisSource.Mitigations => "the journal of mitigations",
        _ => "what the kernel does",
    };
}
