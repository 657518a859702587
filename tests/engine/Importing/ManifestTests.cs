using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

/// <summary>VxlanCsum.psd1 against what the assembly holds.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Exported = ReadExported();

    [Fact]
    public void It_exports_exactly_the_cmdlets_that_the_assembly_holds()
    {
        using ModuleSession session = new();
        Assembly assembly = (Assembly)session.Run("[VxlanCsum.ModuleLoader].Assembly").OnlyOutput.BaseObject;
        string[] held = [.. assembly.GetExportedTypes().Select(type => type.GetCustomAttribute<CmdletAttribute>())
            .OfType<CmdletAttribute>().Select(NameOf).Order(StringComparer.Ordinal)];
        Assert.Equal(held, Exported);
    }

    [Fact]
    public void Its_list_is_sorted() => Assert.Equal(Exported.Order(StringComparer.Ordinal), Exported);

    [Theory]
    [InlineData("")]
    [InlineData("Import-Module $args[0] -Force")]
    [InlineData("Remove-Module VxlanCsum; Import-Module $args[0]")]
    [InlineData("Remove-Module VxlanCsum; Import-Module $args[0]; Import-Module $args[0] -Force; Import-Module "
        + "$args[0] -Force")]
    public void Every_import_keeps_all_cmdlets(string again)
    {
        using ModuleSession session = new();
        session.Run(again, Repository.Manifest).Succeeded();
        IReadOnlyList<object> names = session.Run("Get-Command -Module VxlanCsum | ForEach-Object Name").Values;
        Assert.Equal(Exported, names.Cast<string>().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_is_valid_and_its_files_are_there()
    {
        using ModuleSession session = new(importModule: false);
        session.Run("Test-ModuleManifest $args[0] -ErrorAction Stop", Repository.Manifest).Succeeded();
    }

    private static string NameOf(CmdletAttribute cmdlet) => $"{cmdlet.VerbName}-{cmdlet.NounName}";

    private static string[] ReadExported()
    {
        ScriptBlockAst manifest = Parser.ParseFile(Repository.Manifest, out _, out ParseError[] errors);
        Assert.Empty(errors);
        Hashtable values =
            (Hashtable)manifest.Find(node => node is HashtableAst, searchNestedScriptBlocks: false)!.SafeGetValue();
        return [.. ((IEnumerable)values["CmdletsToExport"]!).Cast<string>()];
    }
}
