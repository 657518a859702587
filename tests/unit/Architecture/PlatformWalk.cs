using Mono.Cecil;
using Mono.Cecil.Cil;
using static VxlanCsum.UnitTests.Architecture.AbstractRun;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>
/// All that a type's methods can come to call on a given platform, read from the compiled code. Virtual calls lead to
/// the types that were made on the way; what the framework may call of a type is called once the type is made.
/// </summary>
internal sealed class PlatformWalk
{
    private readonly Dictionary<string, TypeDefinition> _types;
    private readonly IReadOnlyDictionary<string, bool> _platform;
    private readonly IReadOnlySet<string> _nulls;
    private readonly Dictionary<MethodDefinition, MethodDefinition?> _from = [];
    private readonly Queue<MethodDefinition> _open = new();
    private readonly HashSet<TypeDefinition> _made = [];
    private readonly HashSet<MethodDefinition> _slots = [];
    private readonly Dictionary<MethodDefinition, MethodDefinition> _waiting = [];
    private readonly Dictionary<MethodDefinition, CallEffect?> _effects = [];
    private readonly Dictionary<MethodDefinition, AbstractRun> _runs = [];

    /// <param name="assemblies">Whose code is followed.</param>
    /// <param name="platform">What methods without parameters answer there, by their full name.</param>
    /// <param name="nulls">Fields that never hold anything there, as "Type::field".</param>
    public PlatformWalk(IEnumerable<AssemblyDefinition> assemblies, IReadOnlyDictionary<string, bool> platform,
        IReadOnlySet<string> nulls)
    {
        _types = assemblies.SelectMany(static a => a.MainModule.GetTypes())
            .GroupBy(static t => t.FullName).ToDictionary(static g => g.Key, static g => g.First());
        _platform = platform;
        _nulls = nulls;
    }

    /// <summary>What was found: the way to it, and what stands there.</summary>
    public List<string> Found { get; } = [];

    /// <summary>How many methods were looked at.</summary>
    public int Methods => _from.Count;

    /// <summary>The types that are made there.</summary>
    public IEnumerable<string> Made => _made.Select(static t => t.Name);

    public TypeDefinition Type(string name) => _types[name];

    /// <summary>Follows all that the framework may call of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="look">What is to be found in an instruction; null for nothing.</param>
    public void Follow(TypeDefinition type, Func<MethodDefinition, Instruction, string?> look)
    {
        Make(type, null);
        foreach (TypeDefinition part in Bases(type))
        {
            foreach (PropertyDefinition property in part.Properties.Where(static p => p.SetMethod is not null))
            {
                Reach(property.SetMethod, null);
                foreach (CustomAttribute attribute in property.CustomAttributes)
                {
                    Reach(Resolve(attribute.Constructor), property.SetMethod);
                    Make(Resolve(attribute.AttributeType), property.SetMethod);
                }
            }

            foreach (MethodDefinition constructor in part.Methods.Where(static m => m.IsConstructor))
            {
                Reach(constructor, null);
            }
        }

        while (_open.TryDequeue(out MethodDefinition? method))
        {
            Look(method, look);
        }
    }

    private void Look(MethodDefinition method, Func<MethodDefinition, Instruction, string?> look)
    {
        foreach (Instruction at in Run(method).Reached.OrderBy(static i => i.Offset))
        {
            if (look(method, at) is { } found)
            {
                Found.Add($"{found}: {string.Join(" < ", Way(method))}");
            }

            switch (at.Operand)
            {
                case MethodReference called:
                    Call(at, called, method);
                    break;
                case FieldReference field when at.OpCode.Code is Code.Ldsfld or Code.Stsfld or Code.Ldsflda:
                    ReachStatic(Resolve(field.DeclaringType), method);
                    break;
                case TypeReference type when at.OpCode.Code == Code.Initobj:
                    Make(Resolve(type), method);
                    break;
            }
        }
    }

    private void Call(Instruction at, MethodReference called, MethodDefinition from)
    {
        // A generic method of the framework may make and call what it is given: the steps of an async method.
        foreach (TypeReference argument in (called as GenericInstanceMethod)?.GenericArguments
            ?? Enumerable.Empty<TypeReference>())
        {
            Make(Resolve(argument), from);
        }

        if (Resolve(called) is not { } method)
        {
            return;
        }

        if (method.IsConstructor)
        {
            Make(method.DeclaringType, from);
        }

        if (method.IsStatic || method.IsConstructor)
        {
            ReachStatic(method.DeclaringType, from);
        }

        if (method.IsVirtual && at.OpCode.Code is Code.Callvirt or Code.Ldvirtftn && _slots.Add(method))
        {
            foreach (TypeDefinition type in _made.ToArray())
            {
                ReachOverride(type, method, from);
            }
        }

        // Of what is never made nothing is called.
        if (method.IsStatic || method.IsConstructor || method.DeclaringType.IsValueType
            || _made.Any(t => Bases(t).Contains(method.DeclaringType)))
        {
            Reach(method, from);
        }
        else
        {
            _waiting.TryAdd(method, from);
        }
    }

    private void Make(TypeDefinition? type, MethodDefinition? from)
    {
        if (type is null || type.IsInterface || !_made.Add(type))
        {
            return;
        }

        ReachStatic(type, from);
        foreach (MethodDefinition method in Bases(type).SelectMany(static t => t.Methods)
            .Where(static m => m.IsVirtual && !m.IsAbstract))
        {
            if (!IsOursToCall(method, type))
            {
                Reach(method, from);
            }
        }

        foreach (MethodDefinition slot in _slots.ToArray())
        {
            ReachOverride(type, slot, from);
        }

        foreach ((MethodDefinition method, MethodDefinition caller) in _waiting.ToArray())
        {
            if (Bases(type).Contains(method.DeclaringType))
            {
                Reach(method, caller);
            }
        }
    }

