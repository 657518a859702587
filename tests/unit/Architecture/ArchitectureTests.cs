using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Xunit;
using Assembly = System.Reflection.Assembly;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>The shape of the house, read from the compiled code: docs/architecture.md draws it.</summary>
public sealed class ArchitectureTests
{
    private static readonly ArchUnitNET.Domain.Architecture s_core = Load(typeof(PacketChecksum).Assembly);
    private static readonly SourceTree s_tree = SourceTree.Of("VxlanCsum.Core");

    [Fact]
    public void No_folder_of_Core_imports_in_a_circle()
    {
        Dictionary<string, HashSet<string>> arrows = Arrows();
        Assert.True(arrows.Count > 15, string.Join(' ', arrows.Keys));
        Assert.Equal([], FolderCircles.Of(arrows));
    }

    [Fact]
    public void Both_ground_floors_stand_on_nothing_above_them()
    {
        Dictionary<string, HashSet<string>> arrows = Arrows();
        Assert.Subset(new HashSet<string> { "Text" }, arrows.GetValueOrDefault("Verdicts", []));
        Assert.Subset(new HashSet<string> { "Text", "Verdicts" }, arrows["Netfilter/Rules"]);
    }

    [Fact]
    public void Core_knows_no_PowerShell_no_socket_and_no_process()
    {
        // Names that say nothing of a socket, as AddressFamily, may be used.
        string[] forbidden =
        [
            "System.Management.Automation", "System.Net.Http", "System.Net.Sockets.Socket",
            "System.Net.Sockets.TcpClient",
            "System.Net.Sockets.UdpClient", "System.Diagnostics.Process",
        ];
        string[] found =
        [
            .. s_core.Types.SelectMany(
                static t => t.Dependencies.Select(d => (From: t.FullName, To: d.Target.FullName)))
                .Where(d => Array.Exists(forbidden,
                    f => d.To == f || d.To.StartsWith(f + ".", StringComparison.Ordinal)))
                .Select(static d => $"{d.From} -> {d.To}").Distinct(),
        ];
        Assert.Equal([], found);
    }

    [Fact]
    public void ConvertTo_Json_writes_words_for_what_users_see_as_words() => Assert.Equal([],
        typeof(PacketChecksum).Assembly.GetExportedTypes()
            .Where(static t => t.IsEnum && t.GetCustomAttribute<Newtonsoft.Json.JsonConverterAttribute>() is null)
            .Select(static t => t.Name));

    [Fact]
    public void Internal_types_stand_in_the_namespace_of_their_folder() => Assert.Equal([], s_tree.Astray);

    private static ArchUnitNET.Domain.Architecture Load(Assembly assembly) =>
        new ArchLoader().LoadAssemblies(assembly).Build();

    /// <summary>From each folder to those that its types use, method bodies included.</summary>
    private static Dictionary<string, HashSet<string>> Arrows()
    {
        Dictionary<string, HashSet<string>> arrows = [];
        foreach (IType type in s_core.Types)
        {
            if (FolderOf(type) is not { } from)
            {
                continue;
            }

            foreach (string to in type.Dependencies.Select(static d => FolderOf(d.Target)).OfType<string>()
                .Where(f => f != from))
            {
                (arrows.TryGetValue(from, out HashSet<string>? known) ? known : arrows[from] = []).Add(to);
            }
        }

        return arrows;
    }

    /// <summary>The folder of a type, or of the type it is nested in; null for one that is not Core's.</summary>
    private static string? FolderOf(IType type)
    {
        string name = type.FullName.Split('+', '/', '`', '<')[0];
        return s_tree.Folders.GetValueOrDefault(name);
    }
}
