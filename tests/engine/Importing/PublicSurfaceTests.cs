using System.Reflection;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

/// <summary>What users can reach by type: ours, the framework's and the engine's, and nothing that a node's other
/// module could clash with.</summary>
public sealed class PublicSurfaceTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] Allowed = ["VxlanCsum", "VxlanCsum.Core", "System.Management.Automation"];

    [Theory]
    [InlineData("VxlanCsum.PacketChecksum", "VxlanCsum.Core")]
    [InlineData("VxlanCsum.ModuleLoader", "VxlanCsum")]
    public void No_third_party_type_is_on_it(string type, string assemblyName)
    {
        Assembly assembly = (Assembly)engine.Run($"[{type}].Assembly").OnlyOutput.BaseObject;
        Assert.Equal(assemblyName, assembly.GetName().Name);
        string[] foreign = [.. assembly.GetExportedTypes()
            .SelectMany(exported => Mentioned(exported).Select(mentioned => (Exported: exported, Mentioned: mentioned)))
            .Where(pair => !IsAllowed(pair.Mentioned))
            .Select(pair => $"{pair.Exported} mentions {pair.Mentioned}")
            .Distinct()];
        Assert.Empty(foreign);
    }

    [Fact]
    public void Public_types_are_in_the_modules_namespaces()
    {
        Type[] types = [.. new[] { "VxlanCsum.PacketChecksum", "VxlanCsum.ModuleLoader" }
            .SelectMany(type => ((Assembly)engine.Run($"[{type}].Assembly").OnlyOutput.BaseObject).GetExportedTypes())];
        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.True(
            type.Namespace is "VxlanCsum" or "VxlanCsum.Commands" or "VxlanCsum.Completers",
            $"{type.FullName} is public in a namespace that is not the users'."));
    }

    private static IEnumerable<Type> Mentioned(Type type)
    {
        IEnumerable<Type?> found = [type.BaseType, .. type.GetInterfaces()];
        found = found.Concat(type.GetMembers(Declared).Where(IsVisible).SelectMany(TypesOf));
        return found.OfType<Type>().SelectMany(Parts);
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    };

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => [method.ReturnType,
            .. method.GetParameters().Select(parameter => parameter.ParameterType)],
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    /// <summary>A type without its array, pointer and reference marks, and its type arguments likewise.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericParameter ? [] : [type, .. type.GetGenericArguments().SelectMany(Parts)];
    }

    private static bool IsAllowed(Type type) =>
        type.Assembly.GetName().Name is { } name
        && (Allowed.Contains(name) || type.Assembly == typeof(object).Assembly
            || Path.GetDirectoryName(type.Assembly.Location)
                == Path.GetDirectoryName(typeof(object).Assembly.Location));
}