    /// <summary>Whether a virtual method answers calls of our own code alone, which are followed where they
    /// stand.</summary>
    private bool IsOursToCall(MethodDefinition method, TypeDefinition type)
    {
        bool isInterfaces = Interfaces(type).Any(i => i.Methods.Any(m => Matches(method, m)));
        MethodDefinition[] declared = [.. Bases(type).SelectMany(static t => t.Methods)
            .Where(m => m.IsVirtual && m.IsNewSlot && Matches(method, m))];
        return isInterfaces || (declared.Length > 0 && declared.All(static m => m.IsAbstract || !m.IsFinal)
            && !ImplementsFramework(method, type));
    }

    /// <summary>New, and in an interface of the framework.</summary>
    private bool ImplementsFramework(MethodDefinition method, TypeDefinition type) =>
        method.HasOverrides || Bases(type).SelectMany(static t => t.Interfaces)
            .Any(i => Resolve(i.InterfaceType) is null && method.IsFinal);

    private void ReachOverride(TypeDefinition type, MethodDefinition slot, MethodDefinition? from)
    {
        if (!Bases(type).Contains(slot.DeclaringType) && !Interfaces(type).Contains(slot.DeclaringType))
        {
            return;
        }

        if (Bases(type).SelectMany(static t => t.Methods).FirstOrDefault(m => m.IsVirtual && !m.IsAbstract
            && (Matches(m, slot) || m.Overrides.Any(o => Resolve(o) == slot))) is { } own)
        {
            Reach(own, from);
        }
    }

    private void ReachStatic(TypeDefinition? type, MethodDefinition? from)
    {
        if (type?.Methods.FirstOrDefault(static m => m.IsConstructor && m.IsStatic) is { } first)
        {
            Reach(first, from);
        }
    }

    private void Reach(MethodDefinition? method, MethodDefinition? from)
    {
        if (method is not null && _from.TryAdd(method, from) && method.HasBody)
        {
            _open.Enqueue(method);
        }
    }

    private AbstractRun Run(MethodDefinition method)
    {
        if (!_runs.TryGetValue(method, out AbstractRun? run))
        {
            _runs[method] = run = AbstractRun.Of(method.Body, Effect,
                f => _nulls.Contains($"{f.DeclaringType.Name}::{f.Name}"));
        }

        return run;
    }

    /// <summary>What a call comes to: what the platform answers, whether a method of ours comes back at all, and
    /// whether it always gives the same.</summary>
    private CallEffect Effect(MethodReference called)
    {
        if (_platform.TryGetValue(called.FullName, out bool answer))
        {
            return new CallEffect(true, answer ? Known.One : Known.Zero);
        }

        if (Resolve(called) is not { HasBody: true } method || (method.IsVirtual && !method.IsFinal))
        {
            return CallEffect.Returns;
        }

        if (!_effects.TryGetValue(method, out CallEffect? effect))
        {
            // Of a method that calls itself nothing is taken for granted.
            _effects[method] = null;
            _effects[method] = effect = IsAsync(method) ? CallEffect.Returns : Run(method).Effect;
        }

        return effect ?? CallEffect.Returns;
    }

    private static bool IsAsync(MethodDefinition method) => method.CustomAttributes.Any(static a =>
        a.AttributeType.Name.EndsWith("StateMachineAttribute", StringComparison.Ordinal));

    private IEnumerable<string> Way(MethodDefinition method)
    {
        for (MethodDefinition? at = method; at is not null; at = _from[at])
        {
            yield return $"{at.DeclaringType.Name}.{at.Name}";
        }
    }

    private IEnumerable<TypeDefinition> Bases(TypeDefinition type)
    {
        for (TypeDefinition? at = type; at is not null; at = Resolve(at.BaseType))
        {
            yield return at;
        }
    }

    private IEnumerable<TypeDefinition> Interfaces(TypeDefinition type) =>
        Bases(type).SelectMany(static t => t.Interfaces).Select(i => Resolve(i.InterfaceType))
            .OfType<TypeDefinition>().SelectMany(i => Interfaces(i).Prepend(i));

    private static bool Matches(MethodDefinition method, MethodDefinition slot) =>
        (method.Name == slot.Name || method.Name.EndsWith("." + slot.Name, StringComparison.Ordinal))
        && method.Parameters.Count == slot.Parameters.Count;

    /// <summary>A type of ours; null for others'.</summary>
    private TypeDefinition? Resolve(TypeReference? type) =>
        type is null ? null : _types.GetValueOrDefault(type.GetElementType().FullName);

    private MethodDefinition? Resolve(MethodReference method)
    {
        if (method is MethodDefinition own)
        {
            return own;
        }

        MethodReference element = method.GetElementMethod();
        return Resolve(element.DeclaringType)?.Methods.FirstOrDefault(m => m.Name == element.Name
            && m.Parameters.Count == element.Parameters.Count
            && m.GenericParameters.Count == element.GenericParameters.Count
            && m.Parameters.Zip(element.Parameters).All(static p =>
                p.First.ParameterType.FullName == p.Second.ParameterType.FullName));
    }
}
