using Mono.Cecil;
using Mono.Cecil.Cil;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>What of a method can run on a given platform: its code is followed with what that platform answers, and
/// branches that are never taken there are left out.</summary>
internal sealed class AbstractRun
{
    private readonly MethodBody _body;
    private readonly Func<MethodReference, CallEffect> _effectOf;
    private readonly Predicate<FieldReference> _isNull;
    private readonly Dictionary<Instruction, State> _before = [];
    private readonly Queue<Instruction> _open = new();

    private AbstractRun(MethodBody body, Func<MethodReference, CallEffect> effectOf, Predicate<FieldReference> isNull) =>
        (_body, _effectOf, _isNull) = (body, effectOf, isNull);

    /// <summary>The instructions that can run.</summary>
    public IReadOnlyCollection<Instruction> Reached => _before.Keys;

    /// <summary>Whether it comes back, and with what.</summary>
    public CallEffect Effect { get; private set; } = CallEffect.Never;

    /// <param name="body">Its code.</param>
    /// <param name="effectOf">What is known of a method that it calls.</param>
    /// <param name="isNull">Whether a field never holds anything.</param>
    public static AbstractRun Of(MethodBody body, Func<MethodReference, CallEffect> effectOf,
        Predicate<FieldReference> isNull)
    {
        AbstractRun run = new(body, effectOf, isNull);
        run.Enter(body.Instructions[0], new State([], new Known[body.Variables.Count]));
        while (run._open.TryDequeue(out Instruction? at))
        {
            run.Step(at);
        }

        return run;
    }

    private void Enter(Instruction at, State state)
    {
        if (!_before.TryGetValue(at, out State? known))
        {
            _before[at] = state;
            EnterHandlers(at);
        }
        else if (known.Merge(state) is { } merged)
        {
            _before[at] = merged;
        }
        else
        {
            return;
        }

        _open.Enqueue(at);
    }

    /// <summary>What guards a piece of code can run where a part of that can; of the variables nothing is known
    /// then.</summary>
    private void EnterHandlers(Instruction at)
    {
        foreach (ExceptionHandler handler in _body.ExceptionHandlers.Where(h =>
            h.TryStart.Offset <= at.Offset && at.Offset < h.TryEnd.Offset))
        {
            Known[] stack = handler.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter
                ? [Known.Nothing] : [];
            Enter(handler.HandlerStart, new State(stack, new Known[_body.Variables.Count]));
            if (handler.FilterStart is { } filter)
            {
                Enter(filter, new State(stack, new Known[_body.Variables.Count]));
            }
        }
    }

    private void Step(Instruction at)
    {
        State state = _before[at];
        switch (at.OpCode.Code)
        {
            case Code.Ret:
                Effect = Effect.Or(IsVoid(_body.Method) ? CallEffect.Returns
                    : new CallEffect(true, state.Top));
                return;
            case Code.Throw or Code.Rethrow or Code.Endfinally or Code.Endfilter:
                return;
            case Code.Br or Code.Br_S:
                Enter((Instruction)at.Operand, state);
                return;
            case Code.Leave or Code.Leave_S:
                Enter((Instruction)at.Operand, new State([], state.Locals));
                return;
            case Code.Brtrue or Code.Brtrue_S or Code.Brfalse or Code.Brfalse_S:
                Branch(at, state);
                return;
            case Code.Switch:
                foreach (Instruction target in (Instruction[])at.Operand)
                {
                    Enter(target, state.Pop(1));
                }

                Enter(at.Next, state.Pop(1));
                return;
        }

        State after = After(at, state, out bool comesBack);
        if (!comesBack)
        {
            return;
        }

        if (at.OpCode.FlowControl == FlowControl.Cond_Branch)
        {
            Enter((Instruction)at.Operand, after);
        }

        Enter(at.Next, after);
    }

    private void Branch(Instruction at, State state)
    {
        bool ifTrue = at.OpCode.Code is Code.Brtrue or Code.Brtrue_S;
        State after = state.Pop(1);
        if (state.Top != (ifTrue ? Known.Zero : Known.One))
        {
            Enter((Instruction)at.Operand, after);
        }

        if (state.Top != (ifTrue ? Known.One : Known.Zero))
        {
            Enter(at.Next, after);
        }
    }

