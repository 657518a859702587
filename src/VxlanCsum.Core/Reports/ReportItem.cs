namespace VxlanCsum.Reports;

/// <summary>One object of the pipeline, as all formats show it.</summary>
/// <remarks>Texts are as they came, so they may hold anything: whoever writes them out encodes them for where they
/// go.</remarks>
internal sealed record ReportItem
{
    public required ReportKind Kind { get; init; }

    /// <summary>What it is about: a tunnel direction, a capture, a node.</summary>
    public required string Subject { get; init; }

    /// <summary>The machine it is from; null where the object does not say.</summary>
    public string? Node { get; init; }

    /// <summary>The machine that a remote pipeline gave it from; null for what is from here.</summary>
    public string? Computer { get; init; }

    public required ReportLevel Level { get; init; }

    /// <summary>The verdict in its type's own word ("NatLocalChecksum", "DoubleSnat").</summary>
    public required string Verdict { get; init; }

    /// <summary>What many items of its kind have in common and are compared by; null where there is nothing to
    /// compare.</summary>
    public string? Group { get; init; }

    public string Explanation { get; init; } = string.Empty;

    /// <summary>The same in a sentence or two; null where its first two sentences say it.</summary>
    public string? Lead { get; init; }

    public string Advice { get; init; } = string.Empty;

    /// <summary>What can be typed to go on.</summary>
    public IReadOnlyList<ReportCommand> Commands { get; init; } = [];

    /// <summary>What can be typed to see for oneself.</summary>
    public IReadOnlyList<ReportCommand> Checks { get; init; } = [];

    /// <summary>"Before UnmarkTunnel", "after UnmarkTunnel"; empty where nothing was mitigated.</summary>
    public string Phase { get; init; } = string.Empty;

    /// <summary>Begin and end of what was seen, UTC; equal for a moment.</summary>
    public DateTime? From { get; init; }

    public DateTime? Until { get; init; }

    /// <summary>0 to 1; null where the type has no such measure.</summary>
    public double? Confidence { get; init; }

    /// <summary>Packets by verdict; null where none were counted.</summary>
    public ReportCounts? Counts { get; init; }

    /// <summary>The captures it rests on.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>What else is known, by the property's name.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>What it rests on, each re-checkable.</summary>
    public IReadOnlyList<ReportEvidence> Evidence { get; init; } = [];

    /// <summary>Packets by verdict over time.</summary>
    public IReadOnlyList<ReportInterval> Timeline { get; init; } = [];

    /// <summary>A walk through the rules.</summary>
    public ReportWalk? Walk { get; init; }

    /// <summary>What a mitigation did.</summary>
    public ReportChange? Change { get; init; }

    /// <summary>What it rests on and can be shown on its own; it says again what this item says, and is not counted
    /// beside it.</summary>
    public IReadOnlyList<ReportItem> Parts { get; init; } = [];

    /// <summary>The evidence, without what the explanation says in the same words.</summary>
    public IEnumerable<ReportEvidence> FurtherEvidence =>
        Evidence.Where(e => !Explanation.Contains(e.Text, StringComparison.Ordinal));

    /// <summary>Where a piece of evidence is found: "a.pcap, frame 12".</summary>
    public static string PlaceOf(ReportEvidence evidence) => evidence.File is null ? evidence.Place ?? string.Empty
        : evidence.Place is null ? ReportText.FileName(evidence.File)
            : $"{ReportText.FileName(evidence.File)}, {evidence.Place}";

    /// <summary>It was seen on the node itself, so that it can be compared before and after a mitigation.</summary>
    public bool IsObservation => Kind is not (ReportKind.Mitigation or ReportKind.NodeRisk);
}

/// <summary>A named value.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Value">In words.</param>
internal sealed record ReportFact(string Name, string Value);

/// <summary>One fact behind a verdict.</summary>
/// <param name="Label">What it shows ("ImpliedPort"), or how grave it is ("Warning").</param>
/// <param name="Place">Where: "frame 12", a file, a component; null where it is about the whole.</param>
/// <param name="Text">In words.</param>
internal sealed record ReportEvidence(string Label, string? Place, string Text)
{
    /// <summary>The capture it is from; null where it is from none, or from several.</summary>
    public string? File { get; init; }

    /// <summary>The packet in it, as Wireshark counts.</summary>
    public long? Frame { get; init; }
}

/// <summary>Packets by verdict between two moments.</summary>
/// <param name="From">UTC.</param>
/// <param name="Until">UTC.</param>
/// <param name="Counts">The packets.</param>
internal sealed record ReportInterval(DateTime From, DateTime Until, ReportCounts Counts);

/// <summary>What a mitigation did.</summary>
internal sealed record ReportChange
{
    public bool Changed { get; init; }

    public bool Verified { get; init; }

    public IReadOnlyList<string> Before { get; init; } = [];

    public IReadOnlyList<string> After { get; init; } = [];

    public IReadOnlyList<string> Commands { get; init; } = [];

    public IReadOnlyList<string> Verification { get; init; } = [];

    public string? UndoCommand { get; init; }
}
