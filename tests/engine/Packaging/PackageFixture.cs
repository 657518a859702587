using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Packing;

[assembly: AssemblyFixture(typeof(VxlanCsum.EngineTests.Packaging.PackageFixture))]

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>The package of the built checkout, made once for all tests when the first asks, in a folder that goes with
/// the last.</summary>
public sealed class PackageFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private readonly Lazy<PackedModule> _packed;

    public PackageFixture() => _packed = new(() => Packer.Pack(Repository.Root, _folder.Path));

    /// <summary>Where it was written.</summary>
    public PackedModule Packed => _packed.Value;

    /// <summary>The module's folder, as PowerShell installs it.</summary>
    public string Folder => Packed.Folder;

    /// <summary>The packed manifest.</summary>
    public string Manifest => Path.Combine(Folder, "VxlanCsum.psd1");

    /// <summary>Paths of all files in the module's folder, with forward slashes, in order.</summary>
    public IReadOnlyList<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    /// <summary>Runs a script in vxlancsum with the packed module imported in place of the checkout's.</summary>
    public Task<ShellResult> RunAsync(string script) =>
        ShellProcess.RunAsync(["-c", script], input: null,
            new Dictionary<string, string?> { ["VXLANCSUM_MODULE"] = Folder });

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