    private State After(Instruction at, State state, out bool comesBack)
    {
        comesBack = true;
        Code code = at.OpCode.Code;
        if (at.Operand is MethodReference called && at.OpCode.FlowControl == FlowControl.Call)
        {
            CallEffect effect = code == Code.Newobj ? CallEffect.Returns : _effectOf(called);
            comesBack = effect.ComesBack;
            bool gives = code == Code.Newobj || !IsVoid(called);
            int takes = called.Parameters.Count + (called.HasThis && code != Code.Newobj ? 1 : 0);
            return state.Pop(takes).Push(gives ? [effect.Result] : []);
        }

        if (at.Operand is CallSite indirect)
        {
            return state.Pop(indirect.Parameters.Count + (indirect.HasThis ? 2 : 1))
                .Push(IsVoid(indirect) ? [] : [Known.Nothing]);
        }

        return code switch
        {
            Code.Ldc_I4_0 or Code.Ldnull => state.Push([Known.Zero]),
            Code.Ldc_I4_1 => state.Push([Known.One]),
            Code.Ldfld when _isNull((FieldReference)at.Operand) => state.Pop(1).Push([Known.Zero]),
            Code.Dup => state.Push([state.Top]),
            Code.Ceq => state.Pop(2).Push([Equal(state.Top, state.Pop(1).Top)]),
            Code.Ldloc_0 or Code.Ldloc_1 or Code.Ldloc_2 or Code.Ldloc_3 or Code.Ldloc or Code.Ldloc_S =>
                state.Push([state.Locals[Local(at)]]),
            Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3 or Code.Stloc or Code.Stloc_S =>
                state.Pop(1).With(Local(at), state.Top),
            Code.Ldloca or Code.Ldloca_S => state.With(Local(at), Known.Nothing).Push([Known.Nothing]),
            _ => state.Pop(Pops(at.OpCode, state)).Push(new Known[Pushes(at.OpCode)]),
        };
    }

    /// <summary>Setters that only initialise say so behind the type's name.</summary>
    private static bool IsVoid(IMethodSignature method) =>
        method.ReturnType.FullName.StartsWith("System.Void", StringComparison.Ordinal)
            && !method.ReturnType.IsPointer;

    private static int Local(Instruction at) => at.OpCode.Code switch
    {
        Code.Ldloc_0 or Code.Stloc_0 => 0,
        Code.Ldloc_1 or Code.Stloc_1 => 1,
        Code.Ldloc_2 or Code.Stloc_2 => 2,
        Code.Ldloc_3 or Code.Stloc_3 => 3,
        _ => ((VariableDefinition)at.Operand).Index,
    };

    private static Known Equal(Known a, Known b) =>
        a == Known.Nothing || b == Known.Nothing ? Known.Nothing : a == b ? Known.One : Known.Zero;

    private static int Pops(OpCode code, State state) => code.StackBehaviourPop switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8
            or StackBehaviour.Popi_popr4 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1
            or StackBehaviour.Popref_popi => 2,
        StackBehaviour.PopAll => state.Stack.Length,
        _ => 3,
    };

    private static int Pushes(OpCode code) => code.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        _ => 1,
    };

    /// <summary>What is known of a value.</summary>
    internal enum Known : byte
    {
        Nothing,

        /// <summary>False, 0 or null.</summary>
        Zero,

        /// <summary>True.</summary>
        One,
    }

    /// <summary>What a call comes to.</summary>
    internal readonly record struct CallEffect(bool ComesBack, Known Result)
    {
        public static CallEffect Returns => new(true, Known.Nothing);

        public static CallEffect Never => new(false, Known.Nothing);

        public CallEffect Or(CallEffect other) => !ComesBack ? other : !other.ComesBack ? this
            : new(true, Result == other.Result ? Result : Known.Nothing);
    }

    private sealed record State(Known[] Stack, Known[] Locals)
    {
        public Known Top => Stack[^1];

        public State Pop(int count) => this with { Stack = Stack[..^count] };

        public State Push(Known[] values) => this with { Stack = [.. Stack, .. values] };

        public State With(int local, Known value)
        {
            Known[] locals = [.. Locals];
            locals[local] = value;
            return this with { Locals = locals };
        }

        /// <summary>What both agree on; null where this says no more than that already.</summary>
        public State? Merge(State other)
        {
            Known[] stack = Agreed(Stack, other.Stack), locals = Agreed(Locals, other.Locals);
            return stack.SequenceEqual(Stack) && locals.SequenceEqual(Locals) ? null : new State(stack, locals);
        }

        private static Known[] Agreed(Known[] a, Known[] b) =>
            [.. a.Zip(b, static (x, y) => x == y ? x : Known.Nothing)];
    }
}
