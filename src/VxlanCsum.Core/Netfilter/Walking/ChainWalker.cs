using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>Walks one hook's chain and all it jumps to, with every branch that something unknown makes.</summary>
/// <remarks>
/// Not one path after the other but all branches together, rule by rule: where a rule's unknown match changes nothing
/// that matters, the branches are one again behind it, so that their number stays small however many such rules there
/// are.
/// </remarks>
internal sealed class ChainWalker(PacketView view, HookEntry entry, TraceRecorder recorder, WalkBudget budget)
{
    private static readonly TraceStep s_none = new();
    private readonly HashSet<NetfilterChain> _calling = [];

    /// <summary>Where the packet is after the chain, its policy included.</summary>
    public StateList Walk(WalkState state)
    {
        var ended = new StateList();
        NetfilterChain chain = entry.Chain;
        recorder.Add(Step(chain, 0, state) with
        {
            Note = $"{chain.Table.BackendName} {chain.Table.Name} {chain.Name}{(chain.Hook is null ? " (what calls "
                + "it is not in the text: POSTROUTING is assumed)" : "")}",
        });
        StateList left = Walk(chain, new StateList(state), 0, ended);
        for (int i = 0; i < left.Count; i++)
        {
            bool drop = chain.Policy == "DROP";
            ended.Add(drop ? left[i] with { Dropped = true } : left[i]);
            if (chain.Count > 0 || drop)
            {
                recorder.Add(
                    Step(chain, 0, left[i]) with { Note = $"end of {chain.Name}: policy {chain.Policy ?? "ACCEPT"}" });
            }
        }

        return ended;
    }

    /// <summary>Returns the states that come back to where the chain was called from.</summary>
    internal StateList Walk(NetfilterChain chain, StateList live, int depth, StateList ended)
    {
        var returned = new StateList();
        _calling.Add(chain);
        int skipped = 0;
        int at = 0;
        for (; live.Count > 0; at++)
        {
            at = SkipMisses(chain, at, live, ref skipped);
            if (at >= chain.Count)
            {
                break;
            }

            NetfilterRule rule = chain[at];
            if (live.Count == 1 && Misses(rule, live[0]))
            {
                skipped = Skip(rule, live[0], depth, skipped);
                continue;
            }

            skipped = FlushSkipped(chain, live[0], depth, skipped);
            if (budget.IsSpent || live.Count > WalkBudget.MostBranches)
            {
                recorder.Add(Step(chain, depth, live[0]) with { Note = "given up: too many rules or branches" });
                Lose(live, rule, ended);
                break;
            }

            live = Run(rule, live, depth, returned, ended);
        }

        if (live.Count > 0)
        {
            FlushSkipped(chain, live[0], depth, skipped);
        }

        _calling.Remove(chain);
        if (at >= chain.Count)
        {
            returned.AddRange(IsCutOff(chain) ? CutOff(live, chain) : live);
        }

        return returned;
    }

    /// <summary>Most rules of most chains do not match the one state there is: this is the whole cost of them.</summary>
    private int SkipMisses(NetfilterChain chain, int at, StateList live, ref int skipped)
    {
        if (live.Count != 1 || at >= chain.Count)
        {
            return at;
        }

        int next = chain.SkipMisses(at, PacketHint.Of(view, live[0]));
        budget.Spend(next - at);
        skipped += next - at;
        return next;
    }

    private bool Misses(NetfilterRule rule, WalkState state)
    {
        budget.Spend(1);
        return Leading(rule.Program.Ops, state, out _) == Answer.No;
    }

    /// <summary>The states that go on behind the rule.</summary>
    private StateList Run(NetfilterRule rule, StateList live, int depth, StateList returned, StateList ended)
    {
        var after = new StateList();
        for (int i = 0; i < live.Count; i++)
        {
            budget.SpendMatch();
            new RuleRun(this, rule, depth, after, returned, ended).Run(0, live[i], TraceOutcome.Match);
        }

        return after;
    }

    private bool IsCutOff(NetfilterChain chain) => chain.MayGoOn && view.Hook == "POSTROUTING";

    private static StateList CutOff(StateList live, NetfilterChain chain)
    {
        var cut = new StateList();
        for (int i = 0; i < live.Count; i++)
        {
            cut.Add(live[i] with { CutIn = chain });
        }

        return cut;
    }

    private static void Lose(StateList live, NetfilterRule rule, StateList ended)
    {
        for (int i = 0; i < live.Count; i++)
        {
            ended.Add(live[i] with { LostAt = rule });
        }
    }

    /// <summary>All the conditions up to the first action, and where that is.</summary>
    internal Answer Leading(RuleOp[] ops, WalkState state, out int next, int from = 0)
    {
        Answer all = Answer.Yes;
        next = from;
        for (; next < ops.Length && ops[next] is RuleCondition condition; next++)
        {
            if (all != Answer.No)
            {
                all = Answers.And(all, condition.Test(view, state));
            }
        }

        return all;
    }

    private int Skip(NetfilterRule rule, WalkState state, int depth, int skipped)
    {
        if (!recorder.Enabled || !rule.Program.ConcernsMarkOrNat)
        {
            return skipped + 1;
        }

        FlushSkipped(rule.Owner, state, depth, skipped);
        recorder.Add(
            Step(rule.Owner, depth, state) with { Rule = rule, Outcome = TraceOutcome.NoMatch, Note = "no match" });
        return 0;
    }

    private int FlushSkipped(NetfilterChain chain, WalkState state, int depth, int skipped)
    {
        if (skipped > 0)
        {
            recorder.Add(Step(chain, depth, state) with
            {
                Outcome = TraceOutcome.NoMatch,
                Note = string.Create(CultureInfo.InvariantCulture,
                    $"{skipped} {(skipped == 1 ? "rule that does" : "rules that do")} not match"),
            });
        }

        return 0;
    }

    internal TraceStep Step(NetfilterChain chain, int depth, WalkState state) =>
        !recorder.Enabled ? s_none : new TraceStep
        {
            Hook = view.Hook,
            Chain = chain.Name,
            Table = chain.Table.Name,
            Backend = chain.Table.Backend,
            Depth = depth,
            Branch = state.Branch,
            MarkBefore = state.Mark.ToString(),
            MarkAfter = state.Mark.ToString(),
        };

    internal PacketView View => view;

    internal TraceRecorder Recorder => recorder;

    internal bool IsNat => entry.IsNat;



    internal bool IsCalling(NetfilterChain chain) => _calling.Contains(chain);

    internal int NewBranch() => recorder.NewBranch();

    internal void Problem(string errorId, NetfilterRule rule, string reason) => recorder.Problem(errorId, rule, reason);
}
