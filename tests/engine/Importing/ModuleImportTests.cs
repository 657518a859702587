using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

public sealed class ModuleImportTests
{
    [Fact]
    public void Types_of_the_module_resolve_after_import()
    {
        using ModuleSession session = new();
        Assert.Equal("VxlanCsum.PacketChecksum",
            session.Run("[VxlanCsum.PacketChecksum].FullName").OnlyOutput.BaseObject);
    }

    [Fact]
    public void The_version_is_the_manifests()
    {
        using ModuleSession session = new();
        Version manifest =
            (Version)session.Run("(Test-ModuleManifest $args[0]).Version", Repository.Manifest).OnlyOutput.BaseObject;
        Version assembly =
            (Version)session.Run("[VxlanCsum.PacketChecksum].Assembly.GetName().Version").OnlyOutput.BaseObject;
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
        Assert.Equal("VxlanCsum.Node",
            second.Run("[System.Reflection.Assembly]::Load('VxlanCsum.Node').GetName().Name").OnlyOutput.BaseObject);
    }

    [Fact]
    public void A_second_copy_in_one_session_is_one_clear_error()
    {
        using TemporaryFolder folder = new();
        string[] names = ["VxlanCsum.psd1",
            .. Directory.EnumerateFiles(Repository.Root, "VxlanCsum.*.ps*").Select(file => Path.GetFileName(file))];
        foreach (string name in names)
        {
            File.Copy(Repository.PathOf(name), Path.Combine(folder.Path, name));
        }

        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "bin"), Repository.PathOf("bin"));
        using ModuleSession session = new();
        SessionResult result = session.Run("Import-Module $args[0]", Path.Combine(folder.Path, "VxlanCsum.psd1"));
        Assert.Equal(["ModuleCopyAlreadyImported"], result.ErrorIds);
        Assert.Equal(
            $"VxlanCsum is already imported from {Repository.Root}. A session holds one copy of it: for the one in "
            + $"{folder.Path} start a new session.",
            result.Errors[0].Exception.Message);
        Assert.Equal("VxlanCsum", session.Run("Get-Module | ForEach-Object Name").OnlyOutput.BaseObject);

        // With the first one gone, the other is imported, its type data too.
        session.Run("Remove-Module VxlanCsum; Import-Module $args[0] -ErrorAction Stop",
            Path.Combine(folder.Path, "VxlanCsum.psd1")).Succeeded();
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
