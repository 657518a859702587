using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Node.Reports;

/// <summary>What report.hbs shows. All texts are lines without control characters; the template encodes them.</summary>
internal sealed record Page
{
    public required string Title { get; init; }

    public required string Version { get; init; }

    public required string Origin { get; init; }

    public required string Created { get; init; }

    public required string CreatedMachine { get; init; }

    /// <summary>Raw.</summary>
    public required string Css { get; init; }

    /// <summary>Raw: SHA-256 of the style sheet, base64.</summary>
    public required string CssHash { get; init; }

    public required string LevelClass { get; init; }

    public required string LevelWord { get; init; }

    public required string Headline { get; init; }

    public required string Count { get; init; }

    /// <summary>Raw: the one script, which copies commands.</summary>
    public required string Script { get; init; }

    /// <summary>Raw: SHA-256 of the script, base64.</summary>
    public required string ScriptHash { get; init; }

    /// <summary>Why, in two sentences.</summary>
    public required string Lead { get; init; }

    public required string Advice { get; init; }

    public required IReadOnlyList<PageCommand> Commands { get; init; }

    public required IReadOnlyList<PageTally> Tally { get; init; }

    public required IReadOnlyList<PageChart> Charts { get; init; }

    public required IReadOnlyList<PageSection> Sections { get; init; }

    public IReadOnlyList<PageLink> Contents =>
        [.. Charts.Count > 0 ? [new PageLink("charts", "At a glance")] : Array.Empty<PageLink>(),
            .. Sections.Select(static s => new PageLink(s.Id, s.Title))];

    public bool HasTally => Tally.Sum(static t => t.Items) > 1;

    public bool HasCharts => Charts.Count > 0;

    public bool HasContents => Contents.Count > 1;
}

/// <summary>A text that stands in the page as it is, and the SHA-256 by which the page's policy lets it,
/// base64.</summary>
internal sealed record PageAsset(string Text, string Hash);

/// <summary>A place of the page.</summary>
internal sealed record PageLink(string Id, string Title);

/// <summary>How many items are of a level.</summary>
internal sealed record PageTally(string Class, string Word, string Count, long Items);

/// <summary>Something to type.</summary>
internal sealed record PageCommand(string Purpose, string Text);

/// <summary>A chart: rows of one bar each, or columns over time.</summary>
internal sealed record PageChart
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Caption { get; init; }

    public required IReadOnlyList<PageColour> Legend { get; init; }

    public IReadOnlyList<PageBar> Bars { get; init; } = [];

    public PageColumns? Columns { get; init; }

    public bool HasBars => Bars.Count > 0;
}

/// <summary>One bar and what it is of.</summary>
internal sealed record PageBar(string Label, string Says, string Of, IReadOnlyList<PageShape> Shapes);

/// <summary>Columns over time; Width is that of the picture in columns.</summary>
internal sealed record PageColumns(string Width, string From, string Middle, string Until,
    IReadOnlyList<PageShape> Shapes);

/// <summary>A rectangle, in parts of a hundred.</summary>
internal sealed record PageShape(string Class, string X, string Y, string Width, string Height);

/// <summary>What a colour means.</summary>
internal sealed record PageColour(string Class, string Text);

/// <summary>All items of one kind.</summary>
internal sealed record PageSection
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string SubjectTitle { get; init; }

    public required IReadOnlyList<PageRow> Rows { get; init; }

    public required IReadOnlyList<PageDetail> Details { get; init; }

    /// <summary>How many rows are not shown; empty where all are.</summary>
    public required string More { get; init; }

    public bool HasPhases => Rows.Any(static r => r.Phase.Length > 0);

    public bool HasNodes => Rows.Any(static r => r.Node.Length > 0);

    public bool HasTimes => Rows.Any(static r => r.When.Length > 0);

    public bool HasReasons => Rows.Any(static r => r.Reason.Length > 0);

    public bool HasCounts => Rows.Any(static r => r.Packets.Length > 0);
}

/// <summary>A row of a section's table; Link is the place of its detail, if it has one.</summary>
internal sealed record PageRow(string Class, string Word, string Node, string Subject, string Phase, string Verdict,
    string Reason, string When, string Bad, string Packets, string Link);

/// <summary>An item in full.</summary>
internal sealed record PageDetail
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Class { get; init; }

    public required string Word { get; init; }

    public required string Verdict { get; init; }

    public required string Explanation { get; init; }

    public required string Advice { get; init; }

    public required IReadOnlyList<PageCommand> Commands { get; init; }

    public required IReadOnlyList<PageCommand> Checks { get; init; }

    public required IReadOnlyList<PageFact> Facts { get; init; }

    public required string EvidenceTitle { get; init; }

    public required IReadOnlyList<PageEvidence> Evidence { get; init; }

    public required IReadOnlyList<PageLane> Lanes { get; init; }

    public required string WalkText { get; init; }

    public required bool IsChange { get; init; }

    public required IReadOnlyList<PageCommand> Ran { get; init; }

    public required IReadOnlyList<string> Before { get; init; }

    public required IReadOnlyList<string> After { get; init; }

    public bool HasFacts => Facts.Count > 0;

    public bool HasEvidence => Evidence.Count > 0 || Checks.Count > 0;

    /// <summary>A long list is folded on the screen, never on paper.</summary>
    public bool IsOpen => Evidence.Count <= 8;
}

/// <summary>A property in words.</summary>
internal sealed record PageFact(string Name, string Value);

/// <summary>One fact behind a verdict.</summary>
internal sealed record PageEvidence(string Place, string Text);

/// <summary>One packet's way through the chains.</summary>
internal sealed record PageLane(string Title, string Packet, IReadOnlyList<PageStep> Steps);

/// <summary>A step on that way.</summary>
internal sealed record PageStep(string Class, string Rule, string Note, string Mark, bool IsBlamed);
