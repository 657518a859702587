namespace VxlanCsum.Netfilter.Walking;

/// <summary>Writes the steps of a walk, or nothing where only its end is wanted.</summary>
internal sealed class TraceRecorder(bool enabled)
{
    private const int MostSteps = 20_000;
    private readonly List<TraceStep> _steps = [];
    private readonly Dictionary<string, RulesetProblem> _problems = new(StringComparer.Ordinal);
    private int _branches;

    public IReadOnlyList<TraceStep> Steps => _steps;

    public IReadOnlyCollection<RulesetProblem> Problems => _problems.Values;

    public TracePass Pass { get; set; }

    public bool Enabled => enabled && _steps.Count < MostSteps;

    public int NewBranch() => ++_branches;

    public void Note(string hook, string text) => Add(new TraceStep { Hook = hook, Note = text });

    public void Add(TraceStep step)
    {
        if (!enabled || _steps.Count > MostSteps)
        {
            return;
        }

        _steps.Add(_steps.Count == MostSteps
            ? new TraceStep
            {
                Pass = Pass,
                Hook = step.Hook,
                Note = "the walk goes on; its further steps are not shown"
            }
            : step with { Pass = Pass });
    }

    /// <summary>Names what the kernel would not hold, once for each rule or chain.</summary>
    public void Problem(string errorId, NetfilterRule rule, string reason) =>
        _problems.TryAdd($"{errorId} {rule.Chain} {rule.Number}",
            new RulesetProblem(errorId, rule.Owner.Table.Path, rule.Line, rule.Text, reason));
}
