using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>One rule and one state: where does it lead?</summary>
internal readonly struct RuleRun(ChainWalker walker, NetfilterRule rule, int depth, StateList next, StateList returned,
    StateList ended)
{
    public void Run(int from, WalkState state, TraceOutcome outcome)
    {
        RuleOp[] ops = rule.Program.Ops;
        while (from < ops.Length)
        {
            if (ops[from] is RuleAction action)
            {
                if (!Act(action, ref state, outcome, from))
                {
                    return;
                }

                from++;
                continue;
            }

            Answer answer = walker.Leading(ops, state, out int behind, from);
            if (answer == Answer.No)
            {
                Record(state, state, from == 0 ? TraceOutcome.NoMatch : outcome,
                    from == 0 ? "no match" : "the rest of the rule does not match");
                next.Add(state);
                return;
            }

            if (answer == Answer.Unknown)
            {
                Split(ops, from, behind, ref state);
                outcome = TraceOutcome.Unknown;
            }

            from = behind;
        }

        Record(state, state, outcome, outcome == TraceOutcome.Unknown ? "cannot be told; goes on" : "match, goes on");
        next.Add(state);
    }

    /// <summary>The branch without the match goes on to the next rule; the state becomes the branch with it.</summary>
    private void Split(RuleOp[] ops, int from, int behind, ref WalkState state)
    {
        WalkState without = state.Assume("does not match", rule, state.Branch);
        WalkState with = state.Assume("matches", rule, walker.NewBranch());
        MarkCondition? only = null;
        int unknown = 0;
        for (int i = from; i < behind; i++)
        {
            if (((RuleCondition)ops[i]).Test(walker.View, state) == Answer.Unknown)
            {
                unknown++;
                only = ops[i] as MarkCondition;
                with = only?.Assume(with, held: true) ?? with;
            }
        }

        next.Add(unknown == 1 && only is not null ? only.Assume(without, held: false) : without);
        state = with;
    }

    /// <summary>True where the rule's next action follows.</summary>
    private bool Act(RuleAction action, ref WalkState state, TraceOutcome outcome, int at)
    {
        WalkState before = state;
        switch (action)
        {
            case PassAction:
                return true;
            case MarkChange change:
                state = change.Apply(state);
                return Changed(before, state, outcome, at);
            case TrackingAction tracking:
                state = tracking.Apply(state);
                Record(before, state, outcome, tracking.Describe(before));
                return true;
            case VerdictAction verdict:
                Decide(verdict, state, outcome);
                return false;
            case JumpAction jump:
                Jump(jump, state, outcome);
                return false;
            case NatAction nat:
                Translate(nat, state, outcome);
                return false;
            case VerdictMapAction map:
                return Map(map, ref state, outcome, at);
            default:
                Unknown(action.Target ?? "?", state, outcome, $"the effect of {action.Target} is not known here");
                return false;
        }
    }

    private bool Changed(WalkState before, WalkState state, TraceOutcome outcome, int at)
    {
        Record(before, state, outcome,
            before.Mark == state.Mark ? "the connection's mark" : $"mark {before.Mark} -> {state.Mark}");
        if (at < rule.Program.Ops.Length - 1)
        {
            return true;
        }

        next.Add(state);
        return false;
    }

    private void Decide(VerdictAction verdict, WalkState state, TraceOutcome outcome)
    {
        switch (verdict.Verdict)
        {
            case Verdict.Return:
                Record(state, state, outcome, depth == 0 ? "match: to the policy" : "match: back to the calling chain");
                returned.Add(state);
                break;
            case Verdict.Drop:
                Record(state, state, outcome, "match: dropped");
                ended.Add(state with { Dropped = true, EndedBy = rule });
                break;
            default:
                Record(state, state, outcome, $"match: {rule.Table} is done with the packet");
                ended.Add(walker.IsNat ? state with { EndedBy = rule } : state);
                break;
        }
    }

    private void Jump(JumpAction jump, WalkState state, TraceOutcome outcome)
    {
        NetfilterTable table = rule.Owner.Table;
        if (jump.To is not { } chain)
        {
            string reason = table.IsPartial ? $"chain {jump.Chain} was not read"
                : $"chain {jump.Chain} is missing from table {table.Name}";
            walker.Problem(RulesetErrorId.ChainMissing, rule, reason);
            Unknown(jump.Chain, state, outcome, reason);
            return;
        }

        if (walker.IsCalling(chain) || depth >= WalkBudget.DeepestJump)
        {
            string reason = walker.IsCalling(chain)
                ? $"this jump leads back to chain {chain.Name}: a loop, which no kernel accepts"
                : "jumps within jumps, deeper than any kernel follows";
            walker.Problem(RulesetErrorId.JumpLoop, rule, reason);
            Record(state, state, outcome, reason);
            ended.Add(state with { LostAt = rule });
            return;
        }

        Record(state, state, outcome, $"match: {(jump.IsGoto ? "goes" : "jumps")} to {chain.Name}");
        StateList back = walker.Walk(chain, new StateList(state), depth + 1, ended);
        (jump.IsGoto ? returned : next).AddRange(back);
    }

    private void Translate(NatAction nat, WalkState state, TraceOutcome outcome)
    {
        WalkState translated = NatEffect.Apply(nat, rule, walker.View, state);
        Record(state, translated, outcome, NatEffect.Describe(nat, translated));
        ended.Add(translated with { EndedBy = rule });
    }

    private void Unknown(string target, WalkState state, TraceOutcome outcome, string note)
    {
        Record(state, state, outcome, note);
        next.Add(state.Assume($"{target} changes nothing", rule, state.Branch));
        ended.Add(state.Assume($"{target} decides", rule, walker.NewBranch()) with { LostAt = rule });
    }

    /// <summary>nft's vmap: each element that may be the packet's makes a branch.</summary>
    private bool Map(VerdictMapAction map, ref WalkState state, TraceOutcome outcome, int at)
    {
        const int MostElements = 32;
        if (map.Entries is not { } entries)
        {
            Unknown(map.Target, state, outcome, $"the elements of {map.Target} are not in the text");
            return false;
        }

        var possible = new List<RuleAction>();
        foreach ((RuleCondition key, RuleAction action) in entries)
        {
            switch (key.Test(walker.View, state))
            {
                case Answer.Yes:
                    return Act(action, ref state, outcome, at);
                case Answer.Unknown:
                    possible.Add(action);
                    break;
            }
        }

        if (possible.Count > MostElements)
        {
            Unknown(map.Target, state, outcome,
                $"more than {MostElements} elements of {map.Target} could be the packet's");
            return false;
        }

        foreach (RuleAction action in possible)
        {
            WalkState branch = state.Assume($"it goes to {action.Target} by {map.Target}", rule, walker.NewBranch());
            if (Act(action, ref branch, TraceOutcome.Unknown, at))
            {
                next.Add(branch);
            }
        }

        if (map.IsWhole)
        {
            return false;
        }

        if (possible.Count > 0)
        {
            state = state.Assume($"it is not in {map.Target}", rule, state.Branch);
        }

        return true;
    }

    private void Record(WalkState before, WalkState after, TraceOutcome outcome, string note)
    {
        if (walker.Recorder.Enabled)
        {
            if (outcome == TraceOutcome.Unknown && note.StartsWith("match", StringComparison.Ordinal))
            {
                note = "cannot be told; if it matches" + note["match".Length..];
            }

            walker.Recorder.Add(
                walker.Step(rule.Owner, depth, before) with
                {
                    Rule = rule,
                    Outcome = outcome,
                    MarkAfter = after.Mark.ToString(),
                    Note = note
                });
        }
    }
}
