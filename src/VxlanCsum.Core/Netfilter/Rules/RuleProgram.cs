namespace VxlanCsum.Netfilter.Rules;

/// <summary>What a rule means: its conditions and actions in the order the kernel takes them.</summary>
internal sealed class RuleProgram(RuleOp[] ops)
{
    public static RuleProgram Empty { get; } = new([]);

    public RuleOp[] Ops { get; } = ops;

    /// <summary>The name of what it does in the end.</summary>
    public string? Target
    {
        get
        {
            for (int i = Ops.Length - 1; i >= 0; i--)
            {
                if (Ops[i] is RuleAction { Target: { } target })
                {
                    return target;
                }
            }

            return null;
        }
    }

    /// <summary>The mark, address translation or tracking is what it is about: shown in a trace also where it does not
    /// match.</summary>
    public bool ConcernsMarkOrNat { get; } = Array.Exists(ops,
        static o => o is MarkCondition or MarkAction or ConnectionMarkAction or NatAction
            or TrackingAction { Follows: false });

    public T? Find<T>(Predicate<T>? wanted = null)
        where T : RuleOp
    {
        foreach (RuleOp op in Ops)
        {
            if (op is T found && (wanted is null || wanted(found)))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The conditions of one kind as one text; null where there are none.</summary>
    public string? Describe<T>(Predicate<T>? wanted = null)
        where T : RuleCondition
    {
        string? all = null;
        foreach (RuleOp op in Ops)
        {
            if (op is T found && (wanted is null || wanted(found)))
            {
                all = all is null ? found.ToString() : $"{all}, {found}";
            }
        }

        return all;
    }
}
