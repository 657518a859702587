using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

public sealed class ModuleImportTests
{
    [Fact]
    public void Types_of_the_module_resolve_after_import()
    {
        using ModuleSession session = new();
        Assert.Equal("VxlanCsum.PacketChecksum", session.Run("[VxlanCsum.PacketChecksum].FullName").OnlyOutput.BaseObject);
    }

    [Fact]
    public void The_version_is_the_manifests()
    {
        using ModuleSession session = new();
        Version manifest = (Version)session.Run("(Test-ModuleManifest $args[0]).Version", Repository.Manifest).OnlyOutput.BaseObject;
        Version assembly = (Version)session.Run("[VxlanCsum.PacketChecksum].Assembly.GetName().Version").OnlyOutput.BaseObject;
        Assert.Equal(manifest, new Version(assembly.Major, assembly.Minor, assembly.Build));
    }

    [Fact]
    public void Node_loads_in_a_context_of_its_own()
    {
        using ModuleSession session = new();
        const string script = """
            $node = [System.Reflection.Assembly]::Load('VxlanCsum.Node')
            [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($node).Name
            [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext([VxlanCsum.PacketChecksum].Assembly).Name
            """;
        Assert.Equal(["VxlanCsum.Node", "Default"], session.Run(script).Values);
    }

    [Fact]
    public void A_script_without_the_module_does_not_see_its_types()
    {
        using ModuleSession session = new(importModule: false);
        SessionResult result = session.Run("Get-Command -Module VxlanCsum");
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Removing_the_module_in_one_runspace_leaves_it_whole_in_another()
    {
        using ModuleSession first = new();
        using ModuleSession second = new();
        first.Run("Remove-Module VxlanCsum").Succeeded();
        Assert.Empty(first.Run("Get-Module VxlanCsum").Values);
        Assert.Equal("VxlanCsum.Node", second.Run("[System.Reflection.Assembly]::Load('VxlanCsum.Node').GetName().Name").OnlyOutput.BaseObject);
    }

    [Fact]
    public void Importing_again_with_force_and_after_removal_works()
    {
        using ModuleSession session = new();
        session.ImportModule(force: true);
        session.Run("Remove-Module VxlanCsum").Succeeded();
        session.ImportModule();
        Assert.Equal("VxlanCsum", session.Run("Get-Module | ForEach-Object Name").OnlyOutput.BaseObject);
    }
}
