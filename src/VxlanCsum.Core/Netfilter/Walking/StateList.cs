using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>The branches alive at one place, without two that are alike.</summary>
internal sealed class StateList
{
    private readonly List<WalkState> _states = [];

    public StateList()
    {
    }

    public StateList(WalkState state) => _states.Add(state);

    public int Count => _states.Count;

    public WalkState this[int index] => _states[index];

    public void Clear() => _states.Clear();

    public void Add(WalkState state)
    {
        for (int i = 0; i < _states.Count; i++)
        {
            if (_states[i].IsLike(state))
            {
                // Whatever was assumed since the two parted made no difference.
                if (!ReferenceEquals(_states[i].Assumed, state.Assumed))
                {
                    _states[i] = _states[i] with { Assumed = Common(_states[i].Assumed, state.Assumed) };
                }

                return;
            }
        }

        _states.Add(state);
    }

    public void AddRange(StateList other)
    {
        foreach (WalkState state in other._states)
        {
            Add(state);
        }
    }

    private static Assumption? Common(Assumption? left, Assumption? right)
    {
        int difference = Depth(left) - Depth(right);
        for (; difference > 0; difference--)
        {
            left = left!.Before;
        }

        for (; difference < 0; difference++)
        {
            right = right!.Before;
        }

        while (!ReferenceEquals(left, right))
        {
            (left, right) = (left!.Before, right!.Before);
        }

        return left;
    }

    private static int Depth(Assumption? assumption)
    {
        int depth = 0;
        for (; assumption is not null; assumption = assumption.Before)
        {
            depth++;
        }

        return depth;
    }
}
