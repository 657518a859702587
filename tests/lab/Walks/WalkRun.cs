using System.Text;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.LabTests.Walks;

/// <summary>Thousands of random rulesets of one backend, some hundreds at a time.</summary>
internal sealed class WalkRun(IWalkBackend backend, int seed)
{
    private const int Batch = 400, MostShown = 8;
    private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<TraceVerdict, int> _verdicts = [];
    private readonly List<string> _contradictions = [];
    private readonly List<string> _needless = [];
    private int _cases;
    private int _vagueDecided;

    /// <summary>Cases in which the walk said what the kernel did not do.</summary>
    public IReadOnlyList<string> Contradictions => _contradictions;

    /// <summary>Cases whose text tells, and which the walk did not decide.</summary>
    public IReadOnlyList<string> Needless => _needless;

    public string Summary
    {
        get
        {
            var text = new StringBuilder();
            int undecided = _verdicts.GetValueOrDefault(TraceVerdict.Undecided);
            text.Append(
                $"{backend.Name}: {_cases} rulesets, {_contradictions.Count} contradictions, {undecided} undecided "
                + $"({100.0 * undecided / Math.Max(_cases, 1):F2} %), ");
            text.Append(
                $"{_needless.Count} of them though the text tells; {_vagueDecided} decided without peer and source "
                + $"port\n");
            text.Append($"  {string.Join(", ", _verdicts.Select(static v => $"{v.Key} {v.Value}"))}\n");
            text.Append($"  not in this kernel or program: {string.Join(", ", backend.LeftOut)}\n");
            foreach ((string reason, int count) in _reasons.OrderByDescending(static r => r.Value).Take(40))
            {
                text.Append($"  {count,6} {reason}\n");
            }

            return text.ToString();
        }
    }

    public void Go(int rulesets)
    {
        using WalkLab lab = WalkLab.Create(backend.V6);
        backend.Prepare(lab);
        for (int batch = 0; _cases < rulesets && _contradictions.Count < 100; batch++)
        {
            var random = new RandomChoice(unchecked((seed * 1_000_003) + batch));
            int count = Math.Min(Batch, rulesets - _cases);
            backend.Begin(random);
            WalkCase[] cases = [.. Enumerable.Range(0, count).Select(i => backend.Make(random, i))];
            Check(lab, cases, again: true);
            _cases += count;
        }
    }

    private void Check(WalkLab lab, IReadOnlyList<WalkCase> cases, bool again)
    {
        LabCommandResult loaded = backend.Load(lab, cases);
        if (loaded.ExitCode != 0)
        {
            WalkCase culprit = cases.FirstOrDefault(c => backend.Load(lab, [c]).ExitCode != 0) ?? cases[0];
            Assert.Fail($"{backend.Name}: {loaded.Error}\n{culprit}");
        }

        Dictionary<int, WalkOutcome> outcomes = lab.Send([.. cases.Select(static c => c.Packet)]);
        Dictionary<int, string> texts = backend.Save(lab);
        var doubtful = new List<WalkCase>();
        foreach (WalkCase one in cases)
        {
            WalkOutcome? kernel = outcomes.GetValueOrDefault(one.Packet.Index);
            string text = texts.GetValueOrDefault(one.Packet.Index, "");
            NetfilterRuleset rules = RulesetReader.Read(text).AsWholeNode();
            RuleTrace trace = Tracer.Trace(rules, one.Packet.Request), vague = Tracer.Trace(rules, one.Packet.Vague);
            string? wrong = rules.Problems.Count > 0 ? $"not read: {rules.Problems[0]}"
                : WalkComparison.Contradiction(rules, trace, one.Packet, kernel, countersToo: true)
                ?? (WalkComparison.Contradiction(rules, vague, one.Packet, kernel, countersToo: false) is { } less
                    ? "knowing less: " + less : null);
            if (wrong is not null && again)
            {
                doubtful.Add(one);
            }
            else if (wrong is not null)
            {
                _contradictions.Add($"{wrong}\n{one}\n{text}\n{trace.Explanation}\n{trace.Walk}");
            }

            if (again)
            {
                Count(one, trace, vague, text);
            }
        }

        // A port chosen by chance may be the old one: only what shows twice is a contradiction.
        if (doubtful.Count > 0)
        {
            Check(lab, doubtful, again: false);
        }
    }

    private void Count(WalkCase one, RuleTrace trace, RuleTrace vague, string text)
    {
        _verdicts[trace.Verdict] = _verdicts.GetValueOrDefault(trace.Verdict) + 1;
        _vagueDecided += vague.Verdict != TraceVerdict.Undecided ? 1 : 0;
        if (trace.Verdict != TraceVerdict.Undecided)
        {
            return;
        }

        string reason = string.Join(" + ",
            trace.Steps.Where(static s => s.Outcome == TraceOutcome.Unknown && s.Rule is not null)
            .SelectMany(
                static s => s.Rule!.Matches.Where(static m => !m.Understood).Select(static m => m.Name)
                    .DefaultIfEmpty(s.Rule.Target ?? "?")).Distinct().Order(StringComparer.Ordinal).Take(2));
        reason = reason.Length > 0 ? reason
            : $"{trace.Steps.LastOrDefault(static s => s.Outcome == TraceOutcome.Match)?.Rule?.Target}: nothing "
                + $"unknown on the way";
        _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
        if (one.Tells && _needless.Count < MostShown)
        {
            _needless.Add($"{one}\n{text}\n{trace.Explanation}\n{trace.Walk}");
        }
    }
}
