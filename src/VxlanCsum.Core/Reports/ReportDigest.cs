using VxlanCsum.Causes;

namespace VxlanCsum.Reports;

/// <summary>All items of a report together: counted, the gravest kept. Memory is bounded by the nodes and kinds, not by
/// the items.</summary>
internal sealed class ReportDigest
{
    /// <summary>Items of one kind and level that are kept whole.</summary>
    public const int MostKept = 200;

    private static readonly int s_kinds = Enum.GetValues<ReportKind>().Length;
    private static readonly int s_levels = Enum.GetValues<ReportLevel>().Length;

    private readonly long[,] _counts = new long[s_kinds, s_levels];
    private readonly List<Kept>[,] _kept = new List<Kept>[s_kinds, s_levels];
    private readonly ReportCounts[] _before = new ReportCounts[s_kinds];
    private readonly ReportCounts[] _after = new ReportCounts[s_kinds];
    private readonly Dictionary<string, NodeCourse> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Group, string Verdict), long> _groups = [];
    private readonly VerdictTimeline[] _timelines = [
        .. Enumerable.Range(0, s_kinds).Select(static _ => new VerdictTimeline())];

    private readonly List<string> _mitigationsHere = [];

    public long Items { get; private set; }

    /// <summary>A mitigation is among the items, and what its packets looked like before and since; null where there is
    /// nothing to compare.</summary>
    public (ReportCounts Before, ReportCounts After)? Change
    {
        get
        {
            // Tunnels and captures may be of the same packets: they are not added up.
            foreach (ReportKind kind in (ReportKind[])[ReportKind.Tunnel, ReportKind.Capture])
            {
                if (_before[(int)kind].Packets > 0 && _after[(int)kind].Packets > 0)
                {
                    return (_before[(int)kind], _after[(int)kind]);
                }
            }

            return null;
        }
    }

    /// <summary>How many items of each group have each verdict, as far as they are told apart.</summary>
    public IReadOnlyDictionary<(string Group, string Verdict), long> Groups => _groups;

    /// <summary>Packets by verdict over time, of whichever type saw more; tunnels and captures may be of the same
    /// packets.</summary>
    public IReadOnlyList<VerdictInterval> Intervals =>
        ((IReadOnlyList<VerdictInterval>[])[_timelines[(int)ReportKind.Tunnel].Intervals(),
            _timelines[(int)ReportKind.Capture].Intervals()])
            .MaxBy(static t => t.Sum(static i => i.Right + i.Pending + i.Unverified + i.Bad))!;

    /// <summary>The gravest level that still holds: where a mitigation was verified, what was seen on that machine
    /// since counts.</summary>
    public ReportLevel Level => _nodes.Count == 0 ? ReportLevel.Undecided : _nodes.Values.Max(static n => n.Now);

    /// <summary>Something was at fault or at risk before a verified mitigation, and nothing is since.</summary>
    public bool IsCured => Level <= ReportLevel.Low && _nodes.Values.Any(static n => n.IsCured);

    public void Add(ReportItem item)
    {
        Items++;
        _counts[(int)item.Kind, (int)item.Level]++;
        if (item.Group is { } group && (_groups.Count < MostKept || _groups.ContainsKey((group, item.Verdict))))
        {
            _groups[(group, item.Verdict)] = _groups.GetValueOrDefault((group, item.Verdict)) + 1;
        }

        NodeCourse course = CourseOf(item);
        if (item.Change is { Verified: true })
        {
            // A receipt from here does not say of which node: it stands for all that is not from elsewhere.
            if (item.Computer is null)
            {
                _mitigationsHere.Add(item.Subject);
            }

            foreach (NodeCourse each in item.Computer is null ? _nodes.Values.Where(static n => n.IsHere) : [course])
            {
                each.Mitigate(item.Subject);
            }
        }
        else
        {
            course.Add(item);
        }

        Keep(item, course);
        foreach (ReportItem part in item.Parts)
        {
            Keep(part, course);
        }
    }

    private NodeCourse CourseOf(ReportItem item)
    {
        string node = item.Computer ?? item.Node ?? string.Empty;
        if (!_nodes.TryGetValue(node, out NodeCourse? course))
        {
            _nodes.Add(node, course = new NodeCourse(item.Computer is null));
            if (course.IsHere)
            {
                _mitigationsHere.ForEach(course.Mitigate);
            }
        }

        return course;
    }

    private void Keep(ReportItem item, NodeCourse course)
    {
        List<Kept> kept = _kept[(int)item.Kind, (int)item.Level] ??= [];
        if (kept.Count < MostKept)
        {
            kept.Add(new Kept(item, course, course.Mitigations.Count));
        }

        AddCounts(item, course.IsMitigated);
    }

    public long Count(ReportLevel level)
    {
        long sum = 0;
        for (int kind = 0; kind < s_kinds; kind++)
        {
            sum += _counts[kind, (int)level];
        }

        return sum;
    }

    public long Count(ReportKind kind, ReportLevel level) => _counts[(int)kind, (int)level];

    public long Count(ReportKind kind)
    {
        long sum = 0;
        for (int level = 0; level < s_levels; level++)
        {
            sum += _counts[(int)kind, level];
        }

        return sum;
    }

    /// <summary>The gravest items of a kind, gravest first, otherwise in the order they came; at most
    /// <see cref="MostKept"/>. Each says whether it is from before or after a mitigation.</summary>
    public IReadOnlyList<ReportItem> Of(ReportKind kind)
    {
        var items = new List<ReportItem>();
        for (int level = s_levels - 1; level >= 0; level--)
        {
            items.AddRange((_kept[(int)kind, level] ?? []).Take(MostKept - items.Count)
                .Select(static k => k.Item with { Phase = k.Phase }));
        }

        return items;
    }

    private void AddCounts(ReportItem item, bool isMitigated)
    {
        if (item.Counts is { } counts)
        {
            ReportCounts[] side = isMitigated ? _after : _before;
            side[(int)item.Kind] += counts;
        }

        if (item.Timeline.Count > 0)
        {
            foreach (ReportInterval interval in item.Timeline)
            {
                AddTime(item.Kind, interval);
            }
        }
        else if (item is { From: { } from, Until: { } until, Counts: { } seen })
        {
            AddTime(item.Kind, new ReportInterval(from, until, seen));
        }
    }

    private void AddTime(ReportKind kind, ReportInterval interval)
    {
        long middle = ((interval.From - DateTime.UnixEpoch).Ticks / 2)
            + ((interval.Until - DateTime.UnixEpoch).Ticks / 2);
        (long right, long pending, long unverified, long bad) = interval.Counts;
        _timelines[(int)kind].Add(middle > long.MaxValue / 100 ? long.MaxValue : middle * 100, right, pending,
            unverified, bad);
    }

    /// <summary>An item, and how many mitigations of its machine came before it.</summary>
    private sealed record Kept(ReportItem Item, NodeCourse Course, int Mitigations)
    {
        public string Phase => !Item.IsObservation || !Course.IsMitigated ? string.Empty
            : Mitigations == 0 ? $"before {Course.Mitigations[0]}"
            : $"after {ReportText.Listed(Course.Mitigations[..Mitigations])}";
    }

    /// <summary>What was seen of one machine, in the order of the pipeline.</summary>
    private sealed class NodeCourse(bool isHere)
    {
        private ReportLevel _before, _since;
        private bool _observedSince;

        public bool IsHere { get; } = isHere;

        /// <summary>Those that were verified, in their order.</summary>
        public List<string> Mitigations { get; } = [];

        public bool IsMitigated => Mitigations.Count > 0;

        public ReportLevel Now => IsMitigated && _observedSince ? _since : _before;

        public bool IsCured =>
            IsMitigated && _observedSince && _before >= ReportLevel.AtRisk && _since <= ReportLevel.Low;

        /// <summary>What is seen from now on counts, once something is.</summary>
        public void Mitigate(string mitigation)
        {
            _before = Now;
            Mitigations.Add(mitigation);
            (_observedSince, _since) = (false, ReportLevel.Healthy);
        }

        public void Add(ReportItem item)
        {
            if (IsMitigated && item.IsObservation)
            {
                _observedSince = true;
            }

            if (IsMitigated)
            {
                _since = item.Level > _since ? item.Level : _since;
            }
            else
            {
                _before = item.Level > _before ? item.Level : _before;
            }
        }
    }
}
