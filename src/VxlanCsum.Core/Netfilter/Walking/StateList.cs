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

    public void Add(WalkState state)
    {
        for (int i = 0; i < _states.Count; i++)
        {
            if (_states[i].IsLike(state))
            {
                // Whatever was assumed since the two parted made no difference.
                if (!ReferenceEquals(_states[i].Assumed, state.Assumed))
                {
                    _states[i] = _states[i] with { Assumed = Assumption.Common(_states[i].Assumed, state.Assumed) };
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
}
