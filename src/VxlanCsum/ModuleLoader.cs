using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace VxlanCsum;

/// <summary>
/// Keeps the module's third-party assemblies out of PowerShell's own load context, so that another module's
/// PacketDotNet or YamlDotNet and ours never meet.
/// </summary>
/// <remarks>
/// Only VxlanCsum.Node touches them. The default context is asked for it, does not find it (it is not beside
/// VxlanCsum.dll but in node/), and raises <see cref="AssemblyLoadContext.Resolving"/>: we answer for that one name
/// from a context that probes node/. VxlanCsum.Core stays shared, so that its types are the same on both sides and
/// <c>[VxlanCsum.PacketChecksum]</c> resolves. The handler outlives Remove-Module on purpose: another runspace of the
/// same process may have the module imported and VxlanCsum.Node not loaded yet.
/// </remarks>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    private const string NodeAssembly = "VxlanCsum.Node";

    /// <inheritdoc/>
    public void OnImport()
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        AssemblyLoadContext.Default.Resolving += Resolve;

        // PowerShell looks a type literal up in the assemblies that are loaded, and Core is not before something needs
        // it.
        RuntimeHelpers.RunModuleConstructor(typeof(PacketChecksum).Module.ModuleHandle);
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == NodeAssembly ? NodeContext.Instance.LoadFromAssemblyName(name) : null;

    /// <summary>Loads from node/ what is there and leaves the rest (VxlanCsum.Core, the framework) to the default
    /// context.</summary>
    private sealed class NodeContext(string folder) : AssemblyLoadContext(NodeAssembly)
    {
        public static NodeContext Instance { get; } =
            new(Path.Combine(Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!, "node"));

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string path = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
