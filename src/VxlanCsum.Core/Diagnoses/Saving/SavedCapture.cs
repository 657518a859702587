using System.Net;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>A capture: what it showed, and the files in which its packets are kept; none where addresses were
/// anonymised.</summary>
internal sealed record SavedCapture(IReadOnlyList<KeptPackets> Files, IReadOnlyList<string> Places, long Packets,
    IReadOnlyList<SavedResult> Results)
{
    public static SavedCapture Of(CaptureEvidence capture) =>
        new(capture.Kept, capture.Places, capture.Packets, [.. capture.Results.Select(SavedResult.Of)]);

    public CaptureEvidence ToEvidence() => new(Places, Packets, [.. Results.Select(static r => r.ToResult())]);
}

/// <summary>What the packets of a direction showed, without them.</summary>
internal sealed record SavedResult
{
    public string[] Path { get; init; } = [];

    public string? OuterSource { get; init; }

    public string? OuterDestination { get; init; }

    public TunnelType TunnelType { get; init; }

    public int? TunnelPort { get; init; }

    public int[] Vnis { get; init; } = [];

    public ChecksumCause Cause { get; init; }

    public double Confidence { get; init; }

    public CauseAlternative[] Alternatives { get; init; } = [];

    public long Packets { get; init; }

    public long BadPackets { get; init; }

    public long PendingPackets { get; init; }

    public long UnverifiedPackets { get; init; }

    public int BrokenFlows { get; init; }

    public int HealedFlows { get; init; }

    public SavedChecksumEvidence[] Evidence { get; init; } = [];

    public int[] ImpliedOriginalPort { get; init; } = [];

    public IPAddress? ImpliedOriginalAddress { get; init; }

    public bool OuterSnatSuspected { get; init; }

    public CaptureVantage Vantage { get; init; }

    public bool UnfinishedOnArrival { get; init; }

    public string Explanation { get; init; } = "";

    public string Recommendation { get; init; } = "";

    public string[] Mitigations { get; init; } = [];

    public static SavedResult Of(VxlanChecksumResult result) => new()
    {
        Path = result.Sources,
        OuterSource = result.OuterSource,
        OuterDestination = result.OuterDestination,
        TunnelType = result.TunnelType,
        TunnelPort = result.TunnelPort,
        Vnis = result.Vnis,
        Cause = result.Cause,
        Confidence = result.Confidence,
        Alternatives = [.. result.Alternatives],
        Packets = result.Packets,
        BadPackets = result.BadPackets,
        PendingPackets = result.PendingPackets,
        UnverifiedPackets = result.UnverifiedPackets,
        BrokenFlows = result.BrokenFlows,
        HealedFlows = result.HealedFlows,
        Evidence = [
            .. result.Evidence.Select(
                static e => new SavedChecksumEvidence(e.Kind, e.Text, e.Path, e.FrameNumber, e.Found, e.Expected,
                    e.SourcePort, e.ImpliedPort, e.ImpliedAddress))],
        ImpliedOriginalPort = result.ImpliedOriginalPort,
        ImpliedOriginalAddress = result.ImpliedOriginalAddress,
        OuterSnatSuspected = result.OuterSnatSuspected,
        Vantage = result.Vantage,
        UnfinishedOnArrival = result.UnfinishedOnArrival,
        Explanation = result.Explanation,
        Recommendation = result.Recommendation,
        Mitigations = result.Mitigations,
    };

    public VxlanChecksumResult ToResult() => new()
    {
        Sources = Path,
        OuterSource = OuterSource,
        OuterDestination = OuterDestination,
        TunnelType = TunnelType,
        TunnelPort = TunnelPort,
        Vnis = Vnis,
        Cause = Cause,
        Confidence = Confidence,
        Alternatives = Alternatives,
        Packets = Packets,
        BadPackets = BadPackets,
        PendingPackets = PendingPackets,
        UnverifiedPackets = UnverifiedPackets,
        BrokenFlows = BrokenFlows,
        HealedFlows = HealedFlows,
        Evidence = [.. Evidence.Select(static e => new ChecksumEvidence(e.Kind, e.Text)
        {
            Path = e.Path,
            FrameNumber = e.FrameNumber,
            Found = e.Found,
            Expected = e.Expected,
            SourcePort = e.SourcePort,
            ImpliedPort = e.ImpliedPort,
            ImpliedAddress = e.ImpliedAddress,
        })],
        ImpliedOriginalPort = ImpliedOriginalPort,
        ImpliedOriginalAddress = ImpliedOriginalAddress,
        OuterSnatSuspected = OuterSnatSuspected,
        Vantage = Vantage,
        UnfinishedOnArrival = UnfinishedOnArrival,
        Explanation = Explanation,
        Recommendation = Recommendation,
        Mitigations = Mitigations,
    };
}

/// <summary>One fact of such a result.</summary>
internal sealed record SavedChecksumEvidence(
    EvidenceKind Kind, string Text, string? Path, long? FrameNumber, int? Found, int? Expected, int? SourcePort,
    int? ImpliedPort, IPAddress? ImpliedAddress);
